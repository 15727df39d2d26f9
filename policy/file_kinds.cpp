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
  {FileKind::build, "*.pth"},
  {FileKind::build, "**/*.egg-info/**"},
  {FileKind::build, "**/*.dist-info/**"},
  {FileKind::build, "**/gradle/wrapper/**"},
  {FileKind::build, ".pnpmfile.cjs"},
  {FileKind::build, "babel.config.*"},
  {FileKind::build, ".babelrc*"},
  {FileKind::build, ".swcrc"},
  {FileKind::build, "tsconfig*.json"},
  {FileKind::build, "deno.json*"},
  {FileKind::build, ".env*"},
  {FileKind::build, "tox.ini"},
  {FileKind::build, "conftest.py"},
  {FileKind::build, "Dockerfile*"},
  {FileKind::build, "conanfile.*"},
  {FileKind::build, "vcpkg.json"},
  {FileKind::build, "*.csproj"},
  {FileKind::build, "*.sln"},
  {FileKind::build, "configure"},
  {FileKind::build, "meson.options"},
  {FileKind::build, "CMakeUserPresets.json"},
  {FileKind::build, "SConstruct"},
  {FileKind::build, "SConscript"},
  {FileKind::build, "Rakefile"},
  {FileKind::build, "build.zig"},
  {FileKind::build, "build.sbt"},
  {FileKind::build, "go.work"},
  {FileKind::build, "Directory.Build.*"},
  {FileKind::build, "*.vcxproj"},
  {FileKind::build, "/sluice.toml"},
  {FileKind::build, ".gitattributes"},
  {FileKind::build, ".gitmodules"},
  {FileKind::build, "*.am"},
  {FileKind::build, "*.ac"},
  {FileKind::build, "*.m4"},
  {FileKind::build, "*.mak"},
  {FileKind::build, "Makefile.*"},
  {FileKind::build, "justfile"},
  {FileKind::build, "Justfile"},
  {FileKind::build, ".justfile"},
  {FileKind::build, "Taskfile*"},
  {FileKind::build, "mix.exs"},
  {FileKind::build, "mix.lock"},
  {FileKind::build, "Package.swift"},
  {FileKind::build, "Package.resolved"},
  {FileKind::build, "dune"},
  {FileKind::build, "dune-project"},
  {FileKind::build, "*.opam"},
  {FileKind::build, "*.cabal"},
  {FileKind::build, "cabal.project*"},
  {FileKind::build, "stack.yaml"},
  {FileKind::build, "rebar.config"},
  {FileKind::build, "project.clj"},
  {FileKind::build, "deps.edn"},
  {FileKind::build, "Gemfile*"},
  {FileKind::build, "*.gemspec"},
  {FileKind::build, "composer.json"},
  {FileKind::build, "composer.lock"},
  {FileKind::build, "dub.json"},
  {FileKind::build, "dub.sdl"},
  {FileKind::build, "*.nimble"},
  {FileKind::build, "BUCK"},
  {FileKind::build, "*.gn"},
  {FileKind::build, "*.gni"},
  {FileKind::build, "xmake.lua"},
  {FileKind::build, "premake5.lua"},
  {FileKind::build, "wscript"},
  {FileKind::build, "gradlew*"},
  {FileKind::build, "mvnw*"},
  {FileKind::build, "**/.mvn/**"},
  {FileKind::build, "autogen.sh"},
  {FileKind::build, "bootstrap.sh"},
  {FileKind::build, "build.sh"},
  {FileKind::build, "build.xml"},
  {FileKind::build, "build.gradle*"},
  {FileKind::build, "settings.gradle*"},
  {FileKind::build, "gradle.properties"},
  {FileKind::build, "poetry.lock"},
  {FileKind::build, "Pipfile*"},
  {FileKind::build, "uv.lock"},
  {FileKind::build, "pdm.lock"},
  {FileKind::build, "environment.yml"},
  {FileKind::build, "npm-shrinkwrap.json"},
  {FileKind::build, "bun.lock*"},
  {FileKind::build, "deno.lock"},
  {FileKind::build, "rust-toolchain*"},
  {FileKind::build, "*.props"},
  {FileKind::build, "*.targets"},
  {FileKind::build, "*.vcxproj*"},
  {FileKind::build, "*.xcodeproj/**"},
  {FileKind::build, "Podfile*"},
  {FileKind::build, "flake.lock"},
  {FileKind::build, "Vagrantfile"},
  {FileKind::build, "docker-compose*"},
  {FileKind::build, "compose.yaml"},
  {FileKind::build, "compose.yml"},
  {FileKind::build, ".dockerignore"},
  {FileKind::build, ".gitlab-ci/**"},
  {FileKind::build, "*.in"},
  {FileKind::build, "m4/**"},
  {FileKind::build, "Containerfile*"},
  {FileKind::build, "*.nix"},
  {FileKind::build, "Earthfile"},
  {FileKind::build, "go.work.sum"},
  {FileKind::build, "**/vendor/modules.txt"},
  {FileKind::build, "MODULE.bazel.lock"},
  {FileKind::build, ".tool-versions"},
  {FileKind::build, ".python-version"},
  {FileKind::build, ".nvmrc"},
  {FileKind::build, "webpack.config.*"},
  {FileKind::build, "rollup.config.*"},
  {FileKind::build, "gulpfile.*"},
  {FileKind::build, "Gruntfile.*"},
  {FileKind::build, "nuget.config"},
  {FileKind::build, "NuGet.Config"},
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
  {FileKind::test, "**/Test/**"},
  {FileKind::test, "**/Tests/**"},
  {FileKind::test, "**/TESTS/**"},
  {FileKind::test, "**/unittests/**"},
  {FileKind::test, "**/unittest/**"},
  {FileKind::test, "**/testsuite/**"},
  {FileKind::test, "**/test-suite/**"},
  {FileKind::test, "**/regress/**"},
  {FileKind::test, "**/spec/**"},
  {FileKind::test, "**/specs/**"},
  {FileKind::test, "**/t/*.t"},
  {FileKind::test, "**/e2e/**"},
  {FileKind::test, "**/cypress/**"},
  {FileKind::test, "**/androidTest/**"},
  {FileKind::test, "**/integrationTest/**"},
  {FileKind::test, "**/testFixtures/**"},
  {FileKind::test, "**/__snapshots__/**"},
  {FileKind::test, "**/__mocks__/**"},
  {FileKind::test, "**/golden/**"},
  {FileKind::test, "**/goldens/**"},
  {FileKind::test, "**/fixtures/**"},
  {FileKind::test, "*.snap"},
  {FileKind::test, "*.golden"},
  {FileKind::test, "*.bats"},
  {FileKind::test, "*.feature"},
  {FileKind::test, "*_tests.*"},
  {FileKind::test, "*_unittests.*"},
  {FileKind::test, "tests.*"},
  {FileKind::test, "test.*"},
  {FileKind::test, "test-*.*"},
  {FileKind::test, "Test*.java"},
  {FileKind::test, "Test*.kt"},
  {FileKind::test, "*.tests.*"},
  {FileKind::test, "*-tests.*"},
  {FileKind::test, "*-spec.*"},
  {FileKind::test, "*Test*.java"},
  {FileKind::test, "*IT.java"},
  {FileKind::test, "*TestCase.*"},
  {FileKind::test, "*Spec.scala"},
  {FileKind::test, "*Spec.hs"},
  {FileKind::test, "*Spec.groovy"},
  {FileKind::test, "*Spec.kt"},
  {FileKind::test, "*-spec.*s"},
  {FileKind::test, "*-spec.*sx"},
  {FileKind::test, "*.cy.*"},
  {FileKind::test, "*.e2e-spec.*"},
  {FileKind::test, "*.t"},
  {FileKind::test, "spec/**"},
  {FileKind::test, "specs/**"},
  {FileKind::test, "t/**"},
  {FileKind::test, "e2e/**"},
  {FileKind::test, "cypress/**"},
  {FileKind::test, "regress/**"},
  {FileKind::test, "/sluice.policy.test.toml"},
  {FileKind::documentation, "*.md"},
  {FileKind::documentation, "*.rst"},
  {FileKind::documentation, "*.adoc"},
  {FileKind::documentation, "docs/**"},
  {FileKind::documentation, "doc/**"},
  {FileKind::documentation, "LICENSE*"},
  {FileKind::documentation, "COPYING*"},
};

