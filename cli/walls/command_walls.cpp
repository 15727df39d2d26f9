#include "cli/walls/command_walls.h"

#include "adapters/process/command.h"
#include "cli/build/build_place.h"
#include "cli/terminal.h"
#include "cli/walls/git_secrets.h"
#include "impact/filter.h"
#include "model/error.h"
#include "model/path.h"
#include "runner/sandbox/sandbox_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <unistd.h>

namespace sluice::cli {

namespace {

namespace fs = std::filesystem;

// Names of variables that hold what opens other doors. A build that needs one names it in [run] pass_environment.
constexpr std::array<std::string_view, 17> k_secret_names{
  "*TOKEN*",   "*SECRET*", "*PASSWORD*",  "*PASSWD*",   "*CREDENTIAL*", "*SIGNING*",
  "*_KEY",     "*APIKEY*", "*_PAT",       "*_JWT*",     "*_AUTH",       "*_AUTH_*",
  "*WEBHOOK*", "*_DSN",    "GIT_ASKPASS", "KUBECONFIG", "SSH_AUTH_SOCK"};

// Names of variables by which people tell test tools to run or list fewer tests. A build lists tests, too.
constexpr std::array<std::string_view, 7> k_test_settings{
  "GTEST_*", "GMOCK_*", "TESTBRIDGE_*", "TEST_SHARD_*", "TEST_TOTAL_SHARDS", "CTEST_*", "PYTEST_*"};

bool matches_any(const auto& patterns, std::string_view name)
{
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const auto& pattern) { return impact::wildcard_matches(pattern, name); });
}

// "https://NAME:PASSWORD@host", whatever its name.
bool holds_login(std::string_view value)
{
  const std::size_t begin = value.find("://");
  if (begin == std::string_view::npos) return false;
  const std::string_view place = value.substr(begin + 3, value.find('/', begin + 3) - begin - 3);
  return place.find(':') < place.rfind('@') && place.rfind('@') != std::string_view::npos;
}

std::string capitals_of(std::string_view text)
{
  std::string capitals(text);
  std::transform(capitals.begin(), capitals.end(), capitals.begin(), [](unsigned char c) { return std::toupper(c); });
  return capitals;
}

// A proxy is needed to reach anything, and git's settings belong together: one that lacks its value is an error.
bool is_secret(const std::string& name, std::string_view value, bool git_settings_are)
{
  const std::string capitals = capitals_of(name);
  if (capitals.starts_with("GIT_CONFIG_") && !capitals.ends_with("SYSTEM") && !capitals.ends_with("GLOBAL"))
    return git_settings_are;
  return matches_any(k_secret_names, capitals) || (holds_login(value) && !capitals.ends_with("_PROXY"));
}

// Those of GIT_CONFIG_COUNT, or those that "git -c" hands on.
bool git_settings_are_secret(const std::vector<std::string>& environment)
{
  constexpr std::array<std::string_view, 3> k_words{"*AUTHORIZATION*", "*EXTRAHEADER*", "*CREDENTIAL.*"};
  return std::any_of(environment.begin(), environment.end(), [&](const std::string& variable) {
    return variable.starts_with("GIT_CONFIG_") &&
           (holds_login(variable) || matches_any(k_words, capitals_of(variable)));
  });
}

// Where a fresh machine has nothing yet: what is not there cannot be mounted.
void make_folder(const std::string& path)
{
  std::error_code ignored; // then it stays as it is, and the build says what it misses
  fs::create_directories(path, ignored);
}

std::string value_of(const std::vector<std::string>& environment, std::string_view name)
{
  for (const std::string& variable : environment)
    if (variable.starts_with(name) && variable.size() > name.size() && variable[name.size()] == '=')
      return variable.substr(name.size() + 1);
  return {};
}

// What git believes: also where it lies elsewhere, in a place that builds write.
std::vector<std::string> folders_of_git(const Project& project)
{
  std::vector<std::string> folders = project.repository.borrowed_git_folders();
  const std::string own = project.root + "/.git";
  const auto is_own = [&](const std::string& name) { return place_of(project, name) == own; };
  const auto& build = project.config.build;
  if (build && std::any_of(build->writable.begin(), build->writable.end(), is_own)) return folders;
  folders.push_back(own);
  for (std::string& folder : project.repository.git_folders()) folders.push_back(std::move(folder));
  return folders;
}

// By name: whoever named it for builds has it shared with all of them.
bool is_opened(const Project& project, const std::string& place)
{
  const auto& build = project.config.build;
  return build && std::any_of(build->writable.begin(), build->writable.end(),
                              [&](const std::string& name) { return lies_in(place, place_of(project, name)); });
}

} // namespace

std::vector<std::string> places_of_builds(const std::string& root, const std::vector<std::string>& environment)
{
  std::vector<std::string> places{root, "/tmp", "/var/tmp", "/dev/shm"};
  if (std::string folder = value_of(environment, "TMPDIR"); folder.starts_with('/'))
    places.push_back(std::move(folder));
  for (std::string& cache : sandbox::places_of_caches(value_of(environment, "HOME"), environment))
    places.push_back(std::move(cache));
  return places;
}

