// A repository on disk with what listing asks of the world: a store in memory, content digests, a count of look-ups.
#pragma once

#include "adapters/frameworks/binary.h"
#include "adapters/frameworks/frameworks.h"
#include "adapters/process/command.h"
#include "tests/support/temp_dir.h"

#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>

namespace sluice::frameworks {

class World {
public:
  World()
  {
    context.root = dir.path();
    context.environment = {"PATH=/usr/local/bin:/usr/bin:/bin"};
    context.digest = [](const std::string& path) { return digest(path); };
    context.remembered = [this](std::string_view purpose, const Digest& key) -> std::optional<std::string> {
      const auto at = store.find(std::string(purpose) + to_hex(key));
      return at == store.end() ? std::nullopt : std::optional(at->second);
    };
    context.remember = [this](std::string_view purpose, const Digest& key, std::string_view value) {
      store[std::string(purpose) + to_hex(key)] = value;
    };
  }

  // Not cryptographic; a test does not attack itself.
  static Digest digest(const std::string& path)
  {
    Digest result;
    const auto text = read_whole_file(path, std::size_t{1} << 30);
    if (!text) return result;
    result.size = 32;
    const std::size_t hash = std::hash<std::string>{}(*text);
    std::memcpy(result.bytes.data(), &hash, sizeof hash);
    return result;
  }

  std::string run(const std::vector<std::string>& arguments, const std::string& directory = {}) const
  {
    process::CommandLine line;
    line.arguments = arguments;
    line.working_directory = directory.empty() ? dir.path() : directory;
    line.merge_errors = true;
    const process::CommandResult result = process::run_command(line);
    if (result.exit_code != 0) throw std::runtime_error(arguments[0] + ": " + result.output);
    return result.output;
  }

  // Configures a project without languages into "build": CTest entries cost no compiler.
  void configure(const std::string& lists, const std::vector<std::string>& options = {}) const
  {
    dir.write("CMakeLists.txt",
              "cmake_minimum_required(VERSION 3.20)\nproject(p LANGUAGES NONE)\nenable_testing()\n" + lists);
    std::vector<std::string> arguments{SLUICE_CMAKE, "-S", ".", "-B", "build", "-G", "Ninja"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    run(arguments);
  }

  // Programs are asked in a lane that sees all: what they rest on is `rests_on`, and it holds while that is the same.
  void add_lane()
  {
    context.lane = [this]() -> ListingLane {
      return [this, alive = alive](const runner::Command& command, std::chrono::milliseconds limit) {
        return std::optional(answer(command, limit));
      };
    };
    context.holds = [this](std::string_view text) { return text == rests_on; };
  }

  LaneAnswer answer(const runner::Command& command, std::chrono::milliseconds limit)
  {
    ++asked;
    process::CommandLine line;
    line.arguments = command.arguments;
    line.working_directory = command.working_directory;
    line.time_limit = limit;
    line.merge_errors = true;
    process::CommandResult result = process::run_command(line);
    return {result.exit_code, result.timed_out, std::move(result.output), rests_on};
  }

  bool lane_lives() const { return alive.use_count() > 1; }

  // A copy of the sample program at `path`, old enough that its stamp is trusted.
  std::string copy_sample(const std::string& path) const
  {
    const std::string target = dir / path;
    std::filesystem::create_directories(std::filesystem::path(target).parent_path());
    std::filesystem::copy_file(SLUICE_SAMPLE, target, std::filesystem::copy_options::overwrite_existing);
    return target;
  }

  static TestsConfig ctest()
  {
    TestsConfig entry;
    entry.framework = FrameworkKind::ctest;
    entry.directory = "build";
    return entry;
  }

  tests::TempDir dir;
  std::map<std::string, std::string> store;
  std::optional<std::string> rests_on = "all that it used";
  int asked = 0;                                        // in the lane
  std::shared_ptr<int> alive = std::make_shared<int>(); // shared with the lane as long as it lives
  ListingContext context;
};

inline const TestCase& test_named(const Listing& listing, std::string_view id)
{
  const auto index = listing.catalogue.find(id);
  if (!index) throw std::runtime_error("no test " + std::string(id));
  return listing.catalogue.test(*index);
}

inline std::vector<std::string> ids_of(const Listing& listing)
{
  std::vector<std::string> ids;
  for (const TestCase& test : listing.catalogue.tests) ids.push_back(test.id.value);
  return ids;
}

} // namespace sluice::frameworks
