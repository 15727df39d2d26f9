#include "policy/policy_tests.h"

#include "policy/conditions.h"
#include "policy/judge.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace sluice::policy {

namespace {

using namespace std::string_view_literals;

bool contains(const std::vector<std::string>& list, const std::string& word)
{
  return std::find(list.begin(), list.end(), word) != list.end();
}

template <class Named>
void check_names(const TableReader& table, std::string_view key, const std::vector<std::string>& used,
                 const std::vector<Named>& declared)
{
  for (const std::string& name : used)
    if (std::none_of(declared.begin(), declared.end(), [&](const Named& one) { return one.name == name; }))
      table.fail(table.position(key), fmt::format("the policy has no \"{}\" of that kind", name));
}

MadeUpChange read_change(const ConfigNode& node, const std::string& file, const Policy& policy)
{
  TableReader table(file, node, "[[change]]");
  MadeUpChange change;
  change.line = node.position.line;
  (void)table.string("name");
  for (const std::string& word : table.strings("authorship")) {
    const auto value = {Authorship::ai, Authorship::ai_assisted, Authorship::human, Authorship::undeclared};
    const auto* found =
      std::find_if(value.begin(), value.end(), [&](Authorship one) { return to_string(one) == word; });
    if (found == value.end())
      table.fail(table.position("authorship"), fmt::format("\"{}\" is no kind of authorship", word));
    change.authorship.push_back(*found);
  }
  change.paths = table.strings("paths");
  change.unreached = table.strings("unreached");
  change.message = table.string("message").value_or("");
  change.author = table.string("author").value_or(change.author);
  change.blast_radius = static_cast<int>(table.integer("blast_radius", 0, 100).value_or(0));
  change.passed = table.strings("passed");
  change.base_passed = table.strings("base_passed");
  change.approved = table.strings("approved");
  change.validated = table.strings("validated");
  change.violated = table.strings("violated");
  if (const auto level = table.one_of("sandbox", {"full"sv, "partial"sv, "bare"sv, "none"sv}))
    for (const SandboxLevel each : {SandboxLevel::full, SandboxLevel::partial, SandboxLevel::bare, SandboxLevel::none})
      if (to_string(each) == *level) change.sandbox = each;
  change.observed = table.boolean("observed").value_or(true);
  for (const std::string& word : table.strings("findings")) {
    const auto* const found = std::find_if(k_finding_kinds.begin(), k_finding_kinds.end(),
                                           [&](FindingKind kind) { return to_string(kind) == word; });
    if (found == k_finding_kinds.end())
      table.fail(table.position("findings"), fmt::format("\"{}\" is no kind of finding", word));
    change.findings.push_back(*found);
  }
  const auto expect = table.one_of("expect", {"PASSED"sv, "REFUSED"sv});
  table.finish();
  change.name = table.required_string("name");
  if (!expect)
    table.fail(node.position, fmt::format("change \"{}\" expects nothing", change.name), "expect = \"PASSED\"");
  change.expect = *expect == "PASSED" ? VerdictStatus::passed : VerdictStatus::refused;
  check_names(table, "passed", change.passed, policy.suites);
  check_names(table, "base_passed", change.base_passed, policy.suites);
  check_names(table, "validated", change.validated, policy.validators);
  check_names(table, "violated", change.violated, policy.rules);
  return change;
}

// The policy with suites that hold made-up tests.
Policy with_made_up_suites(Policy policy)
{
  for (Suite& suite : policy.suites) {
    suite.tests = {"suite:" + suite.name + ":*"};
    suite.labels.clear();
    suite.paths.clear();
    suite.programs.clear();
  }
  return policy;
}

struct World {
  Catalogue catalogue;
  RunRecord record;
  ChangeSet change;
  std::vector<CommitAuthorship> authorship;
  Circumstances known;
};

void add_test(const std::string& id, bool executed, World& world)
{
  TestCase test;
  test.id = {id};
  world.catalogue.tests.push_back(test);
  TestRecord record;
  record.planned.test = {id};
  record.planned.decision = Skip{SkipCause::filtered, "made up"};
  if (executed) {
    record.planned.decision = Run{};
    record.attempts.emplace_back().result.outcome = Outcome::passed;
  }
  world.record.tests.push_back(std::move(record));
}

void add_tests(const Policy& policy, const MadeUpChange& made_up, World& world)
{
  world.catalogue.programs.emplace_back();
  std::set<std::pair<std::string, bool>> ids{{"other", true}}; // something always ran
  for (const Suite& suite : policy.suites)
    for (int i = 0; i < std::min(suite.min_tests, 1'000'000); ++i)
      ids.emplace(fmt::format("suite:{}:{:06}", suite.name, i), contains(made_up.passed, suite.name));
  for (const auto& [id, executed] : ids) add_test(id, executed, world);
  world.known.base.state = Known::known;
  world.known.replay.state = Known::known;
  for (const TestCase& test : world.catalogue.tests) {
    world.known.base.tests.push_back({test.id.value, "", "", {}});
    bool passed = false;
    for (const std::string& suite : made_up.base_passed)
      passed = passed || test.id.value.starts_with("suite:" + suite + ":");
    world.known.replay.tests.push_back({test.id.value, passed ? Outcome::passed : Outcome::failed, ""});
  }
}

// Every test ran in one process of its own, and all of them found the same.
void add_conduct(const MadeUpChange& made_up, World& world)
{
  world.known.base_openings.emplace();
  world.record.sandbox.emplace();
  world.record.sandbox->level = made_up.sandbox;
  world.record.sandbox->observed = made_up.observed;
  BatchRecord& batch = world.record.batches.emplace_back();
  batch.begun.cases = 1;
  batch.finished.emplace();
  for (const FindingKind kind : made_up.findings) batch.finished->findings.push_back({kind, "made up", false});
}

void add_change(const Policy& policy, const MadeUpChange& made_up, World& world)
{
  for (const Authorship authorship : made_up.authorship) {
    Commit commit;
    commit.id = std::string(40, 'a');
    commit.author = commit.committer = {"Author", made_up.author};
    commit.message = made_up.message;
    world.authorship.push_back({commit.id, authorship, "", {}});
    world.change.commits.push_back(std::move(commit));
  }
  for (const std::string& path : made_up.paths) world.change.paths.push_back({ChangeKind::modified, path, ""});
  world.known.unreached = made_up.unreached;
  world.known.blast_radius = BlastRadius{static_cast<std::size_t>(made_up.blast_radius), 100, 0, 0, 0, 0};
  for (const std::string& signer : made_up.approved) world.known.approvals.push_back({signer, {}});
  for (const Validator& validator : policy.validators)
    if (contains(made_up.validated, validator.name))
      for (const std::string& file : changed_paths(world.change, validator.paths))
        world.known.validators.push_back({validator.name, file, 0, ""});
}

} // namespace

