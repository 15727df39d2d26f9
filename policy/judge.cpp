#include "policy/judge.h"

#include "policy/conduct_demands.h"
#include "policy/rule_judge.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>

namespace sluice::policy {

namespace {

constexpr std::size_t k_named_in_reason = 10;

struct Conclusion {
  VerdictStatus status = VerdictStatus::failed;
  ExitCode exit = ExitCode::failed;
  std::string reason;
};

std::optional<Conclusion> before_tests(const RunRecord& record, const Catalogue& catalogue, const Circumstances& known)
{
  if (record.interrupted) return Conclusion{VerdictStatus::failed, ExitCode::interrupted, "the run was interrupted"};
  if (record.build && !record.build->ok)
    return Conclusion{VerdictStatus::failed, ExitCode::failed,
                      fmt::format("the build failed with exit code {}", record.build->exit_code)};
  if (record.build_started && !record.build)
    return Conclusion{VerdictStatus::failed, ExitCode::failed, "the build did not come to an end"};
  if (!known.altered.empty())
    return Conclusion{VerdictStatus::failed, ExitCode::failed,
                      fmt::format("what was tested is not what was committed: the build or a test has changed {}",
                                  some_of(known.altered, k_named_in_reason))};
  if (!known.overtaken.empty())
    return Conclusion{VerdictStatus::failed, ExitCode::failed,
                      fmt::format("tests of this run have changed what {} rests on, which was not run: run again",
                                  some_of(known.overtaken, k_named_in_reason))};
  if (catalogue.tests.empty())
    return Conclusion{VerdictStatus::failed, ExitCode::nothing, "nothing to judge: there are no tests"};
  return std::nullopt;
}

std::string expired(const TestRecord& test)
{
  const auto& quarantine = test.planned.quarantine;
  return quarantine && quarantine->expired ? ", its quarantine expired on " + quarantine->until : "";
}

// Of a run in which no test was even chosen.
std::string left_out_by(const RunRecord& record)
{
  const auto all = [&](SkipCause cause) {
    return std::all_of(record.tests.begin(), record.tests.end(), [&](const TestRecord& test) {
      const auto* skip = std::get_if<Skip>(&test.planned.decision);
      return skip && skip->cause == cause;
    });
  };
  if (all(SkipCause::not_failed)) return "no test failed last time";
  if (all(SkipCause::disabled)) return fmt::format("all of {} tests are disabled", record.tests.size());
  if (all(SkipCause::filtered)) return fmt::format("the filter matches none of {} tests", record.tests.size());
  return fmt::format("all of {} tests were left out", record.tests.size());
}

std::optional<Conclusion> of_tests(const RunRecord& record, const Catalogue& catalogue, const Records& records)
{
  std::vector<std::string> red, unplanned;
  for (const TestRecord& test : record.tests)
    if (test.selected() && test.standing() == Standing::red)
      red.push_back(fmt::format("{} ({}{})", test.planned.test.value, to_string(test.outcome()), expired(test)));
  for (const TestCase& test : catalogue.tests)
    if (!records.find(test.id)) unplanned.push_back(test.id.value);
  if (!red.empty())
    return Conclusion{
      VerdictStatus::failed, ExitCode::failed,
      fmt::format("{} of {} tests did not pass: {}", red.size(), record.tests.size(), some_of(red, k_named_in_reason))};
  if (!unplanned.empty())
    return Conclusion{VerdictStatus::failed, ExitCode::failed,
                      fmt::format("{} of {} tests were never planned: {}", unplanned.size(), catalogue.tests.size(),
                                  some_of(unplanned, k_named_in_reason))};
  // Tests that were left out or that skipped themselves prove nothing; at least one result must stand behind a pass.
  const Counts counts = record.counts();
  if (counts.passed == 0 && counts.reused == 0) {
    std::string why = "nothing to judge: there is no test";
    if (counts.total > 0 && counts.left_out == counts.total)
      why = fmt::format("nothing to judge: {}", left_out_by(record));
    else if (counts.total > 0)
      why =
        fmt::format("nothing to judge: of {} tests {} were left out, {} skipped themselves and {} failed in quarantine",
                    counts.total, counts.left_out, counts.skipped, counts.quarantined);
    return Conclusion{VerdictStatus::failed, ExitCode::nothing, std::move(why)};
  }
  return std::nullopt;
}

} // namespace

Obligations obligations(const Policy& policy, const std::vector<CommitAuthorship>& authorship, const ChangeSet& change,
                        const Catalogue& catalogue, const Circumstances& known)
{
  Obligations result;
  result.required_by.resize(catalogue.tests.size());
  const std::vector<SuiteMembers> suites = members_of(policy, catalogue, known.base);
  for (const Rule& rule : policy.rules) {
    Application application = application_of(rule, policy, authorship, change, catalogue, known);
    RuleFinding finding{rule.name, RuleStatus::not_applicable, application.summary, {}};
    if (application.applies) {
      finding.status = RuleStatus::satisfied;
      finding.evidence = std::move(application.evidence);
      for (const SuiteMembers& suite : required_suites(rule, suites)) {
        if (!suite.faults.empty()) finding.status = RuleStatus::violated;
        finding.summary +=
          fmt::format("{}suite \"{}\": {} tests", finding.summary.empty() ? "" : "; ", suite.name, suite.tests.size());
        finding.evidence.insert(finding.evidence.end(), suite.faults.begin(), suite.faults.end());
        if (!rule.allow_removals)
          for (const std::string& id : suite.gone)
            finding.evidence.push_back("test " + id + ": was in the suite at the base and is gone");
        for (const TestIndex index : suite.tests)
          if (std::string& by = result.required_by[static_cast<std::size_t>(index)]; by.empty() && !rule.allow_reuse)
            by = rule.name;
      }
      for (const std::string& words : other_obligations(rule))
        finding.summary += (finding.summary.empty() ? "" : "; ") + words;
    }
    result.applicable.push_back(std::move(finding));
  }
  return result;
}

void require_known_conduct(const Policy& policy, const std::vector<CommitAuthorship>& authorship,
                           const ChangeSet& change, const Catalogue& catalogue, const std::vector<ProofState>& proofs,
                           const Circumstances& known, std::vector<std::string>& required_by)
{
  std::optional<std::vector<SuiteMembers>> suites;
  for (const Rule& rule : policy.rules) {
    if (!demands_conduct(rule)) continue;
    if (!application_of(rule, policy, authorship, change, catalogue, known).applies) continue;
    std::vector<bool> concerned(catalogue.tests.size(), rule.suites.empty());
    if (!rule.suites.empty() && !suites) suites = members_of(policy, catalogue, known.base);
    if (!rule.suites.empty())
      for (const SuiteMembers& suite : required_suites(rule, *suites))
        for (const TestIndex index : suite.tests) concerned[static_cast<std::size_t>(index)] = true;
    for (std::size_t i = 0; i < concerned.size(); ++i) {
      if (!concerned[i] || !required_by[i].empty() || proofs[i].kind != ProofState::Kind::holds) continue;
      const Behaviour then = behaviour_then(catalogue.tests[i].id.value, proofs[i].proof.run, known);
      if (!conduct_faults(rule, then, known).empty()) required_by[i] = rule.name;
    }
  }
}

Verdict judge(const Policy& policy, const std::vector<CommitAuthorship>& authorship, const ChangeSet& change,
              const Catalogue& catalogue, const RunRecord& record, const Circumstances& known)
{
  const Records records(record);
  const std::vector<SuiteMembers> suites = members_of(policy, catalogue, known.base);
  Verdict verdict;
  const Case about{policy, authorship, change, catalogue, known};
  for (const Rule& rule : policy.rules)
    verdict.rules.push_back(
      judge_rule(rule, application_of(rule, policy, authorship, change, catalogue, known), suites, about, records));

  verdict.reach = reached_tests(catalogue, known);
  std::optional<Conclusion> decision = before_tests(record, catalogue, known);
  if (!decision) decision = of_tests(record, catalogue, records);
  const auto any = [&](RuleStatus status) {
    return std::any_of(verdict.rules.begin(), verdict.rules.end(),
                       [&](const RuleFinding& rule) { return rule.status == status; });
  };
  const bool violated = any(RuleStatus::violated), overridden = any(RuleStatus::overridden);
  const VerdictStatus by_rules = violated     ? VerdictStatus::refused
                                 : overridden ? VerdictStatus::overridden
                                              : VerdictStatus::passed;
  verdict.status = decision ? decision->status : by_rules;
  verdict.exit = decision ? decision->exit : violated ? ExitCode::refused : ExitCode::passed;
  if (decision) verdict.reasons.push_back(std::move(decision->reason));
  for (const RuleFinding& rule : verdict.rules)
    if (rule.status == RuleStatus::violated)
      verdict.reasons.push_back(fmt::format("rule \"{}\": {}", rule.rule, rule.summary));
  for (const RuleFinding& rule : verdict.rules)
    for (const Override& entry : known.overrides)
      if (rule.status == RuleStatus::overridden && entry.rule == rule.rule)
        verdict.reasons.push_back(fmt::format("rule \"{}\": OVERRIDDEN by {} for {}: {}", rule.rule,
                                              some_of(entry.signers, k_named_in_reason),
                                              some_of(entry.tests, k_named_in_reason), entry.reason));
  return verdict;
}

} // namespace sluice::policy
