#include "adapters/frameworks/ctest/ctest_catalogue.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <set>
#include <unordered_set>

namespace sluice::frameworks {

namespace {

constexpr std::string_view k_not_built = "_NOT_BUILT";
// Explicit TIMEOUT 0 means none. A year is none for every purpose, and no reader needs a special case.
constexpr Millis k_no_limit{std::chrono::hours(24 * 365)};

// `path` relative to `folder` if it lies below it.
std::string below(std::string_view path, std::string_view folder)
{
  if (path == folder) return ".";
  if (path.size() > folder.size() + 1 && path.starts_with(folder) && path[folder.size()] == '/')
    return std::string(path.substr(folder.size() + 1));
  return std::string(path);
}

std::string launch_text(const Launch& launch)
{
  std::string text;
  for (const std::string& argument : launch.arguments) text += argument + '\0';
  text += '\1' + launch.working_directory;
  for (const EnvironmentChange& change : launch.environment)
    text += fmt::format("\2{}\2{}\2{}", static_cast<int>(change.action), change.name, change.value);
  return text;
}

// FNV-1a, since ids must be the same on every machine. Nothing but a label rests on it.
std::uint64_t fingerprint(std::string_view text)
{
  std::uint64_t value = 0xcbf29ce484222325;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return value;
}

std::optional<Millis> limit_of(const CTestEntry& entry, const TestsConfig& config)
{
  if (!entry.timeout || !(*entry.timeout >= 0)) return config.time_limit;
  if (*entry.timeout == 0 || *entry.timeout > 30e6) return k_no_limit;
  return Millis(std::max<std::int64_t>(1, static_cast<std::int64_t>(*entry.timeout * 1000)));
}

class Maker {
public:
  Maker(const CTestFolder& folder, CTestCatalogue& out) : folder_(folder), out_(out) {}

  void add(CTestEntry& entry, std::string id);
  void name_programs();

private:
  ProgramId program_for(Launch launch, FrameworkKind kind, const std::string& selector);
  void set_missing_program(const CTestEntry& entry, Launch& launch);
  void set_needs(CTestEntry& entry, TestCase& test);
  std::string fixture(const std::string& name) const;

