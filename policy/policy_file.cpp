#include "policy/policy_file.h"

#include "policy/conduct_demands.h"
#include "policy/message_text.h"
#include "policy/signatures.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
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

Signature read_signature(const Place& place)
{
  TableReader table(place.file, place.node, "[[signature]]");
  Signature signature;
  const auto kind = table.string("kind");
  const auto value = table.string("value");
  const auto authorship = table.one_of("authorship", {"ai"sv, "ai_assisted"sv, "human"sv});
  signature.tool = table.string("tool").value_or("");
  signature.source = table.string("source").value_or("");
  table.finish();
  const auto known = signature_kind(kind.value_or(""));
  if (!known)
    table.fail(table.position("kind"), fmt::format("\"{}\" is no kind of signature", kind.value_or("")),
               "docs/formats/authorship.md lists the kinds");
  if (value.value_or("").empty()) table.fail(place.node.position, "a signature needs a \"value\"");
  if (signature.tool.empty()) table.fail(place.node.position, "a signature needs a \"tool\"");
  signature.kind = *known;
  signature.grade = usual_grade(*known);
  signature.value = lower_case(*value);
  if (authorship) signature.authorship = authorship_named(*authorship);
  return signature;
}

Tier read_tier(const Place& place)
{
  TableReader table(place.file, place.node, "[[tier]]");
  Tier tier{table.string("name").value_or(""), words(table, "paths"), place.node.position.line};
  table.finish();
  tier.name = table.required_string("name");
  if (tier.paths.empty())
    table.fail(place.node.position, fmt::format("tier \"{}\" has no paths", tier.name), "give it \"paths\"");
  return tier;
}

Group read_group(const Place& place)
{
  TableReader table(place.file, place.node, "[[group]]");
  Group group{table.string("name").value_or(""), words(table, "members"), place.node.position.line};
  table.finish();
  group.name = table.required_string("name");
  if (group.members.empty())
    table.fail(place.node.position, fmt::format("group \"{}\" has no members", group.name), "give it \"members\"");
  return group;
}

Validator read_validator(const Place& place)
{
  TableReader table(place.file, place.node, "[[validator]]");
  Validator validator{table.string("name").value_or(""), words(table, "paths"), words(table, "command"),
                      place.node.position.line};
  table.finish();
  validator.name = table.required_string("name");
  if (validator.paths.empty() || validator.command.empty())
    table.fail(place.node.position, fmt::format("validator \"{}\" needs \"paths\" and a \"command\"", validator.name));
  return validator;
}

void read_head(Policy& policy, const Place& place)
{
  TableReader table(place.file, place.node, "[policy]");
  const auto version = table.integer("version", 1, std::numeric_limits<std::int32_t>::max());
  const auto undeclared = table.one_of("undeclared", {"ai"sv, "human"sv, "undeclared"sv});
  policy.ai_labels = words(table, "ai_labels");
  if (auto signers = table.string("signers")) policy.signers = std::move(*signers);
  policy.override_signers = static_cast<int>(table.integer("override_signers", 1, 100).value_or(1));
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
  suite.files = words(table, "files");
  // A suite that no test needs to be in would be satisfied by deleting all of it.
  suite.min_tests = static_cast<int>(table.integer("min_tests", 1, std::numeric_limits<int>::max()).value_or(1));
  suite.owners = words(table, "owners");
  table.finish();
  suite.name = table.required_string("name");
  if (suite.tests.empty() && suite.labels.empty() && suite.paths.empty() && suite.programs.empty())
    table.fail(place.node.position, fmt::format("suite \"{}\" selects no tests", suite.name),
               "give it \"tests\", \"labels\", \"paths\" or \"programs\"");
  return suite;
}

FileKind read_kind(const TableReader& table, const std::string& word)
{
  std::vector<std::string> names;
  for (const FileKind kind : k_file_kinds) {
    if (to_string(kind) == word) return kind;
    names.emplace_back(to_string(kind));
  }
  const std::string meant = nearest(word, names);
  table.fail(table.position("kinds"), fmt::format("\"{}\" is no kind of file", word),
             meant.empty() ? fmt::format("choose of: {}", fmt::join(names, ", "))
                           : fmt::format("did you mean \"{}\"?", meant));
}

// A condition that is `false` would read as its opposite.
bool read_only_true(TableReader& table, std::string_view key)
{
  const auto value = table.boolean(key);
  if (value && !*value)
    table.fail(table.position(key), fmt::format("\"{}\" can only be true", key), "leave it out instead");
  return value.value_or(false);
}

void read_conditions(Rule& rule, const Place& place)
{
  TableReader table(place.file, place.node, "\"when\"");
  rule.authorship = read_authorships(table);
  rule.paths = words(table, "paths");
  rule.tiers = words(table, "tiers");
  for (const std::string& word : words(table, "kinds")) rule.kinds.push_back(read_kind(table, word));
  if (const auto share = table.integer("blast_radius", 0, 99)) rule.blast_radius = static_cast<int>(*share);
  rule.unreached = read_only_true(table, "unreached");
  rule.tests_with_code = read_only_true(table, "tests_with_code");
  table.finish();
}

