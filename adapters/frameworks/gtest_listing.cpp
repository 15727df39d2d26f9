#include "adapters/frameworks/gtest_listing.h"

#include "adapters/frameworks/binary.h"
#include "adapters/frameworks/byte_stream.h"
#include "adapters/frameworks/environment.h"
#include "adapters/frameworks/file_search.h"
#include "adapters/frameworks/gtest_filter.h"
#include "adapters/frameworks/gtest_names.h"
#include "adapters/frameworks/launch_facts.h"
#include "adapters/frameworks/remembered.h"
#include "adapters/process/command.h"
#include "model/error.h"
#include "model/glob.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <unordered_map>

namespace sluice::frameworks {

namespace {

constexpr std::string_view k_header = "sluice-gtest-cases 1\n";
constexpr std::chrono::seconds k_listing_limit{60};
constexpr std::size_t k_largest_list = 256u << 20;

// A folder for the result file of one listing.
class ScratchFolder {
public:
  ScratchFolder() : path_((std::filesystem::temp_directory_path() / "sluice-list-XXXXXX").string())
  {
    if (!::mkdtemp(path_.data()))
      throw Error(ErrorKind::world, "cannot make a folder in " + std::filesystem::temp_directory_path().string(),
                  "free space there, or set TMPDIR");
  }
  ~ScratchFolder()
  {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::string& path() const { return path_; }

private:
  std::string path_;
};

struct Found {
  std::string path; // relative to the root, or absolute
  std::string name; // below the folder part of its glob
};

// Asks the program itself.
std::vector<GtestName> ask(const std::string& path, const Launch& launch, const ListingContext& context)
{
  const ScratchFolder scratch;
  const std::string file = scratch.path() + "/list.json";
  process::CommandLine line;
  line.arguments = {path, "--gtest_list_tests", "--gtest_filter=*", "--gtest_output=json:" + file};
  if (context.wrapper) line.wrapper = context.wrapper();
  line.working_directory = launch.working_directory;
  line.environment = environment_for(context.environment, launch.environment);
  line.environment.emplace_back("GTEST_FLAGFILE="); // would win over the flags above
  line.time_limit = k_listing_limit;
  const process::CommandResult result = process::run_command(line);
  if (result.exit_code != 0 || result.timed_out)
    throw Error(ErrorKind::world,
                path + (result.timed_out ? " does not end when asked for its tests"
                                         : fmt::format(" fails to list its tests: exit code {}{}{}", result.exit_code,
                                                       result.errors.empty() ? "" : ": ",
                                                       result.errors.substr(0, result.errors.find('\n')))),
                "run it with --gtest_list_tests; if it is no GoogleTest program, narrow the glob");
  if (const auto json = read_whole_file(file, k_largest_list)) {
    if (auto names = parse_gtest_list_file(*json)) return std::move(*names);
  }
  return parse_gtest_list(result.output);
}

class Lister {
public:
  Lister(const TestsConfig& entry, const ListingContext& context)
    : entry_(entry), context_(context), text_(text_of(entry, context.root)), declared_(declared_inputs())
  {
  }

  void add(const Found& found);
  void add_missing(const std::string& path);
  Listing take() { return std::move(listing_); }

private:
  std::vector<std::pair<std::string, Digest>> declared_inputs() const;
  std::optional<std::string> inputs_of(const std::string& path) const;
  std::vector<GtestName> names_of(const std::string& path, const Launch& launch);
  std::string source_file(const std::string& file, const LaunchFacts& facts) const;
  std::string id_prefix() const { return entry_.name.empty() ? "" : entry_.name + ":"; }
  std::string absolute(const std::string& path) const
  {
    return path.starts_with('/') ? path : context_.root + "/" + path;
  }

