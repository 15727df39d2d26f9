#include "adapters/frameworks/gtest/gtest_listing.h"

#include "adapters/frameworks/byte_stream.h"
#include "adapters/frameworks/file_search.h"
#include "adapters/frameworks/gtest/gtest_filter.h"
#include "adapters/frameworks/launch_facts.h"
#include "adapters/frameworks/remembered.h"
#include "model/error.h"
#include "model/glob.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <unordered_map>

namespace sluice::frameworks {

namespace {

constexpr std::string_view k_header = "sluice-gtest-cases 2\n";

struct Found {
  std::string path; // relative to the root, or absolute
  std::string name; // below the folder part of its glob
};

class Lister {
public:
  Lister(const TestsConfig& entry, const ListingContext& context, GtestAsker& asker)
    : entry_(entry), context_(context), asker_(asker), inputs_(inputs())
  {
  }

  void add(const Found& found);
  void add_missing(const std::string& path);
  void expect(const std::string& glob) { listing_.not_built.push_back(glob); }
  Listing take() { return std::move(listing_); }

private:
  std::string inputs() const;
  std::vector<GtestName> names_of(const std::string& path, const Launch& launch);
  std::string source_file(const std::string& file, const LaunchFacts& facts) const;
  std::string id_prefix() const { return entry_.name.empty() ? "" : entry_.name + ":"; }
  std::string absolute(const std::string& path) const
  {
    return path.starts_with('/') ? path : context_.root + "/" + path;
  }

  const TestsConfig& entry_;
  const ListingContext& context_;
  GtestAsker& asker_;
  std::string inputs_; // all that decides a program's cases beside itself and what it was seen to use
  Listing listing_;
};

std::string Lister::inputs() const
{
  std::vector<std::string> declared;
  for (const std::string& file : context_.files) {
    if (!entry_.inputs.empty() && first_match(entry_.inputs, file)) declared.push_back(file);
  }
  ByteWriter out;
  out.raw(text_of(entry_, context_.root));
  out.number(context_.environment.size());
  for (const std::string& variable : context_.environment) out.raw(variable);
  out.number(declared.size());
  for (const std::string& file : declared) {
    out.raw(file);
    out.raw(context_.digest(absolute(file)).view());
  }
  return out.finish({});
}

// What is remembered of a program, if it still holds. That is asked only when the rest is as it was.
std::optional<std::vector<GtestName>> decode_names(std::string_view bytes, std::string_view inputs,
                                                   const ListingContext& context)
{
  ByteReader in(bytes, k_header);
  if (in.raw() != inputs) return std::nullopt;
  const std::string_view rests_on = in.raw();
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
  if (!in.at_end() || !context.holds || !context.holds(rests_on)) return std::nullopt;
  return names;
}

std::string encode_names(const std::vector<GtestName>& names, std::string_view inputs, std::string_view rests_on)
{
  ByteWriter out;
  out.raw(inputs);
  out.raw(rests_on);
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
  if (context_.remembered) {
    const auto value = context_.remembered(purpose, key);
    if (auto names = value ? decode_names(*value, inputs_, context_) : std::nullopt) return std::move(*names);
  }
  GtestAnswer answer = asker_.ask(path, launch);
  // A program that is being linked just now would be remembered under the wrong content.
  if (answer.rests_on && context_.remember && context_.digest(path) == key)
    context_.remember(purpose, key, encode_names(answer.names, inputs_, *answer.rests_on));
  return std::move(answer.names);
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

// A program that is named and not there must be built first. Until then it is one test that cannot be green. What an
// earlier build has left in its place is not what the sources make, and must not be started.
void Lister::add_missing(const std::string& path)
{
  const bool left_over = context_.left_over(path);
  Program program;
  program.name = path.substr(path.rfind('/') + 1);
  program.framework = FrameworkKind::command;
  program.launch.arguments = {absolute(path) + (left_over ? " (left by an earlier build: no step makes it)" : "")};
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

Listing list_gtest(const TestsConfig& entry, const ListingContext& context, GtestAsker& asker)
{
  if (entry.programs.empty())
    throw Error(ErrorKind::configuration, "[[tests]] framework = \"gtest\" names no programs",
                "add programs = [\"build/tests/*_test\"]");
  Lister lister(entry, context, asker);
  std::vector<std::pair<std::string, std::string>> matches;
  for (const std::string& glob : entry.programs) {
    std::vector<std::string> found = find_programs(context.root, glob);
    std::erase_if(found, context.left_over);
    if (found.empty() && is_glob(glob) && context.built_later) {
      lister.expect(glob);
      continue;
    }
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