  const CTestFolder& folder_;
  CTestCatalogue& out_;
  std::unordered_map<std::string, ProgramId> known_; // by launch text and turn
  std::unordered_set<std::string> selected_;         // program and selector
};

// Cases of one launch share a program. The same case listed twice gets a second program, since a process can report a
// case but once.
ProgramId Maker::program_for(Launch launch, FrameworkKind kind, const std::string& selector)
{
  auto& programs = out_.listing.catalogue.programs;
  const std::string text = fmt::format("{}\1{}", static_cast<int>(kind), launch_text(launch));
  for (int turn = 0;; ++turn) {
    const auto [at, added] = known_.try_emplace(fmt::format("{}\1{}", turn, text));
    if (added) {
      at->second = static_cast<ProgramId>(programs.size());
      Program& program = programs.emplace_back();
      program.launch = std::move(launch);
      program.framework = kind;
      program.isolation = folder_.entry->isolation;
      program.declared_inputs = folder_.entry->inputs;
    }
    // Tests that are whole programs share one if they start the same thing: they differ in their rules only.
    if (selector.empty()) return at->second;
    if (selected_.insert(fmt::format("{}\1{}", static_cast<std::uint32_t>(at->second), selector)).second)
      return at->second;
  }
}

// The program as add_test names it, made absolute, so that the test ends as not started, in words that name it.
void Maker::set_missing_program(const CTestEntry& entry, Launch& launch)
{
  std::string program = entry.name;
  if (const auto named = folder_.programs->find(entry.name); named != folder_.programs->end()) {
    program = named->second.front();
    for (const std::string& candidate : named->second) {
      if (std::filesystem::exists(program) && !std::filesystem::exists(candidate)) program = candidate;
    }
  }
  std::string absolute = program.starts_with('/') ? program : launch.working_directory + "/" + program;
  if (program == k_not_available) {
    // Nothing that could be built makes up for a command that the configuration does not have.
  } else if (program.ends_with(k_not_built)) {
    out_.listing.not_built.push_back(program.substr(0, program.size() - k_not_built.size()));
  } else {
    out_.listing.not_built.push_back(below(absolute, folder_.root));
    if (program.find('/') == std::string::npos) out_.searched_in_vain = true;
  }
  out_.missing.push_back(absolute);
  launch.arguments = {std::move(absolute)};
}

std::string Maker::fixture(const std::string& name) const
{
  return folder_.entry->name.empty() ? name : folder_.entry->name + ":" + name;
}

void Maker::set_needs(CTestEntry& entry, TestCase& test)
{
  test.needs = std::move(entry.needs);
  for (auto* fixtures : {&test.needs.fixtures_setup, &test.needs.fixtures_cleanup, &test.needs.fixtures_required}) {
    for (std::string& name : *fixtures) name = fixture(name);
  }
}

void Maker::add(CTestEntry& entry, std::string id)
{
  TestCase& test = out_.listing.catalogue.tests.emplace_back();
  test.id.value = std::move(id);
  auto selection = gtest_selection(entry);
  Launch launch;
  launch.working_directory = entry.working_directory.empty() ? folder_.directory : entry.working_directory;
  launch.environment = ctest_environment(entry, *folder_.environment, out_.consulted);
  launch.environment.insert(launch.environment.end(), folder_.entry->environment.begin(),
                            folder_.entry->environment.end());
  if (entry.command.empty()) set_missing_program(entry, launch);
  else launch.arguments = selection ? std::move(selection->arguments) : std::move(entry.command);

  test.time_limit = limit_of(entry, *folder_.entry);
  test.labels = std::move(entry.labels);
  test.labels.insert(test.labels.end(), folder_.entry->labels.begin(), folder_.entry->labels.end());
  std::sort(test.labels.begin(), test.labels.end());
  test.labels.erase(std::unique(test.labels.begin(), test.labels.end()), test.labels.end());
  test.file = below(entry.file, folder_.root);
  test.line = entry.line;
  if (entry.disabled) test.disabled = "CTest property DISABLED";
  set_needs(entry, test);
  if (selection) {
    test.selector = std::move(selection->selector);
  } else {
    test.rules = std::move(entry.rules);
    for (std::string& file : test.rules.required_files) {
      if (!file.starts_with('/')) file = launch.working_directory + "/" + file;
    }
  }
  const FrameworkKind kind = selection ? FrameworkKind::gtest : FrameworkKind::ctest;
  test.program = program_for(std::move(launch), kind, test.selector);
}

// Names that are for people and unique: the path below the build folder, with the arguments where several programs
// share it.
void Maker::name_programs()
{
  Catalogue& catalogue = out_.listing.catalogue;
  std::unordered_map<std::string, int> uses;
  for (Program& program : catalogue.programs) {
    program.name = below(program.launch.arguments.front(), folder_.directory);
    ++uses[program.name];
  }
  std::unordered_map<std::string, int> turns;
  for (Program& program : catalogue.programs) {
    if (uses[program.name] > 1 && program.framework == FrameworkKind::gtest) {
      for (std::size_t i = 1; i < program.launch.arguments.size(); ++i)
        program.name += " " + program.launch.arguments[i];
    }
    if (program.framework != FrameworkKind::gtest) continue;
    if (const int turn = ++turns[program.name]; turn > 1) program.name += fmt::format(" #{}", turn);
  }
  const std::string plain_suite = folder_.entry->name.empty() ? "ctest" : folder_.entry->name;
  const std::string prefix = folder_.entry->name.empty() ? "" : folder_.entry->name + ":";
  for (TestCase& test : catalogue.tests) {
    const std::size_t dot = test.selector.find('.');
    if (test.selector.empty()) {
      test.suite = plain_suite;
      test.name = test.id.value.substr(prefix.size());
    } else {
      test.suite = prefix + catalogue.program_of(test).name + ":" + test.selector.substr(0, dot);
      test.name = test.selector.substr(dot + 1);
    }
  }
}

// What tells bearers of the same name apart: the working directory if that does, else the launch itself.
std::vector<std::string> unique_ids(const std::vector<CTestEntry>& entries, const CTestFolder& folder)
{
  std::unordered_map<std::string_view, std::vector<std::size_t>> bearers;
  for (std::size_t i = 0; i < entries.size(); ++i) bearers[entries[i].name].push_back(i);
  const std::string prefix = folder.entry->name.empty() ? "" : folder.entry->name + ":";
  std::vector<std::string> ids(entries.size());
  for (const auto& [name, indexes] : bearers) {
    std::set<std::string_view> directories;
    for (const std::size_t index : indexes) directories.insert(entries[index].working_directory);
    std::unordered_map<std::string, int> turns;
    for (const std::size_t index : indexes) {
      const CTestEntry& entry = entries[index];
      ids[index] = prefix + entry.name;
      if (indexes.size() == 1) continue;
      std::string mark = below(entry.working_directory, folder.directory);
      if (directories.size() != indexes.size()) {
        std::string text = mark;
        for (const std::string& argument : entry.command) text += '\0' + below(argument, folder.directory);
        for (const std::string& variable : entry.environment) text += '\1' + variable;
        mark = fmt::format("{:016x}", fingerprint(text));
      }
      if (const int turn = ++turns[mark]; turn > 1) mark += fmt::format(" {}", turn);
      ids[index] += " [" + mark + "]";
    }
  }
  return ids;
}

} // namespace

CTestCatalogue make_ctest_catalogue(std::vector<CTestEntry> entries, const CTestFolder& folder)
{
  CTestCatalogue result;
  const std::vector<std::string> ids = unique_ids(entries, folder);
  std::unordered_map<std::string, std::vector<std::size_t>> by_name;
  for (std::size_t i = 0; i < entries.size(); ++i) by_name[entries[i].name].push_back(i);
  Maker maker(folder, result);
  result.listing.catalogue.tests.reserve(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::vector<std::string> depends = std::move(entries[i].depends);
    maker.add(entries[i], ids[i]);
    for (const std::string& name : depends) {
      const auto at = by_name.find(name);
      if (at == by_name.end()) continue; // CTest ignores names that do not exist
      for (const std::size_t other : at->second)
        result.listing.catalogue.tests.back().needs.after.push_back({ids[other]});
    }
  }
  maker.name_programs();
  return result;
}

} // namespace sluice::frameworks
