#include "policy/policy_file.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <limits>
#include <map>
#include <utility>

namespace sluice::policy {

namespace {

using namespace std::string_view_literals;

constexpr std::int64_t k_version = 1;
constexpr std::array<Authorship, 4> k_authorships{Authorship::ai, Authorship::ai_assisted, Authorship::human,
                                                  Authorship::undeclared};

struct Place {
  const std::string& file;
  const ConfigNode& node;
};

// A list that is given must say something: an empty one would silently switch a condition or an obligation off.
std::vector<std::string> words(TableReader& table, std::string_view key)
{
  std::vector<std::string> values = table.strings(key);
  if (table.has(key) && values.empty()) table.fail(table.position(key), fmt::format("\"{}\" is an empty list", key));
  if (std::find(values.begin(), values.end(), "") != values.end())
    table.fail(table.position(key), fmt::format("\"{}\" holds an empty string", key));
  return values;
}

Authorship authorship_named(std::string_view name)
{
  for (const Authorship value : k_authorships)
    if (to_string(value) == name) return value;
  return Authorship::undeclared;
}

std::vector<Authorship> read_authorships(TableReader& table)
{
  std::vector<std::string> names;
  for (const Authorship value : k_authorships) names.emplace_back(to_string(value));
  std::vector<Authorship> values;
  for (const std::string& word : words(table, "authorship")) {
    if (std::find(names.begin(), names.end(), word) == names.end()) {
      const std::string meant = nearest(word, names);
      table.fail(table.position("authorship"), fmt::format("\"{}\" is no kind of authorship", word),
                 meant.empty() ? "choose of: ai, ai_assisted, human, undeclared"
                               : fmt::format("did you mean \"{}\"?", meant));
    }
    values.push_back(authorship_named(word));
  }
  return values;
}

void read_head(Policy& policy, const Place& place)
{
  TableReader table(place.file, place.node, "[policy]");
  const auto version = table.integer("version", 1, std::numeric_limits<std::int32_t>::max());
  const auto undeclared = table.one_of("undeclared", {"ai"sv, "human"sv, "undeclared"sv});
  table.finish();
  if (version.value_or(k_version) != k_version)
    table.fail(table.position("version"), fmt::format("policy version {} is not known here", *version),
               fmt::format("this Sluice reads version {}; use a newer one", k_version));
  if (undeclared) policy.undeclared_counts_as = authorship_named(*undeclared);
}

Suite read_suite(const Place& place)
{
  TableReader table(place.file, place.node, "[[suite]]");
  Suite suite;
  suite.line = place.node.position.line;
  (void)table.string("name"); // makes the key known before finish()
  suite.tests = words(table, "tests");
  suite.labels = words(table, "labels");
  suite.paths = words(table, "paths");
  suite.programs = words(table, "programs");
  // A suite that no test needs to be in would be satisfied by deleting all of it.
  suite.min_tests = static_cast<int>(table.integer("min_tests", 1, std::numeric_limits<int>::max()).value_or(1));
  table.finish();
  suite.name = table.required_string("name");
  if (suite.tests.empty() && suite.labels.empty() && suite.paths.empty() && suite.programs.empty())
    table.fail(place.node.position, fmt::format("suite \"{}\" selects no tests", suite.name),
               "give it \"tests\", \"labels\", \"paths\" or \"programs\"");
  return suite;
}

void read_conditions(Rule& rule, const Place& place)
{
  TableReader table(place.file, place.node, "\"when\"");
  rule.authorship = read_authorships(table);
  rule.paths = words(table, "paths");
  table.finish();
}

void check_suites(const TableReader& table, const Rule& rule, const std::vector<Suite>& suites)
{
  std::vector<std::string> names;
  for (const Suite& suite : suites) names.push_back(suite.name);
  for (const std::string& name : rule.suites) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const std::string meant = nearest(name, names);
    table.fail(table.position("suites"),
               fmt::format("rule \"{}\" requires suite \"{}\", which does not exist", rule.name, name),
               meant.empty() ? "declare it with [[suite]]" : fmt::format("did you mean \"{}\"?", meant));
  }
}

void read_obligations(Rule& rule, const Place& place, const std::vector<Suite>& suites)
{
  TableReader table(place.file, place.node, "\"require\"");
  rule.suites = words(table, "suites");
  rule.allow_reuse = table.boolean("reuse").value_or(false);
  table.finish();
  check_suites(table, rule, suites);
}

Rule read_rule(const Place& place, const std::vector<Suite>& suites)
{
  TableReader table(place.file, place.node, "[[rule]]");
  Rule rule;
  rule.line = place.node.position.line;
  (void)table.string("name"); // makes the key known before finish()
  const ConfigNode* when = table.table("when");
  const ConfigNode* require = table.table("require");
  table.finish();
  rule.name = table.required_string("name");
  if (when) read_conditions(rule, {place.file, *when});
  if (require) read_obligations(rule, {place.file, *require}, suites);
  if (rule.suites.empty())
    table.fail(place.node.position, fmt::format("rule \"{}\" demands nothing", rule.name),
               "give it an obligation: require = { suites = [\"core\"] }");
  return rule;
}

template <class Named> void check_names(const TableReader& root, const std::vector<Named>& all, std::string_view kind)
{
  std::map<std::string_view, int> lines;
  for (const Named& one : all) {
    const auto [first, is_new] = lines.emplace(one.name, one.line);
    if (!is_new)
      root.fail({one.line, 0}, fmt::format("{} \"{}\" stands twice, first in line {}", kind, one.name, first->second),
                "give each a name of its own");
  }
}

} // namespace

Policy read_policy(const ConfigNode& root, const std::string& file, const std::string& source)
{
  TableReader table(file, root, "the file");
  Policy policy;
  policy.source = source;
  if (const ConfigNode* head = table.table("policy")) read_head(policy, {file, *head});
  const std::vector<const ConfigNode*> suites = table.tables("suite");
  const std::vector<const ConfigNode*> rules = table.tables("rule");
  table.finish();
  for (const ConfigNode* suite : suites) policy.suites.push_back(read_suite({file, *suite}));
  for (const ConfigNode* rule : rules) policy.rules.push_back(read_rule({file, *rule}, policy.suites));
  check_names(table, policy.suites, "suite");
  check_names(table, policy.rules, "rule");
  return policy;
}

} // namespace sluice::policy