  const TestsConfig& entry_;
  const ListingContext& context_;
  std::string text_;
  std::vector<std::pair<std::string, Digest>> declared_;
  Listing listing_;
};

std::vector<std::pair<std::string, Digest>> Lister::declared_inputs() const
{
  std::vector<std::pair<std::string, Digest>> inputs;
  if (entry_.inputs.empty()) return inputs;
  for (const std::string& file : context_.files) {
    if (first_match(entry_.inputs, file)) inputs.emplace_back(file, context_.digest(absolute(file)));
  }
  return inputs;
}

// All that decides a program's cases beside its own content, as one text; nullopt when that is not known.
std::optional<std::string> Lister::inputs_of(const std::string& path) const
{
  if (!context_.libraries || !context_.remembered) return std::nullopt;
  const auto libraries = context_.libraries(path);
  if (!libraries) return std::nullopt;
  ByteWriter out;
  out.raw(text_);
  for (const std::string& library : *libraries) {
    out.raw(library);
    out.raw(context_.digest(library).view());
  }
  out.number(declared_.size());
  for (const auto& [file, digest] : declared_) {
    out.raw(file);
    out.raw(digest.view());
  }
  return out.finish({});
}

std::optional<std::vector<GtestName>> decode_names(std::string_view bytes, std::string_view inputs)
{
  ByteReader in(bytes, k_header);
  if (in.raw() != inputs) return std::nullopt;
  std::vector<GtestName> names(in.count());
  for (GtestName& name : names) {
    name.suite = in.text();
    name.name = in.text();
    name.file = in.text();
    const std::uint64_t line = in.number();
    if (line > 0x7fffffff) in.fail();
    name.line = static_cast<int>(line);
    if (!in.good()) return std::nullopt;
  }
  if (!in.at_end()) return std::nullopt;
  return names;
}

std::string encode_names(const std::vector<GtestName>& names, std::string_view inputs)
{
  ByteWriter out;
  out.raw(inputs);
  out.number(names.size());
  for (const GtestName& name : names) {
    out.text(name.suite);
    out.text(name.name);
    out.text(name.file);
    out.number(static_cast<std::uint64_t>(std::max(name.line, 0)));
  }
  return out.finish(k_header);
}

std::vector<GtestName> Lister::names_of(const std::string& path, const Launch& launch)
{
  const Digest key = context_.digest(path);
  const std::string purpose = "gtest-cases:" + path;
  const auto inputs = inputs_of(path);
  if (inputs) {
    const auto value = context_.remembered(purpose, key);
    if (auto names = value ? decode_names(*value, *inputs) : std::nullopt) return std::move(*names);
  }
  std::vector<GtestName> names = ask(path, launch, context_);
  // A program that is being linked just now would be remembered under the wrong content.
  if (inputs && context_.remember && context_.digest(path) == key)
    context_.remember(purpose, key, encode_names(names, *inputs));
  return names;
}

// As compiled in: absolute, or relative to wherever the compiler ran, which is not known here.
std::string Lister::source_file(const std::string& file, const LaunchFacts& facts) const
{
  if (file.empty()) return {};
  return facts.named(std::filesystem::path(file).lexically_normal().string());
}

void Lister::add(const Found& found)
{
  const std::string path = absolute(found.path);
  Program program;
  program.name = found.name;
  program.framework = FrameworkKind::gtest;
  program.isolation = entry_.isolation;
  program.declared_inputs = entry_.inputs;
  program.launch.arguments = {path};
  const std::string own_folder = path.substr(0, path.rfind('/'));
  program.launch.working_directory = entry_.directory.empty() ? own_folder : absolute(entry_.directory);
  program.launch.environment = entry_.environment;
  LaunchFacts facts(context_.root, build_folder_above(own_folder));
  facts.settle(program);
  const std::vector<GtestName> names = names_of(path, program.launch);
  if (names.empty())
    throw Error(ErrorKind::configuration, "[[tests]] program " + found.path + " lists no GoogleTest tests",
                "narrow the glob that matches it");
  auto& tests = listing_.catalogue.tests;
  tests.reserve(tests.size() + names.size());
  std::vector<std::string> labels = entry_.labels;
  std::sort(labels.begin(), labels.end());
  std::string last_file, last_source; // neighbours come from the same file
  for (const GtestName& name : names) {
    TestCase& test = tests.emplace_back();
    test.selector = name.suite + "." + name.name;
    test.id.value = id_prefix() + program.name + ":" + test.selector;
    test.suite = id_prefix() + program.name + ":" + name.suite;
    test.name = name.name;
    test.program = static_cast<ProgramId>(listing_.catalogue.programs.size());
    test.labels = labels;
    if (name.file != last_file) {
      last_file = name.file;
      last_source = source_file(name.file, facts);
    }
    test.file = last_source;
    test.line = name.line;
    test.time_limit = entry_.time_limit;
    if (is_disabled_name(test.selector)) test.disabled = "its name begins with DISABLED_";
    else ++program.cases;
  }
  listing_.catalogue.programs.push_back(std::move(program));
}

// A program that is named and not there must be built first. Until then it is one test that cannot be green.
void Lister::add_missing(const std::string& path)
{
  Program program;
  program.name = path.substr(path.rfind('/') + 1);
  program.framework = FrameworkKind::command;
  program.launch.arguments = {absolute(path)};
  program.launch.working_directory = context_.root;
  TestCase& test = listing_.catalogue.tests.emplace_back();
  test.id.value = id_prefix() + program.name + ":(not built)";
  test.suite = id_prefix() + program.name;
  test.name = "(not built)";
  test.program = static_cast<ProgramId>(listing_.catalogue.programs.size());
  listing_.catalogue.programs.push_back(std::move(program));
  listing_.not_built.push_back(path);
}

// Every program once, with the name that its first glob gives it. Programs that would share a name get their paths.
std::vector<Found> named_programs(const std::vector<std::pair<std::string, std::string>>& matches)
{
  std::unordered_map<std::string, std::size_t> places;
  std::unordered_map<std::string, int> uses;
  std::vector<Found> programs;
  for (const auto& [glob, path] : matches) {
    if (!places.try_emplace(path, programs.size()).second) continue;
    const std::string_view folder = literal_folder(glob);
    programs.push_back({path, path.substr(folder.empty() ? 0 : folder.size() + 1)});
    ++uses[programs.back().name];
  }
  for (Found& program : programs) {
    if (uses[program.name] > 1) program.name = program.path;
  }
  return programs;
}

} // namespace

Listing list_gtest(const TestsConfig& entry, const ListingContext& context)
{
  if (entry.programs.empty())
    throw Error(ErrorKind::configuration, "[[tests]] framework = \"gtest\" names no programs",
                "add programs = [\"build/tests/*_test\"]");
  Lister lister(entry, context);
  std::vector<std::pair<std::string, std::string>> matches;
  for (const std::string& glob : entry.programs) {
    std::vector<std::string> found = find_programs(context.root, glob);
    if (found.empty() && is_glob(glob))
      throw Error(ErrorKind::configuration, "[[tests]] programs = \"" + glob + "\" matches no executable",
                  "build first, or correct the glob");
    if (found.empty()) lister.add_missing(glob);
    for (std::string& path : found) matches.emplace_back(glob, std::move(path));
  }
  for (const Found& program : named_programs(matches)) lister.add(program);
  return lister.take();
}

} // namespace sluice::frameworks
