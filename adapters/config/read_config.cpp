#include "adapters/config/read_quarantine.h"
#include "adapters/config/toml.h"

#include "model/glob.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <utility>

namespace sluice::config {

namespace {

using namespace std::string_view_literals;

// Words of a command that stand for the file of the test; "{report}" stands for a file that the run makes.
constexpr std::array<std::string_view, 3> k_file_words{"{file}", "{package}", "{name}"};
constexpr std::string_view k_report_word = "{report}";
constexpr std::string_view k_targets_word = "{targets}";
constexpr int k_most_retries = 10;
constexpr std::uint64_t k_least_output = 4096;                  // a failure's last words must fit
constexpr std::uint64_t k_most_output = std::uint64_t{1} << 40; // 1 TiB

struct FrameworkName {
  std::string_view name;
  FrameworkKind kind;
};
constexpr std::array<std::pair<std::string_view, ResultFormat>, 3> k_result_formats{
  {{"exit", ResultFormat::exit_code}, {"tap", ResultFormat::tap}, {"junit", ResultFormat::junit}}};

constexpr std::array<FrameworkName, 3> k_frameworks{
  {{"ctest", FrameworkKind::ctest}, {"gtest", FrameworkKind::gtest}, {"command", FrameworkKind::command}}};

std::string_view name_of(FrameworkKind kind)
{
  for (const FrameworkName& entry : k_frameworks)
    if (entry.kind == kind) return entry.name;
  return "?";
}

// Keys of [[tests]] that only some frameworks have. A key that does not stand here is for every framework.
constexpr std::array<std::pair<std::string_view, FrameworkKind>, 7> k_restricted_keys{{
  {"directory", FrameworkKind::ctest},
  {"directory", FrameworkKind::command},
  {"configuration", FrameworkKind::ctest},
  {"programs", FrameworkKind::gtest},
  {"files", FrameworkKind::command},
  {"command", FrameworkKind::command},
  {"results", FrameworkKind::command},
}};

bool applies(std::string_view key, FrameworkKind framework)
{
  return std::any_of(k_restricted_keys.begin(), k_restricted_keys.end(),
                     [&](const auto& entry) { return entry.first == key && entry.second == framework; });
}

// A list of words or globs: an empty element can only be a mistake, and would match nothing.
std::vector<std::string> words(TableReader& table, std::string_view key)
{
  std::vector<std::string> values = table.strings(key);
  if (std::find(values.begin(), values.end(), "") != values.end())
    table.fail(table.position(key), fmt::format("\"{}\" holds an empty string", key));
  return values;
}

// An argument vector. One string with blanks would be taken for the name of one program.
std::vector<std::string> command(TableReader& table, std::string_view key)
{
  std::vector<std::string> arguments = table.strings(key);
  if (!arguments.empty() && arguments.front().empty())
    table.fail(table.position(key), fmt::format("\"{}\" names no program", key));
  if (arguments.size() == 1 && arguments.front().find(' ') != std::string::npos)
    table.fail(table.position(key), fmt::format("\"{}\" is one word with blanks in it", key),
               "write an array, one element for each argument: [\"ninja\", \"-C\", \"build\"]");
  return arguments;
}

std::optional<Millis> positive_duration(TableReader& table, std::string_view key)
{
  const auto value = table.duration(key);
  if (value && *value <= Millis::zero())
    table.fail(table.position(key), fmt::format("\"{}\" must be longer than nothing", key));
  return value;
}

std::optional<std::uint64_t> parse_bytes(std::string_view text)
{
  struct Unit {
    std::string_view name;
    unsigned shift;
  };
  constexpr std::array<Unit, 4> k_units{{{"B", 0}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30}}};
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0 || digits > 9) return std::nullopt;
  std::uint64_t count = 0;
  for (const char c : text.substr(0, digits)) count = count * 10 + static_cast<std::uint64_t>(c - '0');
  for (const Unit& unit : k_units)
    if (unit.name == text.substr(digits)) return count << unit.shift;
  return std::nullopt;
}

// A whole number of bytes, or "16MiB".
std::optional<std::uint64_t> bytes(TableReader& table, std::string_view key)
{
  const ConfigNode* node = table.value(key);
  if (!node) return std::nullopt;
  std::optional<std::uint64_t> size;
  if (const auto* text = std::get_if<std::string>(&node->value)) size = parse_bytes(*text);
  if (const auto* number = std::get_if<std::int64_t>(&node->value); number && *number >= 0)
    size = static_cast<std::uint64_t>(*number);
  if (!size || *size < k_least_output || *size > k_most_output)
    table.fail(node->position, fmt::format("\"{}\" must be a size from 4KiB to 1024GiB", key),
               "write bytes or a unit: 16777216, \"16MiB\"");
  return size;
}

