#include "adapters/build/build.h"

#include "adapters/process/command.h"
#include "adapters/process/own_programs.h"
#include "model/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace sluice::build {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_targets = "{targets}";
// What Ninja prints before each step; our own words, so that counting them reads nothing of the build's output.
constexpr std::string_view k_step_mark = "sluice-step-5f1d ";
// Ninja needs a second for the largest graphs; one that needs longer waits for something that is not there.
constexpr std::chrono::seconds k_question_limit{60};
constexpr std::uintmax_t k_longest_file = std::uintmax_t{2} << 30;
constexpr std::size_t k_kept_output = 64 << 10;

bool is_build_folder(const std::string& directory)
{
  return fs::exists(directory + "/build.ninja") || fs::exists(directory + "/Makefile");
}

// The value of an entry of CMakeCache.txt ("NAME:TYPE=VALUE"); empty if there is none.
std::string cache_entry(const std::string& directory, std::string_view name)
{
  std::ifstream cache(directory + "/CMakeCache.txt");
  for (std::string line; std::getline(cache, line);)
    if (line.starts_with(name) && line.size() > name.size() && line[name.size()] == ':')
      return line.substr(std::min(line.find('=') + 1, line.size()));
  return {};
}

std::vector<std::string> default_command(const BuildRequest& request)
{
  std::vector<std::string> command{"cmake", "--build", build_directory(request.root, request.config), "--parallel",
                                   std::to_string(request.jobs)};
  if (!request.config.configuration.empty()) {
    command.emplace_back("--config");
    command.push_back(request.config.configuration);
  }
  if (!request.targets.empty()) {
    command.emplace_back("--target");
    command.insert(command.end(), request.targets.begin(), request.targets.end());
  }
  return command;
}

std::vector<std::string> build_command(const BuildRequest& request)
{
  if (request.config.command.empty()) return default_command(request);
  std::vector<std::string> command;
  for (const std::string& word : request.config.command) {
    if (word == k_targets) command.insert(command.end(), request.targets.begin(), request.targets.end());
    else command.push_back(word);
  }
  return command;
}

BuildResult run(const BuildRequest& request, std::vector<std::string> command)
{
  process::CommandLine line;
  line.arguments = command;
  if (request.wrapper) line.wrapper = request.wrapper();
  line.working_directory = request.root;
  line.merge_errors = true;
  line.most_output = k_kept_output;
  line.on_output = request.on_output;
  if (request.on_start) request.on_start(command);
  const auto start = std::chrono::steady_clock::now();
  process::CommandResult result = process::run_command(line);
  BuildResult built;
  built.ok = result.exit_code == 0;
  built.exit_code = result.exit_code;
  built.command = std::move(command);
  built.duration = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
  if (!built.ok) built.output = std::move(result.output);
  return built;
}

} // namespace

std::string build_directory(const std::string& root, const BuildConfig& config)
{
  const fs::path directory = fs::path(root) / config.directory;
  return directory.lexically_normal().string();
}

void require_own_folder(const std::string& root, const std::string& directory)
{
  require_plain_files(directory);
  std::error_code ignored;
  const fs::path sources = cache_entry(directory, "CMAKE_HOME_DIRECTORY");
  const fs::path place = cache_entry(directory, "CMAKE_CACHEFILE_DIR");
  const std::string next = "remove it and configure again";
  const fs::path inside =
    fs::weakly_canonical(sources, ignored).lexically_relative(fs::weakly_canonical(root, ignored));
  if (!sources.empty() && (inside.empty() || *inside.begin() == ".."))
    throw Error(ErrorKind::configuration,
                fmt::format("{} is configured for other sources: {}", directory, sources.string()), next);
  if (!place.empty() && fs::weakly_canonical(place, ignored) != fs::weakly_canonical(directory, ignored))
    throw Error(ErrorKind::configuration, fmt::format("{} is a copy of the build folder {}", directory, place.string()),
                next);
}

void require_plain_files(const std::string& directory)
{
  for (const char* name : {"build.ninja", ".ninja_log", ".ninja_deps", "Makefile", "CMakeCache.txt"}) {
    std::error_code failed;
    const fs::file_status status = fs::status(fs::path(directory) / name, failed);
    const char* const next = "remove the build folder and configure again";
    if (fs::exists(status) && !fs::is_regular_file(status))
      throw Error(ErrorKind::world, fmt::format("{}/{} is no regular file", directory, name), next);
    // Those of the largest projects have a tenth of it; a file with holes can claim any size.
    if (fs::exists(status) && fs::file_size(fs::path(directory) / name, failed) > k_longest_file && !failed)
      throw Error(ErrorKind::world, fmt::format("{}/{} is larger than 2 GiB", directory, name), next);
  }
}

