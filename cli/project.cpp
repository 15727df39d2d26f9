#include "cli/project.h"

#include "adapters/build/build.h"
#include "adapters/config/toml.h"
#include "adapters/process/own_programs.h"
#include "cli/gate/base_policy.h"
#include "cli/records/atomic_file.h"
#include "cli/walls/command_walls.h"
#include "impact/filter.h"
#include "model/entries.h"
#include "model/error.h"
#include "model/path.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <unistd.h>

namespace sluice::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_report_list = "reports.txt"; // one repository-relative path a line

// Enough for compilers, interpreters and sanitizers to work; everything else of the caller's environment stays outside,
// so that neither a token nor a stray GTEST_FILTER reaches a test.
constexpr std::array<std::string_view, 22> k_passed{
  "PATH",         "HOME",      "USER",   "LOGNAME", "SHELL",   "LANG",        "LANGUAGE",
  "LC_*",         "TZ",        "TMPDIR", "TERM",    "CC",      "CXX",         "LD_LIBRARY_PATH",
  "*SAN_OPTIONS", "JAVA_HOME", "GOPATH", "GOROOT",  "GOCACHE", "VIRTUAL_ENV", "PYTHONPATH",
  "NODE_PATH"};

// What an isolated test gets instead of what the machine or its user has set.
constexpr std::array<std::string_view, 4> k_fixed{"LANG=C.UTF-8", "TZ=UTC", "PYTHONHASHSEED=0", "SLUICE_SEED=1"};

bool is_localised(std::string_view name)
{
  return name == "LANG" || name == "LANGUAGE" || name == "TZ" || name.starts_with("LC_");
}