BuildConfig read_build(const std::string& file, const ConfigNode& node)
{
  TableReader table(file, node, "[build]");
  BuildConfig build;
  build.directory = table.string("directory").value_or("build");
  build.configure = command(table, "configure");
  build.command = command(table, "command");
  build.configuration = table.string("configuration").value_or("");
  build.inputs = words(table, "inputs");
  build.isolate = table.boolean("isolate").value_or(true);
  build.network = table.boolean("network").value_or(true);
  build.writable = words(table, "writable");
  table.finish();
  if (build.directory.empty()) table.fail(table.position("directory"), "\"directory\" in [build] is empty");
  for (const std::string& argument : build.command)
    if (argument.find(k_targets_word) != std::string::npos && argument != k_targets_word)
      table.fail(
        table.position("command"), "\"{targets}\" in \"command\" must be an element of its own",
        "it is replaced by as many arguments as there are targets: [\"ninja\", \"-C\", \"build\", \"{targets}\"]");
  return build;
}

EnvironmentChange read_variable(const TableReader& table, const std::string& name, const ConfigNode& value)
{
  if (name.empty() || name.find_first_of(std::string_view("=\0", 2)) != std::string::npos)
    table.fail(value.position, fmt::format("\"{}\" is no name of an environment variable", name));
  if (const auto* text = std::get_if<std::string>(&value.value)) return {EnvironmentChange::Action::set, name, *text};
  if (const auto* flag = std::get_if<bool>(&value.value); flag && !*flag)
    return {EnvironmentChange::Action::unset, name, {}};
  table.fail(value.position, fmt::format("environment variable \"{}\" must be a string, or false to unset it", name));
}

std::vector<EnvironmentChange> read_environment(TableReader& table)
{
  std::vector<EnvironmentChange> changes;
  const ConfigNode* node = table.table("environment");
  if (!node) return changes;
  for (const auto& [name, value] : std::get<ConfigTable>(node->value).entries)
    changes.push_back(read_variable(table, name, value));
  return changes;
}

std::optional<FrameworkKind> read_framework(TableReader& table)
{
  std::vector<std::string_view> names;
  for (const FrameworkName& entry : k_frameworks) names.push_back(entry.name);
  const auto name = table.one_of("framework", names);
  for (const FrameworkName& entry : k_frameworks)
    if (name == entry.name) return entry.kind;
  return std::nullopt;
}

ResultFormat read_results(TableReader& table)
{
  std::vector<std::string_view> names;
  for (const auto& [name, format] : k_result_formats) names.push_back(name);
  const auto chosen = table.one_of("results", names);
  for (const auto& [name, format] : k_result_formats)
    if (chosen == name) return format;
  return ResultFormat::exit_code;
}

bool mentions(const std::vector<std::string>& arguments, std::string_view word)
{
  return std::any_of(arguments.begin(), arguments.end(),
                     [&](const std::string& argument) { return argument.find(word) != std::string::npos; });
}

// "{flie}" would reach the program as it is. What is no misspelling ("{}", "{a,b}") is the program's own.
void check_spelling(const TableReader& table, const TestsConfig& tests)
{
  std::vector<std::string> known(k_file_words.begin(), k_file_words.end());
  known.emplace_back(k_report_word);
  for (const std::string& argument : tests.command) {
    for (std::size_t at = argument.find('{'); at != std::string::npos; at = argument.find('{', at + 1)) {
      const std::size_t end = argument.find('}', at);
      if (end == std::string::npos) break;
      const std::string word = argument.substr(at, end + 1 - at);
      const std::string meant = nearest(word, known);
      if (meant.empty() || meant == word) continue;
      table.fail(table.position("command"), fmt::format("\"{}\" in \"command\" stands for nothing", word),
                 fmt::format("did you mean \"{}\"?", meant));
    }
  }
}

