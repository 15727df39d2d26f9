#include "adapters/frameworks/ctest/ctest_entries.h"

#include "model/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

namespace sluice::frameworks {

namespace {

using nlohmann::json;

std::vector<std::string> strings_of(const json& value)
{
  if (value.is_string()) return {value.get<std::string>()};
  return value.get<std::vector<std::string>>();
}

int positive_int(const json& value)
{
  const double number = value.get<double>();
  return number >= 1 && number < 1e6 ? static_cast<int>(number) : 1;
}

// CTest takes 0 for no such property, and less for no limit.
void set_after_match(CTestEntry& entry, const json& value)
{
  const double limit = value.at("timeout").get<double>();
  if (limit == 0 || std::isnan(limit)) return;
  entry.rules.after_match.patterns = strings_of(value.at("regex"));
  const bool none = limit < 0 || limit > 30e6;
  entry.rules.after_match.limit =
    none ? Millis{0} : Millis(std::max<std::int64_t>(1, static_cast<std::int64_t>(limit * 1000)));
}

using Setter = void (*)(CTestEntry&, const json&);
struct Property {
  std::string_view name;
  Setter set;
};

constexpr std::array<Property, 21> k_properties{{
  {"COST", [](CTestEntry& e, const json& v) { e.needs.cost = v.get<double>(); }},
  {"DEPENDS", [](CTestEntry& e, const json& v) { e.depends = strings_of(v); }},
  {"DISABLED", [](CTestEntry& e, const json& v) { e.disabled = v.get<bool>(); }},
  {"ENVIRONMENT", [](CTestEntry& e, const json& v) { e.environment = strings_of(v); }},
  {"ENVIRONMENT_MODIFICATION", [](CTestEntry& e, const json& v) { e.environment_modifications = strings_of(v); }},
  {"FAIL_REGULAR_EXPRESSION", [](CTestEntry& e, const json& v) { e.rules.fail_patterns = strings_of(v); }},
  {"FIXTURES_CLEANUP", [](CTestEntry& e, const json& v) { e.needs.fixtures_cleanup = strings_of(v); }},
  {"FIXTURES_REQUIRED", [](CTestEntry& e, const json& v) { e.needs.fixtures_required = strings_of(v); }},
  {"FIXTURES_SETUP", [](CTestEntry& e, const json& v) { e.needs.fixtures_setup = strings_of(v); }},
  {"LABELS", [](CTestEntry& e, const json& v) { e.labels = strings_of(v); }},
  {"PASS_REGULAR_EXPRESSION", [](CTestEntry& e, const json& v) { e.rules.pass_patterns = strings_of(v); }},
  {"PROCESSORS", [](CTestEntry& e, const json& v) { e.needs.processors = positive_int(v); }},
  {"REQUIRED_FILES", [](CTestEntry& e, const json& v) { e.rules.required_files = strings_of(v); }},
  {"RESOURCE_LOCK", [](CTestEntry& e, const json& v) { e.needs.locks = strings_of(v); }},
  {"RUN_SERIAL", [](CTestEntry& e, const json& v) { e.needs.alone = v.get<bool>(); }},
  {"SKIP_REGULAR_EXPRESSION", [](CTestEntry& e, const json& v) { e.rules.skip_patterns = strings_of(v); }},
  {"SKIP_RETURN_CODE", [](CTestEntry& e, const json& v) { e.rules.skip_code = v.get<int>(); }},
  {"TIMEOUT", [](CTestEntry& e, const json& v) { e.timeout = v.get<double>(); }},
  {"TIMEOUT_AFTER_MATCH", set_after_match},
  {"WILL_FAIL", [](CTestEntry& e, const json& v) { e.rules.will_fail = v.get<bool>(); }},
  {"WORKING_DIRECTORY", [](CTestEntry& e, const json& v) { e.working_directory = v.get<std::string>(); }},
}};

void read_property(CTestEntry& entry, const json& property)
{
  const auto& name = property.at("name").get_ref<const std::string&>();
  for (const Property& known : k_properties) {
    if (known.name == name) return known.set(entry, property.at("value"));
  }
}

void read_place(CTestEntry& entry, const json& test, const json& graph)
{
  const auto backtrace = test.find("backtrace");
  if (backtrace == test.end() || !graph.is_object()) return;
  const json& node = graph.at("nodes").at(backtrace->get<std::size_t>());
  if (node.contains("line")) entry.line = node.at("line").get<int>();
  entry.file = graph.at("files").at(node.at("file").get<std::size_t>()).get<std::string>();
}

CTestEntry read_entry(const json& test, const json& graph)
{
  CTestEntry entry;
  entry.name = test.at("name").get<std::string>();
  if (const auto command = test.find("command"); command != test.end())
    entry.command = command->get<std::vector<std::string>>();
  if (const auto properties = test.find("properties"); properties != test.end()) {
    for (const json& property : *properties) read_property(entry, property);
  }
  if (!std::isfinite(entry.needs.cost)) entry.needs.cost = 0;
  read_place(entry, test, graph);
  return entry;
}

} // namespace

std::vector<CTestEntry> parse_ctest_json(std::string_view text, const std::string& where)
{
  try {
    const json document = json::parse(text);
    if (document.at("kind") != "ctestInfo" || document.at("version").at("major") != 1)
      throw Error(ErrorKind::world, "ctest's listing of " + where + " is of a kind that is not known",
                  "use CMake 3.14 or later of the 3.x or 4.x series");
    const json graph = document.value("backtraceGraph", json());
    std::vector<CTestEntry> entries;
    entries.reserve(document.at("tests").size());
    for (const json& test : document.at("tests")) entries.push_back(read_entry(test, graph));
    return entries;
  } catch (const json::exception&) {
    throw Error(ErrorKind::world, "ctest's listing of " + where + " cannot be read",
                "run `ctest --show-only=json-v1` there and see what it prints");
  }
}

} // namespace sluice::frameworks
