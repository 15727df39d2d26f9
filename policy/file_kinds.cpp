#include "policy/file_kinds.h"

#include "model/glob.h"

#include <algorithm>
#include <iterator>

namespace sluice::policy {

namespace {

struct KindGlob {
  FileKind kind;
  std::string_view glob;
};

constexpr KindGlob k_kind_globs[]{
  {FileKind::policy, "/sluice.policy.toml"},
  {FileKind::policy, "/sluice.policy.test.toml"},
  {FileKind::policy, "CODEOWNERS"},
  {FileKind::configuration, "*.toml"},
  {FileKind::configuration, "*.yaml"},
  {FileKind::configuration, "*.yml"},
  {FileKind::configuration, "*.json"},
  {FileKind::configuration, "*.json5"},
  {FileKind::configuration, "*.ini"},
  {FileKind::configuration, "*.cfg"},
  {FileKind::configuration, "*.conf"},
  {FileKind::configuration, "*.env"},
  {FileKind::configuration, ".env.*"},
  {FileKind::configuration, "*.xml"},
  {FileKind::configuration, "*.tf"},
  {FileKind::configuration, "*.properties"},
  {FileKind::configuration, "*.tfvars"},
  {FileKind::configuration, "*.hcl"},
  {FileKind::configuration, "*.jsonc"},
  {FileKind::build, "CMakeLists.txt"},
  {FileKind::build, "*.cmake"},
  {FileKind::build, "CMakePresets.json"},
  {FileKind::build, "Makefile"},
  {FileKind::build, "makefile"},
  {FileKind::build, "GNUmakefile"},
  {FileKind::build, "*.mk"},
  {FileKind::build, "*.ninja"},
  {FileKind::build, "meson.build"},
  {FileKind::build, "meson_options.txt"},
  {FileKind::build, "BUILD"},
  {FileKind::build, "BUILD.bazel"},
  {FileKind::build, "WORKSPACE*"},
  {FileKind::build, "MODULE.bazel"},
  {FileKind::build, "*.bzl"},
  {FileKind::build, ".bazelrc"},
  {FileKind::build, "Cargo.toml"},
  {FileKind::build, "Cargo.lock"},
  {FileKind::build, "build.rs"},
  {FileKind::build, "go.mod"},
  {FileKind::build, "go.sum"},
  {FileKind::build, "package.json"},
  {FileKind::build, "package-lock.json"},
  {FileKind::build, "yarn.lock"},
  {FileKind::build, "pnpm-lock.yaml"},
  {FileKind::build, "pom.xml"},
  {FileKind::build, "*.gradle"},
  {FileKind::build, "*.gradle.kts"},
  {FileKind::build, "setup.py"},
  {FileKind::build, "pyproject.toml"},
  {FileKind::build, "setup.cfg"},
  {FileKind::build, "requirements*.txt"},
  {FileKind::build, "tox.ini"},
  {FileKind::build, "conftest.py"},
  {FileKind::build, "Dockerfile*"},
  {FileKind::build, "conanfile.*"},
  {FileKind::build, "vcpkg.json"},
  {FileKind::build, "*.csproj"},
  {FileKind::build, "*.sln"},
  {FileKind::build, "configure.ac"},
  {FileKind::build, "/sluice.toml"},
  {FileKind::build, ".gitattributes"},
  {FileKind::build, ".gitmodules"},
  {FileKind::build, "*.am"},
  {FileKind::ci, ".github/workflows/**"},
  {FileKind::ci, ".github/actions/**"},
  {FileKind::ci, ".forgejo/workflows/**"},
  {FileKind::ci, ".forgejo/actions/**"},
  {FileKind::ci, ".gitea/workflows/**"},
  {FileKind::ci, ".gitea/actions/**"},
  {FileKind::ci, "*.gitlab-ci.yml"},
  {FileKind::ci, ".gitlab/ci/**"},
  {FileKind::ci, "Jenkinsfile*"},
  {FileKind::ci, ".circleci/**"},
  {FileKind::ci, "azure-pipelines*.yml"},
  {FileKind::ci, ".buildkite/**"},
  {FileKind::ci, ".harness/**"},
  {FileKind::ci, ".travis.yml"},
  {FileKind::ci, ".drone.yml"},
  {FileKind::ci, ".woodpecker/**"},
  {FileKind::ci, ".woodpecker.yml"},
  {FileKind::ci, "bitbucket-pipelines.yml"},
  {FileKind::ci, ".teamcity/**"},
  {FileKind::ci, "cloudbuild.yaml"},
  {FileKind::ci, ".cirrus.yml"},
  {FileKind::ci, "appveyor.yml"},
  {FileKind::ci, ".appveyor.yml"},
  {FileKind::ci, ".build.yml"},
  {FileKind::ci, ".builds/**"},
  {FileKind::ci, ".semaphore/**"},
  {FileKind::ci, ".tekton/**"},
  {FileKind::ci, ".zuul.*"},
  {FileKind::ci, ".zuul.d/**"},
  {FileKind::ci, "bamboo-specs/**"},
  {FileKind::ci, "buildspec.yml"},
  {FileKind::ci, ".woodpecker.yaml"},
  {FileKind::ci, ".githooks/**"},
  {FileKind::ci, ".husky/**"},
  {FileKind::ci, ".pre-commit-config.yaml"},
  {FileKind::test, "**/test/**"},
  {FileKind::test, "**/tests/**"},
  {FileKind::test, "**/testing/**"},
  {FileKind::test, "**/testdata/**"},
  {FileKind::test, "**/__tests__/**"},
  {FileKind::test, "*_test.*"},
  {FileKind::test, "test_*.*"},
  {FileKind::test, "*Test.*"},
  {FileKind::test, "*Tests.*"},
  {FileKind::test, "*.test.*"},
  {FileKind::test, "*.spec.*"},
  {FileKind::test, "*_spec.*"},
  {FileKind::test, "*-test.*"},
  {FileKind::test, "*_unittest.*"},
  {FileKind::test, "/sluice.policy.test.toml"},
  {FileKind::documentation, "*.md"},
  {FileKind::documentation, "*.rst"},
  {FileKind::documentation, "*.adoc"},
  {FileKind::documentation, "docs/**"},
  {FileKind::documentation, "doc/**"},
  {FileKind::documentation, "LICENSE*"},
  {FileKind::documentation, "COPYING*"},
};

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
  return std::any_of(std::begin(k_kind_globs), std::end(k_kind_globs),
                     [&](const KindGlob& entry) { return entry.kind == kind && glob_matches(entry.glob, path); });
}

} // namespace sluice::policy