void check_words(const TableReader& table, const TestsConfig& tests)
{
  check_spelling(table, tests);
  const auto word = std::find_if(k_file_words.begin(), k_file_words.end(),
                                 [&](std::string_view each) { return mentions(tests.command, each); });
  if (!tests.files.empty() && word == k_file_words.end())
    table.fail(table.position("files"), "\"files\" is given but \"{file}\" is not in \"command\"",
               "every file would run the same command; put \"{file}\" where its name belongs");
  if (tests.files.empty() && word != k_file_words.end())
    table.fail(table.position("command"), fmt::format("\"{}\" is in \"command\" but there are no \"files\"", *word),
               "name the files: files = [\"cases/*.txt\"]");
  const bool reports = mentions(tests.command, k_report_word);
  if (tests.results == ResultFormat::junit && !reports)
    table.fail(table.position("results"), "\"results\" is \"junit\" but \"{report}\" is not in \"command\"",
               "tell the command where to write: [\"pytest\", \"--junitxml={report}\", \"{file}\"]");
  if (tests.results != ResultFormat::junit && reports)
    table.fail(table.position("command"), "\"{report}\" is in \"command\" but \"results\" is not \"junit\"",
               "add results = \"junit\"");
}

// What each framework cannot do without, and what makes no sense together.
void check_tests(const TableReader& table, const TestsConfig& tests)
{
  const std::string_view framework = name_of(tests.framework);
  for (const auto& [key, needed] : k_restricted_keys)
    if (table.has(key) && !applies(key, tests.framework))
      table.fail(table.position(key), fmt::format("\"{}\" has no meaning for framework \"{}\"", key, framework),
                 "remove the key or choose another framework");
  const Position here = table.position("framework");
  if (tests.framework == FrameworkKind::gtest && tests.programs.empty())
    table.fail(here, "framework \"gtest\" needs \"programs\"", "name the test programs: programs = [\"build/*_test\"]");
  if (tests.framework == FrameworkKind::ctest && tests.directory.empty())
    table.fail(here, "framework \"ctest\" needs \"directory\"", "name the build folder here or in [build]");
  if (tests.framework != FrameworkKind::command) return;
  if (tests.command.empty())
    table.fail(here, "framework \"command\" needs \"command\"", "write an array: [\"./check.sh\", \"{file}\"]");
  check_words(table, tests);
}

TestsConfig read_tests(const std::string& file, const ConfigNode& node, const std::optional<BuildConfig>& build)
{
  TableReader table(file, node, "[[tests]]");
  TestsConfig tests;
  const std::optional<FrameworkKind> framework = read_framework(table);
  tests.name = table.string("name").value_or("");
  tests.directory = table.string("directory").value_or("");
  tests.configuration = table.string("configuration").value_or("");
  tests.programs = words(table, "programs");
  tests.files = words(table, "files");
  tests.command = command(table, "command");
  tests.results = read_results(table);
  tests.inputs = words(table, "inputs");
  tests.labels = words(table, "labels");
  tests.environment = read_environment(table);
  tests.time_limit = positive_duration(table, "timeout");
  if (table.one_of("isolation", {"batch"sv, "case"sv}) == "case") tests.isolation = Isolation::one_case;
  table.finish();
  if (!framework) table.fail(node.position, "[[tests]] needs \"framework\"", "choose one of: ctest, gtest, command");
  tests.framework = *framework;
  if (build && tests.framework == FrameworkKind::ctest) {
    if (tests.directory.empty()) tests.directory = build->directory;
    if (tests.configuration.empty()) tests.configuration = build->configuration;
  }
  check_tests(table, tests);
  return tests;
}

RunConfig read_run(const std::string& file, const ConfigNode& node)
{
  TableReader table(file, node, "[run]");
  RunConfig run;
  run.retries = static_cast<int>(table.integer("retries", 0, k_most_retries).value_or(run.retries));
  run.jobs = static_cast<int>(table.integer("jobs", 0, 4096).value_or(run.jobs));
  run.time_limit = positive_duration(table, "timeout").value_or(run.time_limit);
  run.grace = table.duration("grace").value_or(run.grace);
  run.output_limit = bytes(table, "output_limit").value_or(run.output_limit);
  run.pass_environment = words(table, "pass_environment");
  table.finish();
  return run;
}

template <class Enum, std::size_t Count>
Enum choice(TableReader& table, std::string_view key, const std::array<std::pair<std::string_view, Enum>, Count>& words,
            Enum otherwise)
{
  std::vector<std::string_view> names;
  for (const auto& [name, value] : words) names.push_back(name);
  const auto chosen = table.one_of(key, names);
  for (const auto& [name, value] : words)
    if (chosen == name) return value;
  return otherwise;
}