BuildResult configure_if_needed(const BuildRequest& request)
{
  const std::string directory = build_directory(request.root, request.config);
  require_plain_files(directory);
  if (is_build_folder(directory)) return {true, 0, {}, {}, {}};
  if (request.config.configure.empty() && !request.config.command.empty()) return {true, 0, {}, {}, {}};
  if (request.config.configure.empty())
    throw Error(ErrorKind::configuration, fmt::format("{} is not a configured build folder", request.config.directory),
                "configure it, or say how: `configure = [...]` under [build] in sluice.toml");
  return run(request, request.config.configure);
}

BuildResult configure_as_told(const BuildRequest& request)
{
  if (request.config.configure.empty()) return {true, 0, {}, {}, {}};
  return run(request, request.config.configure);
}

BuildResult configure_anew(const BuildRequest& request)
{
  const fs::path cache = fs::path(build_directory(request.root, request.config)) / "CMakeCache.txt";
  require_plain_files(cache.parent_path().string());
  std::error_code ignored; // then the values stay, as they do for whoever configures by hand
  if (!request.config.configure.empty()) fs::remove(cache, ignored);
  return configure_as_told(request);
}

BuildResult write_codemodel(const BuildRequest& request)
{
  const std::string directory = build_directory(request.root, request.config);
  const bool needed = fs::exists(directory + "/Makefile") && fs::exists(directory + "/CMakeCache.txt") &&
                      !fs::exists(directory + "/build.ninja") && !fs::exists(directory + "/.cmake/api/v1/reply");
  return needed ? run(request, {"cmake", directory}) : BuildResult{true, 0, {}, {}, {}};
}

BuildResult configure_again(const BuildRequest& request, ConfigureAgain which)
{
  const std::string directory = build_directory(request.root, request.config);
  if (fs::exists(directory + "/CMakeCache.txt")) return run(request, {"cmake", directory});
  if (which == ConfigureAgain::cmake || request.config.configure.empty()) return {true, 0, {}, {}, {}};
  return run(request, request.config.configure);
}

bool remove_dead_outputs(const BuildRequest& request)
{
  const std::string directory = build_directory(request.root, request.config);
  require_plain_files(directory);
  if (cache_entry(directory, "CMAKE_GENERATOR") == "Ninja Multi-Config") return false;
  if (!fs::exists(directory + "/.ninja_log") || process::find_own_program("ninja").empty()) return false;
  process::CommandLine line;
  line.arguments = {"ninja", "-C", directory, "-t", "cleandead"};
  if (request.wrapper) line.wrapper = request.wrapper();
  line.working_directory = request.root;
  return process::run_command(line).exit_code == 0;
}

bool is_ninjas_alone(const BuildConfig& config)
{
  const std::vector<std::string>& words = config.command;
  if (words.empty()) return true;
  const std::string tool = fs::path(words.front()).filename().string();
  const bool cmake = tool == "cmake" && words.size() > 2 && words[1] == "--build";
  const auto is_folder = [&](const std::string& word) {
    return (fs::path(word) / "").lexically_normal() == (fs::path(config.directory) / "").lexically_normal();
  };
  if (!cmake && tool != "ninja") return false;
  if (cmake && !is_folder(words[2])) return false;
  bool placed = cmake;
  for (std::size_t i = cmake ? 3 : 1; i < words.size(); ++i) {
    const std::string& word = words[i];
    const std::string& next = i + 1 < words.size() ? words[i + 1] : word;
    if (word == k_targets || word == "-v" || word == "--verbose") continue;
    if (!cmake && word == "-C" && is_folder(next)) placed = true;
    else if (!(word == "-j" || word == "--parallel" || (cmake && word == "--target" && next == k_targets)))
      return false;
    ++i;
  }
  return placed;
}

BuildResult build_targets(const BuildRequest& request)
{
  require_plain_files(build_directory(request.root, request.config));
  return run(request, build_command(request));
}

Freshness ask_freshness(const std::string& directory, const std::vector<std::string>& targets)
{
  require_plain_files(directory);
  if (!fs::exists(directory + "/build.ninja")) return Freshness::unknown;
  if (process::find_own_program("ninja").empty()) return Freshness::unknown;
  process::CommandLine line;
  line.own = true; // without walls, which cost more than the question
  line.arguments = {"ninja", "-C", directory, "-n"};
  line.arguments.insert(line.arguments.end(), targets.begin(), targets.end());
  line.environment = {fmt::format("NINJA_STATUS={}", k_step_mark)};
  line.time_limit = k_question_limit;
  line.most_output = k_kept_output; // every step has the mark
  const process::CommandResult result = process::run_command(line);
  if (result.timed_out) return Freshness::unknown;
  if (result.exit_code != 0) return Freshness::stale;
  return result.output.find(k_step_mark) == std::string::npos ? Freshness::fresh : Freshness::stale;
}

} // namespace sluice::build
