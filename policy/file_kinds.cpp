#include "policy/file_kinds.h"

#include "model/glob.h"

#include <algorithm>

namespace sluice::policy {

namespace {

using Globs = std::vector<std::string>;

const Globs& globs_of(FileKind kind)
{
  static const Globs policy{"/sluice.policy.toml", "/sluice.policy.test.toml", "CODEOWNERS"};
  static const Globs configuration{"*.toml",       "*.yaml",   "*.yml", "*.json", "*.json5", "*.ini",
                                   "*.cfg",        "*.conf",   "*.env", ".env.*", "*.xml",   "*.tf",
                                   "*.properties", "*.tfvars", "*.hcl", "*.jsonc"};
  static const Globs build{"CMakeLists.txt",
                           "*.cmake",
                           "CMakePresets.json",
                           "Makefile",
                           "makefile",
                           "GNUmakefile",
                           "*.mk",
                           "*.ninja",
                           "meson.build",
                           "meson_options.txt",
                           "BUILD",
                           "BUILD.bazel",
                           "WORKSPACE*",
                           "MODULE.bazel",
                           "*.bzl",
                           ".bazelrc",
                           "Cargo.toml",
                           "Cargo.lock",
                           "build.rs",
                           "go.mod",
                           "go.sum",
                           "package.json",
                           "package-lock.json",
                           "yarn.lock",
                           "pnpm-lock.yaml",
                           "pom.xml",
                           "*.gradle",
                           "*.gradle.kts",
                           "setup.py",
                           "pyproject.toml",
                           "setup.cfg",
                           "requirements*.txt",
                           "tox.ini",
                           "conftest.py",
                           "Dockerfile*",
                           "conanfile.*",
                           "vcpkg.json",
                           "*.csproj",
                           "*.sln",
                           "configure.ac",
                           "/sluice.toml",
                           ".gitattributes",
                           ".gitmodules",
                           "*.am"};
  static const Globs ci{".github/workflows/**", ".github/actions/**",
                        ".gitlab-ci.yml",       ".gitlab/ci/**",
                        "Jenkinsfile*",         ".circleci/**",
                        "azure-pipelines*.yml", ".buildkite/**",
                        ".harness/**",          ".travis.yml",
                        ".drone.yml",           ".woodpecker/**",
                        ".woodpecker.yml",      "bitbucket-pipelines.yml",
                        ".teamcity/**",         "cloudbuild.yaml",
                        ".cirrus.yml",          "appveyor.yml",
                        ".githooks/**",         ".pre-commit-config.yaml"};
  static const Globs test{"**/test/**", "**/tests/**", "**/testing/**", "**/testdata/**", "**/__tests__/**",
                          "*_test.*",   "test_*.*",    "*Test.*",       "*Tests.*",       "*.test.*",
                          "*.spec.*",   "*_spec.*",    "*-test.*",      "*_unittest.*",   "/sluice.policy.test.toml"};
  static const Globs documentation{"*.md", "*.rst", "*.adoc", "docs/**", "doc/**", "LICENSE*", "COPYING*"};
  static const Globs none;
  switch (kind) {
  case FileKind::policy:
    return policy;
  case FileKind::configuration:
    return configuration;
  case FileKind::build:
    return build;
  case FileKind::ci:
    return ci;
  case FileKind::test:
    return test;
  case FileKind::documentation:
    return documentation;
  case FileKind::source:
    return none;
  }
  return none;
}

bool is_file_of_a_test(std::string_view path, const Catalogue& catalogue)
{
  return std::any_of(catalogue.tests.begin(), catalogue.tests.end(), [&](const TestCase& test) {
    const auto& files = catalogue.program_of(test).files;
    // A script that is started as a test is a file of it; a program that the build makes is not in the tree.
    return test.file == path || std::find(files.begin(), files.end(), path) != files.end();
  });
}

} // namespace

bool is_kind(std::string_view path, FileKind kind, const Policy& policy, const Catalogue& catalogue)
{
  if (kind == FileKind::source) {
    for (const FileKind other : k_file_kinds)
      if (other != FileKind::source && is_kind(path, other, policy, catalogue)) return false;
    return true;
  }
  if (kind == FileKind::policy && path == policy.signers) return true;
  if (kind == FileKind::test && is_file_of_a_test(path, catalogue)) return true;
  return first_match(globs_of(kind), path) != nullptr;
}

std::vector<FileKind> kinds_of(std::string_view path, const Policy& policy, const Catalogue& catalogue)
{
  std::vector<FileKind> kinds;
  for (const FileKind kind : k_file_kinds)
    if (is_kind(path, kind, policy, catalogue)) kinds.push_back(kind);
  return kinds;
}

} // namespace sluice::policy