SandboxConfig read_sandbox(const std::string& file, const ConfigNode& node)
{
  TableReader table(file, node, "[sandbox]");
  SandboxConfig sandbox;
  sandbox.isolate = table.boolean("isolate").value_or(sandbox.isolate);
  sandbox.keep_written = table.boolean("keep_written").value_or(sandbox.keep_written);
  sandbox.observe = table.boolean("observe").value_or(sandbox.observe);
  sandbox.fast_paths = table.boolean("fast_paths").value_or(sandbox.fast_paths);
  sandbox.tree =
    choice(table, "tree",
           std::array<std::pair<std::string_view, SandboxTree>, 3>{{{"copy-on-write", SandboxTree::copy_on_write},
                                                                    {"read-only", SandboxTree::read_only},
                                                                    {"writable", SandboxTree::writable}}},
           sandbox.tree);
  sandbox.network = choice(table, "network",
                           std::array<std::pair<std::string_view, SandboxNetwork>, 2>{
                             {{"none", SandboxNetwork::none}, {"host", SandboxNetwork::host}}},
                           sandbox.network);
  sandbox.level = choice(table, "level",
                         std::array<std::pair<std::string_view, SandboxDemand>, 4>{{{"full", SandboxDemand::full},
                                                                                    {"partial", SandboxDemand::partial},
                                                                                    {"bare", SandboxDemand::bare},
                                                                                    {"none", SandboxDemand::none}}},
                         sandbox.level);
  sandbox.memory = bytes(table, "memory").value_or(sandbox.memory);
  sandbox.disk = bytes(table, "disk").value_or(sandbox.disk);
  sandbox.processes = static_cast<int>(table.integer("processes", 0, 4'000'000).value_or(sandbox.processes));
  sandbox.hide = words(table, "hide");
  sandbox.show = words(table, "show");
  sandbox.writable = words(table, "writable");
  sandbox.devices = words(table, "devices");
  table.finish();
  if (!sandbox.isolate && sandbox.level != SandboxDemand::none)
    table.fail(table.position("level"), "\"level\" demands a sandbox, but \"isolate\" is false");
  return sandbox;
}

// The configuration and the policy decide what runs; a glob that swallows them would dismiss any change at all.
std::vector<std::string> read_ignore(const std::string& file, const ConfigNode& node)
{
  TableReader table(file, node, "[changes]");
  std::vector<std::string> ignore = words(table, "ignore");
  table.finish();
  for (const std::string& glob : ignore)
    for (const std::string_view own : {"sluice.toml"sv, "sluice.policy.toml"sv})
      if (glob_matches(glob, own))
        table.fail(table.position("ignore"), fmt::format("\"{}\" in \"ignore\" would dismiss changes of {}", glob, own),
                   "write a glob for the files that cannot matter to any test, such as \"docs/**\"");
  return ignore;
}

void check_names(const TableReader& root, const std::vector<const ConfigNode*>& nodes,
                 const std::vector<TestsConfig>& tests)
{
  std::map<std::string_view, int> lines;
  for (std::size_t i = 0; i < tests.size(); ++i) {
    if (tests[i].name.empty()) continue;
    const auto [first, is_new] = lines.emplace(tests[i].name, nodes[i]->position.line);
    if (!is_new)
      root.fail(nodes[i]->position,
                fmt::format("[[tests]] named \"{}\" stands twice, first in line {}", tests[i].name, first->second),
                "ids of tests begin with the name; give each entry its own");
  }
}

} // namespace

Config read_config(std::string_view text, const std::string& file)
{
  const ConfigNode tree = parse_toml(text, file);
  TableReader root(file, tree, "the file");
  Config config;
  if (const ConfigNode* node = root.table("build")) config.build = read_build(file, *node);
  const std::vector<const ConfigNode*> tests = root.tables("tests");
  for (const ConfigNode* node : tests) config.tests.push_back(read_tests(file, *node, config.build));
  if (const ConfigNode* node = root.table("run")) config.run = read_run(file, *node);
  if (const ConfigNode* node = root.table("sandbox")) config.sandbox = read_sandbox(file, *node);
  if (const ConfigNode* node = root.table("changes")) config.ignore = read_ignore(file, *node);
  for (const ConfigNode* node : root.tables("quarantine")) config.quarantine.push_back(read_quarantine(file, *node));
  root.finish();
  check_names(root, tests, config.tests);
  return config;
}

} // namespace sluice::config