// A build folder that speaks for itself, where nobody wrote a sluice.toml.
std::vector<std::string> build_folders(const std::string& root)
{
  std::vector<std::string> found;
  const auto look = [&](const fs::path& folder) {
    std::error_code unknown;
    if (fs::exists(folder / "CTestTestfile.cmake", unknown) && fs::exists(folder / "CMakeCache.txt", unknown))
      found.push_back(fs::relative(folder, root, unknown).string());
  };
  std::error_code failed, unknown;
  for (const auto& entry : entries(fs::directory_iterator(root, failed), failed)) {
    if (!entry.is_directory(unknown) || entry.path().filename().string().starts_with(".")) continue;
    look(entry.path());
    std::error_code closed; // to us
    for (const auto& below : entries(fs::directory_iterator(entry.path(), closed), closed))
      if (below.is_directory(unknown)) look(below.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

Config configuration_without_file(const std::string& root)
{
  const std::vector<std::string> folders = build_folders(root);
  if (folders.empty())
    throw Error(
      ErrorKind::configuration, fmt::format("{} has no {} and no configured CMake build folder", root, k_config_file),
      "write one (README.md has the six lines for CMake, docs/manual/any-language.md those for others), or configure "
      "a build folder");
  if (folders.size() > 1)
    throw Error(ErrorKind::configuration,
                fmt::format("several build folders could be meant: {}", fmt::join(folders, ", ")),
                fmt::format("say which in {}: [build] directory = \"{}\"", k_config_file, folders.front()));
  Config config;
  config.build.emplace().directory = folders.front();
  TestsConfig tests;
  tests.framework = FrameworkKind::ctest;
  tests.directory = folders.front();
  config.tests.push_back(tests);
  return config;
}

// Without its build folder nobody can tell whether a program is built from the present sources.
void require_known_build(const Project& project)
{
  const auto is_gtest = [](const TestsConfig& tests) { return tests.framework == FrameworkKind::gtest; };
  if (!project.build_directory.empty() ||
      std::none_of(project.config.tests.begin(), project.config.tests.end(), is_gtest))
    return;
  throw Error(ErrorKind::configuration, "sluice.toml: a [[tests]] entry with framework = \"gtest\" needs [build]",
              "say where its programs are built: [build] directory = \"build\"");
}

} // namespace

void require_own_state(const std::string& state)
{
  std::error_code failed;
  const auto refuse = [](const std::string& why) {
    throw Error(ErrorKind::usage, why,
                "remove it: the store must be a folder of its own, which no change brings along");
  };
  const fs::file_status status = fs::symlink_status(state, failed);
  if (!fs::exists(status)) return;
  if (fs::is_symlink(status)) refuse(".sluice is a symbolic link");
  if (!fs::is_directory(status)) return; // which is said by whoever makes the store
  if (fs::exists(fs::symlink_status(state + "/.git", failed))) refuse(".sluice is a repository: perhaps a submodule");
  std::error_code unlisted;
  for (const auto& entry : entries(fs::directory_iterator(state, unlisted), unlisted))
    if (entry.is_symlink(failed)) refuse(".sluice/" + entry.path().filename().string() + " is a symbolic link");
  if (unlisted) refuse(".sluice cannot be listed: " + unlisted.message());
}

void distrust_what_builds_write(const std::string& directory)
{
  std::error_code failed;
  // Before anything is asked of git, which is one of the programs that are looked for.
  fs::path root = fs::weakly_canonical(fs::absolute(directory, failed), failed);
  while (root.has_relative_path() && !fs::exists(root / ".git", failed)) root = root.parent_path();
  process::distrust(places_of_builds(root.string(), whole_environment()));
}

namespace {

// Whether an earlier build may have left something that shortens or bends a listing. Lists of scripts are the tree's.
bool listings_read_what_was_left(const Project& project)
{
  std::error_code failed;
  const auto holds_something = [&](const fs::path& folder) {
    return fs::exists(folder, failed) && !(fs::is_directory(folder, failed) && fs::is_empty(folder, failed));
  };
  if (!project.build_directory.empty() && holds_something(project.build_directory)) return true;
  const std::string_view built = project.build_directory;
  const auto lies_there = [&](const std::string& name) {
    return !built.empty() && lies_in(place_of(project, name), built);
  };
  return std::any_of(project.config.tests.begin(), project.config.tests.end(), [&](const TestsConfig& tests) {
    if (tests.framework == FrameworkKind::command) return false;
    if (tests.framework == FrameworkKind::ctest)
      return !lies_there(tests.directory) && holds_something(place_of(project, tests.directory));
    return !std::all_of(tests.programs.begin(), tests.programs.end(), lies_there);
  });
}

} // namespace

Project open_project(const Options& options)
{
  std::error_code unreachable;
  if (!fs::is_directory(options.directory, unreachable))
    throw Error(ErrorKind::usage, fmt::format("-C {}: there is no such folder", options.directory),
                "name a folder of the repository");
  Project project{git::Repository::open(options.directory), {}, {}, {}, {}, {}, {}, false};
  project.root = project.repository.root();
  project.state = project.root + "/.sluice";
  require_own_state(project.state);
  const std::string file = project.root + "/" + std::string(k_config_file);
  if (auto text = read_small_file(file, k_config_file)) {
    project.config_text = std::move(*text);
    project.config = config::read_config(project.config_text, std::string(k_config_file));
  } else {
    project.config = configuration_without_file(project.root);
  }
  std::ifstream reports(project.state + "/" + std::string(k_report_list));
  for (std::string name; std::getline(reports, name);) project.own_reports.insert(name);
  project.build_directory = build_directory_of(project.root, project.config);
  require_known_build(project);
  project.built_before = listings_read_what_was_left(project);
  process::distrust({project.root});
  if (!project.build_directory.empty()) process::distrust({project.build_directory});
  if (project.config.build)
    for (const std::string& name : project.config.build->writable) process::distrust({place_of(project, name)});
  for (const std::string* secret : {&options.key, &options.audit})
    if (!secret->empty()) project.secrets.push_back(fs::absolute(*secret).lexically_normal().string());
  if (!options.sandbox) project.walls->tried = true;
  const SandboxConfig& sandbox = project.config.sandbox;
  project.watches_listings = options.sandbox && options.observe && sandbox.isolate && sandbox.observe;
  return project;
}

std::string build_directory_of(const std::string& root, const Config& config)
{
  if (config.build) return build::build_directory(root, *config.build);
  for (const TestsConfig& tests : config.tests)
    if (tests.framework == FrameworkKind::ctest) return (fs::path(root) / tests.directory).lexically_normal().string();
  return {};
}

namespace {

void append(const std::string& file, const std::string& text)
{
  std::ofstream out(file, std::ios::app);
  out << text;
  out.close();
  if (!out)
    throw Error(ErrorKind::world, fmt::format("cannot write {}", file),
                "check that .sluice can be written and the disk is not full");
}

} // namespace

void remember_report(Project& project, const std::string& file)
{
  std::error_code failed;
  const fs::path place = fs::absolute(file, failed);
  if (failed) throw Error(ErrorKind::world, fmt::format("cannot tell where {} lies: {}", file, failed.message()));
  const std::string name = place.lexically_normal().lexically_proximate(project.root).string();
  require_own_place(file);
  if (name.starts_with("..") || !project.own_reports.insert(name).second) return;
  fs::create_directories(project.state, failed); // what follows says it
  // The list must not look like a change of the tree before the store, which writes this too, is opened.
  if (const std::string ignore = project.state + "/.gitignore"; !fs::exists(ignore, failed)) append(ignore, "*\n");
  append(project.state + "/" + std::string(k_report_list), name + "\n");
}

std::string place_of(const Project& project, const std::string& name)
{
  if (name.starts_with("/")) return name;
  const char* const home = std::getenv("HOME");
  return name.starts_with("~/") ? (home ? home : "") + name.substr(1) : project.root + "/" + name;
}

std::vector<std::string> whole_environment()
{
  std::vector<std::string> variables;
  for (char** variable = environ; *variable; ++variable) variables.emplace_back(*variable);
  return variables;
}

std::vector<std::string> test_environment(const Config& config, char** environment)
{
  const std::vector<std::string>& named = config.run.pass_environment;
  const auto is_named = [&](std::string_view name) {
    return std::any_of(named.begin(), named.end(),
                       [&](const std::string& pattern) { return impact::wildcard_matches(pattern, name); });
  };
  std::vector<std::string> passed;
  for (char** at = environment; *at; ++at) {
    const std::string_view entry(*at);
    const std::string_view name = entry.substr(0, entry.find('='));
    const auto matches = [&](std::string_view pattern) { return impact::wildcard_matches(pattern, name); };
    if (is_named(name) ||
        (std::any_of(k_passed.begin(), k_passed.end(), matches) && !(config.sandbox.isolate && is_localised(name))))
      passed.emplace_back(entry);
  }
  if (config.sandbox.isolate)
    for (const std::string_view fixed : k_fixed)
      if (!is_named(fixed.substr(0, fixed.find('=')))) passed.emplace_back(fixed);
  std::sort(passed.begin(), passed.end());
  return passed;
}

} // namespace sluice::cli