std::vector<MadeUpChange> read_policy_tests(const ConfigNode& root, const std::string& file, const Policy& policy)
{
  TableReader table(file, root, "the file");
  const std::vector<const ConfigNode*> nodes = table.tables("change");
  table.finish();
  std::vector<MadeUpChange> changes;
  for (const ConfigNode* node : nodes) changes.push_back(read_change(*node, file, policy));
  return changes;
}

std::string disagreement(const Policy& real, const MadeUpChange& made_up)
{
  const Policy policy = with_made_up_suites(real);
  World world;
  add_tests(policy, made_up, world);
  add_change(policy, made_up, world);
  add_conduct(made_up, world);
  const Verdict verdict = judge(policy, world.authorship, world.change, world.catalogue, world.record, world.known);
  std::vector<std::string> violated;
  for (const RuleFinding& rule : verdict.rules)
    if (rule.status == RuleStatus::violated) violated.push_back(rule.rule);
  if (verdict.status != made_up.expect)
    return fmt::format("{} instead of {}: {}", to_string(verdict.status), to_string(made_up.expect),
                       verdict.reasons.empty() ? "no rule is violated" : verdict.reasons.front());
  std::vector<std::string> expected = made_up.violated;
  std::sort(expected.begin(), expected.end());
  std::vector<std::string> found = violated;
  std::sort(found.begin(), found.end());
  if (!expected.empty() && expected != found)
    return fmt::format("the violated rules are {}", fmt::join(violated, ", "));
  return {};
}

} // namespace sluice::policy
