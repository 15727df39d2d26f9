#include "adapters/frameworks/ctest/ctest_listing.h"

#include "adapters/frameworks/binary.h"
#include "adapters/frameworks/ctest/ctest_catalogue.h"
#include "adapters/frameworks/ctest/ctest_files.h"
#include "adapters/frameworks/remembered.h"
#include "adapters/process/command.h"
#include "adapters/process/environment.h"
#include "model/error.h"

#include <algorithm>
#include <filesystem>
#include <unordered_set>

namespace sluice::frameworks {

namespace {

constexpr std::chrono::minutes k_listing_limit{10}; // PRE_TEST discovery starts programs
constexpr std::size_t k_longest_list = std::size_t{256} << 20;

std::string first_line(std::string_view text)
{
  const std::size_t first = text.find_first_not_of(" \n\r\t");
  if (first == std::string_view::npos) return "it printed nothing";
  return std::string(text.substr(first, text.find('\n', first) - first));
}

// The value of a cache entry ("NAME:TYPE=value"); empty when there is none.
std::string cache_entry(std::string_view cache, std::string_view name)
{
  for (std::size_t at = cache.find(name); at != std::string_view::npos; at = cache.find(name, at + 1)) {
    const bool at_line_start = at == 0 || cache[at - 1] == '\n';
    const std::size_t colon = at + name.size();
    if (!at_line_start || colon >= cache.size() || cache[colon] != ':') continue;
    const std::size_t equals = cache.find('=', colon);
    if (equals == std::string_view::npos) return {};
    return std::string(cache.substr(equals + 1, cache.find('\n', equals) - equals - 1));
  }
  return {};
}

struct CTestRun {
  std::string program;
  std::string output;
};

// The ctest that belongs to the CMake which configured the folder, else the one in PATH.
std::string ctest_program(const std::string& cache)
{
  const std::string named = cache_entry(cache, "CMAKE_CTEST_COMMAND");
  return is_executable(named) ? named : "ctest";
}

CTestRun run_ctest(const TestsConfig& entry, const std::string& directory, const ListingContext& context)
{
  constexpr std::size_t k_largest_cache = 64u << 20;
  const std::string cache = read_whole_file(directory + "/CMakeCache.txt", k_largest_cache).value_or("");
  const std::string configurations = cache_entry(cache, "CMAKE_CONFIGURATION_TYPES");
  const bool multiple = cache_entry(cache, "CMAKE_GENERATOR").find("Multi-Config") != std::string::npos;
  if (multiple && entry.configuration.empty())
    throw Error(ErrorKind::configuration,
                "[[tests]] \"" + entry.directory + "\": the build folder has several configurations (" +
                  configurations + ") and none is named",
                "add configuration = \"" + configurations.substr(0, configurations.find(';')) + "\" to the entry");
  process::CommandLine line;
  CTestRun run{ctest_program(cache), {}};
  line.arguments = {run.program, "--show-only=json-v1"};
  if (!entry.configuration.empty()) line.arguments.insert(line.arguments.end(), {"-C", entry.configuration});
  if (context.wrapper) line.wrapper = context.wrapper({});
  line.working_directory = directory;
  line.environment = context.environment;
  line.time_limit = k_listing_limit;
  line.most_output = k_longest_list;
  process::CommandResult result = process::run_command(line);
  if (result.left_out > 0)
    throw Error(ErrorKind::world, "ctest prints a list of more than 256 MB for the tests of " + entry.directory,
                "run `ctest --show-only=json-v1` there and look at what it prints");
  if (result.exit_code != 0 || result.timed_out)
    throw Error(ErrorKind::world,
                "ctest cannot list the tests of " + entry.directory + ": " +
                  (result.timed_out ? "it did not end" : first_line(result.errors)),
                "run `ctest --show-only` there; a configure or build may be missing");
  run.output = std::move(result.output);
  return run;
}

// CTest would wait for a pipe for ever, and read a device until there is no memory left.
void require_plain_files(const CTestFiles& files)
{
  for (const std::string& file : files.files) {
    std::error_code failed;
    const std::filesystem::file_status status = std::filesystem::status(file, failed);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
      throw Error(ErrorKind::world, file + " is no regular file", "remove the build folder and configure again");
  }
}

using Digests = std::vector<std::pair<std::string, Digest>>;

Digests digests_of(const std::vector<std::string>& files, const ListingContext& context)
{
  Digests digests;
  digests.reserve(files.size());
  for (const std::string& file : files) digests.emplace_back(file, context.digest(file));
  return digests;
}

bool all_newer(const std::vector<std::pair<std::string, std::string>>& pairs)
{
  return std::all_of(pairs.begin(), pairs.end(), [](const auto& pair) { return is_newer(pair.first, pair.second); });
}

// CTest leaves tests that have no command in this configuration out of its listing without a word. They are entries
// without a command here, which become tests that cannot be green.
void add_unavailable(std::vector<CTestEntry>& entries, const CTestFiles& files, const std::string& folder)
{
  std::unordered_set<std::string_view> listed;
  std::vector<std::string> names;
  for (const CTestEntry& entry : entries) listed.insert(entry.name);
  for (const auto& [name, programs] : files.programs) {
    if (!listed.contains(name) && programs.front() == k_not_available) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    entries.emplace_back().name = name;
    entries.back().working_directory = folder;
  }
}

void sort_tests(Listing& listing)
{
  auto& tests = listing.catalogue.tests;
  std::sort(tests.begin(), tests.end(), [](const TestCase& one, const TestCase& other) { return one.id < other.id; });
  std::sort(listing.not_built.begin(), listing.not_built.end());
  listing.not_built.erase(std::unique(listing.not_built.begin(), listing.not_built.end()), listing.not_built.end());
}

} // namespace

Listing list_ctest(const TestsConfig& entry, const ListingContext& context)
{
  const std::string directory =
    (std::filesystem::path(context.root) / (entry.directory.empty() ? "." : entry.directory))
      .lexically_normal()
      .string();
  const std::string folder = directory.ends_with('/') ? directory.substr(0, directory.size() - 1) : directory;
  const std::int64_t started = wall_clock_in_nanoseconds();
  const ListingKey key{"ctest-listing:" + folder + ":" + entry.configuration + ":" + entry.name,
                       context.digest(folder + "/CTestTestfile.cmake"), text_of(entry, context.root)};
  if (key.digest.absent())
    throw Error(ErrorKind::configuration, "[[tests]] \"" + entry.directory + "\" has no CTestTestfile.cmake",
                "configure the build folder first, or correct `directory`");
  LaunchFacts facts(context.root, folder);
  if (auto known = recall_listing(context, key, facts)) return std::move(*known);

  const CTestFiles before = find_ctest_files(folder, entry.configuration);
  require_plain_files(before);
  const Digests digests = digests_of(before.files, context);
  const CTestRun run = run_ctest(entry, folder, context);
  std::vector<CTestEntry> entries = parse_ctest_json(run.output, entry.directory);
  add_unavailable(entries, before, folder);
  CTestCatalogue made =
    make_ctest_catalogue(std::move(entries), {context.root, folder, &entry, &context.environment, &before.programs});
  sort_tests(made.listing);
  std::vector<std::vector<std::string>> looked_at(made.listing.catalogue.programs.size());
  for (std::size_t i = 0; i < looked_at.size(); ++i) facts.settle(made.listing.catalogue.programs[i], &looked_at[i]);

  // Discovery before the tests (PRE_TEST) rewrites files that were just read: then the next listing is remembered.
  const CTestFiles after = find_ctest_files(folder, entry.configuration);
  const bool steady = before.exact && after.exact && !made.searched_in_vain && after.files == before.files &&
                      all_newer(after.newer) && digests_of(after.files, context) == digests;
  if (!steady) return std::move(made.listing);
  ListingInputs inputs{started, digests, std::move(made.consulted), after.newer};
  inputs.environment.emplace_back("PATH", environment_value(context.environment, "PATH"));
  const std::string program = process::find_program(run.program, context.environment);
  if (!program.empty()) inputs.files.emplace_back(program, context.digest(program));
  for (const std::string& missing : made.missing) inputs.files.emplace_back(missing, context.digest(missing));
  remember_listing(context, key, inputs, made.listing, looked_at);
  return std::move(made.listing);
}

} // namespace sluice::frameworks
