#include "adapters/frameworks/ctest/ctest_launch.h"

#include "adapters/frameworks/environment.h"
#include "adapters/frameworks/remembered.h"
#include "model/error.h"

#include <algorithm>
#include <array>
#include <map>

namespace sluice::frameworks {

namespace {

// The value while it is being modified; nullopt: not set.
using Value = std::optional<std::string>;

void join(Value& value, const std::string& with, char separator, bool in_front)
{
  if (!value || value->empty()) value = with;
  else value = in_front ? with + separator + *value : *value + separator + with;
}

struct Operation {
  std::string_view name;
  void (*apply)(Value& value, const std::string& with);
};

// Separators as CTest takes them on this system: ':' for paths, ';' for CMake's lists.
constexpr std::array<Operation, 8> k_operations{{
  {"set", [](Value& v, const std::string& with) { v = with; }},
  {"unset", [](Value& v, const std::string&) { v.reset(); }},
  {"string_append", [](Value& v, const std::string& with) { v = v.value_or("") + with; }},
  {"string_prepend", [](Value& v, const std::string& with) { v = with + v.value_or(""); }},
  {"path_list_append", [](Value& v, const std::string& with) { join(v, with, ':', false); }},
  {"path_list_prepend", [](Value& v, const std::string& with) { join(v, with, ':', true); }},
  {"cmake_list_append", [](Value& v, const std::string& with) { join(v, with, ';', false); }},
  {"cmake_list_prepend", [](Value& v, const std::string& with) { join(v, with, ';', true); }},
}};

const Operation* find_operation(std::string_view name)
{
  const auto at = std::find_if(k_operations.begin(), k_operations.end(),
                               [name](const Operation& operation) { return operation.name == name; });
  return at == k_operations.end() ? nullptr : &*at;
}

bool is_set(const std::vector<std::string>& environment, std::string_view name)
{
  return std::any_of(environment.begin(), environment.end(), [name](const std::string& entry) {
    return entry.size() > name.size() && entry[name.size()] == '=' && entry.starts_with(name);
  });
}

[[noreturn]] void refuse(const CTestEntry& entry, const std::string& modification)
{
  throw Error(ErrorKind::configuration,
              "test " + entry.name + ": ENVIRONMENT_MODIFICATION \"" + modification + "\" is not NAME=OPERATION:VALUE",
              "correct the property; CTest would not run the test either");
}

void modify(const CTestEntry& entry, const std::string& modification, std::map<std::string, Value>& changed,
            const std::map<std::string, Value>& original)
{
  const std::size_t equals = modification.find('=');
  const std::size_t colon = modification.find(':', equals == std::string::npos ? 0 : equals);
  if (equals == std::string::npos || equals == 0 || colon == std::string::npos) refuse(entry, modification);
  const std::string name = modification.substr(0, equals);
  const std::string operation = modification.substr(equals + 1, colon - equals - 1);
  if (operation == "reset") {
    changed.erase(name);
    return;
  }
  const Operation* known = find_operation(operation);
  if (!known) refuse(entry, modification);
  const auto at = changed.try_emplace(name, original.at(name)).first;
  known->apply(at->second, modification.substr(colon + 1));
}

// gtest flags that do not change which cases run, how often, or what is printed about them.
bool is_harmless_flag(std::string_view argument)
{
  constexpr std::array<std::string_view, 7> k_harmless{
    "--gtest_catch_exceptions", "--gtest_death_test_style", "--gtest_random_seed",     "--gtest_color",
    "--gtest_print_time",       "--gtest_print_utf8",       "--gtest_throw_on_failure"};
  const std::string_view flag = argument.substr(0, argument.find('='));
  return std::find(k_harmless.begin(), k_harmless.end(), flag) != k_harmless.end();
}

// One whole name, no pattern: "Suite.Case" or "Prefix/Suite/0.Case/1".
bool is_single_name(std::string_view filter)
{
  const std::size_t dot = filter.find('.');
  return dot != 0 && dot != std::string_view::npos && dot + 1 < filter.size() &&
         filter.find_first_of("*?:-\n") == std::string_view::npos;
}

// gtest_discover_tests sets this pattern on every test; it says what gtest's own word says.
bool has_plain_rules(const ResultRules& rules)
{
  ResultRules without = rules;
  if (without.skip_patterns == std::vector<std::string>{"\\[  SKIPPED \\]"}) without.skip_patterns.clear();
  return without.plain();
}

bool steers(const CTestEntry& entry)
{
  const auto steering = [](const std::string& text) { return steers_gtest(text.substr(0, text.find('='))); };
  return std::any_of(entry.environment.begin(), entry.environment.end(), steering) ||
         std::any_of(entry.environment_modifications.begin(), entry.environment_modifications.end(), steering);
}

} // namespace

std::vector<EnvironmentChange> ctest_environment(const CTestEntry& entry, const std::vector<std::string>& inherited,
                                                 ConsultedEnvironment& consulted)
{
  std::vector<EnvironmentChange> changes;
  std::map<std::string, Value> original;
  for (const std::string& text : entry.environment) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) continue;
    changes.push_back({EnvironmentChange::Action::set, text.substr(0, equals), text.substr(equals + 1)});
    original[changes.back().name] = changes.back().value;
  }
  for (const std::string& modification : entry.environment_modifications) {
    const std::string name = modification.substr(0, modification.find('='));
    if (original.contains(name)) continue;
    const std::string value = environment_value(inherited, name);
    original[name] = is_set(inherited, name) ? Value(value) : std::nullopt;
    consulted.emplace_back(name, value);
  }
  std::map<std::string, Value> changed;
  for (const std::string& modification : entry.environment_modifications)
    modify(entry, modification, changed, original);
  for (auto& [name, value] : changed) {
    const auto action = value ? EnvironmentChange::Action::set : EnvironmentChange::Action::unset;
    changes.push_back({action, name, value.value_or("")});
  }
  return changes;
}

std::optional<GtestSelection> gtest_selection(const CTestEntry& entry)
{
  constexpr std::string_view k_filter = "--gtest_filter=";
  if (entry.command.size() < 2 || !has_plain_rules(entry.rules) || steers(entry)) return std::nullopt;
  GtestSelection selection;
  bool also_disabled = false;
  for (const std::string& argument : entry.command) {
    if (argument.starts_with(k_filter)) {
      if (!selection.selector.empty()) return std::nullopt;
      selection.selector = argument.substr(k_filter.size());
      if (!is_single_name(selection.selector)) return std::nullopt;
    } else if (argument == "--gtest_also_run_disabled_tests") {
      also_disabled = true;
    } else if (argument.starts_with("--gtest_output=")) {
      // XML_OUTPUT_DIR of gtest_discover_tests: one file for each case, which Sluice's own reports replace.
    } else if (!argument.starts_with("--gtest_") || is_harmless_flag(argument)) {
      selection.arguments.push_back(argument);
    } else {
      return std::nullopt;
    }
  }
  // Only gtest_discover_tests passes this flag; by it the program is known to be one of gtest's.
  if (selection.selector.empty() || !also_disabled || selection.arguments.empty()) return std::nullopt;
  return selection;
}

} // namespace sluice::frameworks