constexpr std::string_view k_below = "/\x01"; // any name below

bool matches(std::string_view path, FileKind kind)
{
  return std::any_of(std::begin(k_kind_globs), std::end(k_kind_globs),
                     [&](const KindGlob& entry) { return entry.kind == kind && glob_matches(entry.glob, path); });
}

bool is_named_by_suite(std::string_view path, const Policy& policy)
{
  return std::any_of(policy.suites.begin(), policy.suites.end(),
                     [&](const Suite& suite) { return first_match(suite.files, path); });
}

bool is_itself(std::string_view path, FileKind kind, const Policy& policy, const TestFiles& tests)
{
  if (kind == FileKind::policy && path == policy.signers) return true;
  if (kind == FileKind::test && (tests.has(path) || is_named_by_suite(path, policy))) return true;
  return matches(path, kind);
}

} // namespace

TestFiles::TestFiles(const Catalogue& catalogue)
{
  for (const TestCase& test : catalogue.tests) {
    files_.insert(test.file);
    const Program& program = catalogue.program_of(test);
    files_.insert(program.own_source);
    files_.insert(program.files.begin(), program.files.end()); // a script that is started as a test is a file of it
  }
  files_.erase("");
}

TestFiles::TestFiles(const BaseListing& listing)
{
  for (const ListedTest& test : listing.tests) {
    files_.insert(test.file);
    files_.insert(test.files.begin(), test.files.end());
  }
  files_.erase("");
}

bool TestFiles::has_below(std::string_view path) const
{
  const std::string folder = std::string(path) + "/";
  const auto next = files_.lower_bound(folder);
  return next != files_.end() && next->starts_with(folder);
}

bool is_kind(std::string_view path, FileKind kind, const Policy& policy, const TestFiles& tests)
{
  if (kind == FileKind::source)
    return std::none_of(std::begin(k_file_kinds), std::end(k_file_kinds), [&](FileKind other) {
      return other != FileKind::source && is_itself(path, other, policy, tests);
    });
  if (is_itself(path, kind, policy, tests)) return true;
  if (kind == FileKind::documentation) return false; // which asks for less
  return (kind == FileKind::test && tests.has_below(path)) || matches(std::string(path).append(k_below), kind);
}

} // namespace sluice::policy