// Every name that the rule uses must be declared: a misspelt one would switch the rule off, or could never be met.
template <class Named>
void check_known(const TableReader& table, std::string_view key, const std::vector<std::string>& used,
                 const std::vector<Named>& declared, std::string_view what)
{
  std::vector<std::string> names;
  for (const Named& one : declared) names.push_back(one.name);
  for (const std::string& name : used) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const std::string meant = nearest(name, names);
    table.fail(table.position(key), fmt::format("there is no {} \"{}\"", what, name),
               meant.empty() ? fmt::format("declare it with [[{}]]", what)
                             : fmt::format("did you mean \"{}\"?", meant));
  }
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

// `true` means every kind.
std::vector<FindingKind> read_no_findings(TableReader& table)
{
  constexpr auto key = "no_findings"sv;
  const ConfigNode* const node = table.value(key);
  if (!node) return {};
  if (std::holds_alternative<bool>(node->value)) {
    if (!read_only_true(table, key)) return {};
    return {k_finding_kinds.begin(), k_finding_kinds.end()};
  }
  std::vector<std::string> names;
  for (const FindingKind kind : k_finding_kinds) names.emplace_back(to_string(kind));
  std::vector<FindingKind> kinds;
  for (const std::string& word : words(table, key)) {
    const auto found = std::find(names.begin(), names.end(), word);
    const std::string meant = nearest(word, names);
    if (found == names.end())
      table.fail(table.position(key), fmt::format("\"{}\" is no kind of finding", word),
                 meant.empty() ? fmt::format("choose of: {}", fmt::join(names, ", "))
                               : fmt::format("did you mean \"{}\"?", meant));
    kinds.push_back(k_finding_kinds[static_cast<std::size_t>(found - names.begin())]);
  }
  return kinds;
}

std::optional<SandboxLevel> read_level(TableReader& table)
{
  const auto word = table.one_of("sandbox", {"full"sv, "partial"sv, "bare"sv});
  for (const SandboxLevel level : {SandboxLevel::full, SandboxLevel::partial, SandboxLevel::bare})
    if (word && to_string(level) == *word) return level;
  return std::nullopt;
}

void read_obligations(Rule& rule, const Place& place, const Policy& policy)
{
  TableReader table(place.file, place.node, "\"require\"");
  rule.suites = words(table, "suites");
  rule.allow_reuse = table.boolean("reuse").value_or(false);
  rule.allow_skips = table.boolean("skips").value_or(false);
  rule.allow_removals = table.boolean("removals").value_or(false);
  rule.allow_retries = table.boolean("retries").value_or(false);
  rule.allow_quarantine = table.boolean("quarantine").value_or(false);
  rule.base_tests = table.boolean("base_tests").value_or(false);
  rule.approvals = static_cast<int>(table.integer("approvals", 1, 100).value_or(0));
  rule.groups = words(table, "groups");
  rule.validators = words(table, "validators");
  rule.reason = table.boolean("reason").value_or(false);
  rule.sandbox = read_level(table);
  rule.observed = read_only_true(table, "observed");
  rule.no_findings = read_no_findings(table);
  table.finish();
  check_suites(table, rule, policy.suites);
  check_known(table, "groups", rule.groups, policy.groups, "group");
  check_known(table, "validators", rule.validators, policy.validators, "validator");
  if (rule.base_tests && rule.suites.empty())
    table.fail(table.position("base_tests"), "\"base_tests\" needs \"suites\"");
  if (!rule.groups.empty() && rule.approvals == 0)
    table.fail(table.position("groups"), "\"groups\" needs \"approvals\"");
}

Rule read_rule(const Place& place, const Policy& policy)
{
  TableReader table(place.file, place.node, "[[rule]]");
  Rule rule;
  rule.line = place.node.position.line;
  (void)table.string("name"); // makes the key known before finish()
  const ConfigNode* when = table.table("when");
  const ConfigNode* require = table.table("require");
  table.finish();
  rule.name = table.required_string("name");
  if (when) {
    read_conditions(rule, {place.file, *when});
    check_known(TableReader(place.file, *when, "\"when\""), "tiers", rule.tiers, policy.tiers, "tier");
  }
  if (require) read_obligations(rule, {place.file, *require}, policy);
  if (rule.suites.empty() && rule.approvals == 0 && rule.validators.empty() && !rule.reason && !demands_conduct(rule))
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
  const std::vector<const ConfigNode*> tiers = table.tables("tier"), groups = table.tables("group"),
                                       validators = table.tables("validator"), signatures = table.tables("signature");
  table.finish();
  for (const ConfigNode* node : tiers) policy.tiers.push_back(read_tier({file, *node}));
  for (const ConfigNode* node : groups) policy.groups.push_back(read_group({file, *node}));
  for (const ConfigNode* node : validators) policy.validators.push_back(read_validator({file, *node}));
  for (const ConfigNode* node : signatures) policy.signatures.push_back(read_signature({file, *node}));
  for (const ConfigNode* suite : suites) policy.suites.push_back(read_suite({file, *suite}));
  for (const ConfigNode* rule : rules) policy.rules.push_back(read_rule({file, *rule}, policy));
  check_names(table, policy.suites, "suite");
  check_names(table, policy.rules, "rule");
  check_names(table, policy.tiers, "tier");
  check_names(table, policy.groups, "group");
  check_names(table, policy.validators, "validator");
  return policy;
}

} // namespace sluice::policy