sandbox::EnclosureSpec enclosure_spec(const Project& project, const std::vector<std::string>& environment)
{
  const std::string home = value_of(environment, "HOME");
  sandbox::EnclosureSpec spec;
  for (std::string& place : places_of_builds(project.root, environment)) {
    if (project.own_places.empty() || place == project.root || is_opened(project, place))
      spec.writable.push_back(std::move(place));
    else spec.replaced.emplace_back(std::move(place), fmt::format("{}/{}", project.own_places, spec.replaced.size()));
  }
  if (!project.build_directory.empty()) spec.writable.push_back(project.build_directory);
  if (home.starts_with('/')) spec.dropped.push_back(home);
  for (std::string& folder : sandbox::homes_of_tools(environment)) spec.dropped.push_back(std::move(folder));
  spec.read_only = folders_of_git(project);
  spec.hidden = sandbox::places_of_secrets(home, environment);
  spec.hidden.emplace_back("/run/systemd/private");
  spec.hidden.insert(spec.hidden.end(), project.secrets.begin(), project.secrets.end());
  for (std::string& state : places_of_state(project)) spec.hidden.push_back(std::move(state));
  spec.masked = masks_of_git_secrets(project);
  if (const auto& build = project.config.build) {
    for (const std::string& path : build->writable) spec.writable.push_back(place_of(project, path));
    spec.network = build->network;
  }
  const bool git_settings_are = git_settings_are_secret(environment);
  for (const std::string& variable : environment) {
    std::string name = variable.substr(0, variable.find('='));
    const std::string_view value = std::string_view(variable).substr(std::min(name.size() + 1, variable.size()));
    if (is_secret(name, value, git_settings_are) && !matches_any(project.config.run.pass_environment, name))
      spec.unset.push_back(std::move(name));
  }
  return spec;
}

std::vector<std::string> wrapper_of(const sandbox::EnclosureSpec& spec)
{
  std::vector<std::string> words{"/proc/self/exe", std::string(k_enclose)};
  for (std::string& argument : sandbox::enclosure_arguments(spec)) words.push_back(std::move(argument));
  return words;
}

std::string why_refused(const std::vector<std::string>& wrapper, const std::string& folder)
{
  process::CommandLine attempt;
  attempt.arguments = wrapper; // and no command: the walls are only tried
  attempt.working_directory = folder;
  const process::CommandResult result = process::run_command(attempt);
  if (result.exit_code == 0) return {};
  const std::string why = result.errors.substr(0, result.errors.find('\n'));
  return why.empty() ? fmt::format("exit code {}", result.exit_code) : why;
}

namespace {

// What a cache needs to be kept on a fresh machine: of a folder of a tool that is there the part that it fills.
void make_places(const std::vector<std::string>& environment)
{
  const std::string home = value_of(environment, "HOME");
  if (home.starts_with('/')) make_folder(home + "/.cache");
  std::error_code failed;
  for (const std::string& cache : sandbox::places_of_caches(home, environment)) {
    const fs::path folder = fs::path(cache).parent_path();
    if (folder != home && fs::is_directory(folder, failed)) fs::create_directory(cache, failed);
  }
}

// Empty, and open to everybody where others are.
void make_replacements(const sandbox::EnclosureSpec& spec)
{
  for (const auto& [place, own] : spec.replaced) {
    std::error_code failed;
    fs::create_directories(own, failed);
    const auto mode = fs::status(place, failed).permissions();
    if (!failed) fs::permissions(own, mode, failed);
  }
}

// Tests get what they get by name.
void drop_test_settings(const Config& config)
{
  for (const std::string& variable : whole_environment()) {
    const std::string name = variable.substr(0, variable.find('='));
    if (matches_any(k_test_settings, name) && !matches_any(config.run.pass_environment, name)) ::unsetenv(name.c_str());
  }
}

// Where walls can be made at all there are none that do without: a change that names what they cannot be made with
// would be rid of them.
void require_walls_are_missing(const Project& project)
{
  sandbox::EnclosureSpec simple;
  simple.writable = {project.root};
  if (why_refused(wrapper_of(simple), project.root).empty())
    throw Error(ErrorKind::configuration,
                fmt::format("the walls around builds cannot be made as they are described: {}", project.walls->refused),
                "see [build] directory and writable in sluice.toml, and the folders that the environment names");
}

} // namespace

std::vector<std::string> command_wrapper(const Project& project)
{
  require_harmless_places(project);
  drop_test_settings(project.config);
  CommandWalls& walls = *project.walls;
  if (walls.tried) return walls.wrapper;
  if (project.config.build && !project.config.build->isolate) return {};
  const std::vector<std::string> environment = whole_environment();
  make_places(environment);
  if (!project.build_directory.empty()) make_folder(fs::path(project.build_directory).parent_path().string());

  const sandbox::EnclosureSpec spec = enclosure_spec(project, environment);
  make_replacements(spec);
  std::vector<std::string> wrapper = wrapper_of(spec);
  walls.refused = why_refused(wrapper, project.root);
  if (walls.refused.empty()) walls.wrapper = std::move(wrapper);
  else {
    require_walls_are_missing(project);
    write_error(fmt::format("sluice: builds and listings have no walls ({}); sluice doctor says what is missing\n",
                            walls.refused));
  }
  walls.tried = true;
  return walls.wrapper;
}

std::vector<std::string> command_wrapper(const Project& project, const std::string& written)
{
  std::vector<std::string> wrapper = command_wrapper(project);
  if (!wrapper.empty()) wrapper.insert(wrapper.end() - 1, {"--write", written}); // before the "--"
  return wrapper;
}

std::string why_no_walls(const Project& project)
{
  return project.walls->refused;
}

} // namespace sluice::cli
