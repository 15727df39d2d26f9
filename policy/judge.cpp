#include "policy/judge.h"

#include "policy/rules.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <unordered_map>
#include <utility>

namespace sluice::policy {

namespace {

constexpr std::size_t k_named_in_reason = 10;
constexpr std::size_t k_named_tests = 100; // lines of evidence for one suite

class Records {
public:
  explicit Records(const RunRecord& record)
  {
    by_id_.reserve(record.tests.size());
    for (const TestRecord& test : record.tests) by_id_.emplace(test.planned.test.value, &test);
  }
  const TestRecord* find(const TestId& id) const
  {
    const auto found = by_id_.find(id.value);
    return found == by_id_.end() ? nullptr : found->second;
  }

private:
  std::unordered_map<std::string_view, const TestRecord*> by_id_;
};

// Why the test does not count as executed and passed; empty if it does.
std::string missing(const TestRecord* test, const Rule& rule)
{
  if (!test) return "was not planned";
  if (const auto* skip = std::get_if<Skip>(&test->planned.decision))
    return fmt::format("was left out ({}{}{})", to_string(skip->cause), skip->subject.empty() ? "" : ": ",
                       skip->subject);
  if (test->reused()) return rule.allow_reuse ? "" : "was not executed: an earlier result was reused";
  if (test->attempts.empty()) return "was not executed";
  const Attempt& first = test->attempts.front();
  if (first.number != 1 || first.kind != event::AttemptKind::first) return "has no first attempt on record";
  if (first.result.outcome != Outcome::passed)
    return fmt::format("did not pass at its first attempt: {}", to_string(first.result.outcome));
  if (test->outcome() != Outcome::passed) return fmt::format("ended as {}", to_string(test->outcome()));
  return "";
}

struct SuiteFinding {
  std::string summary;
  std::vector<std::string> evidence;
  bool met = false;
};

// Tests that fail the suite are named first; a long list is cut, with its length.
SuiteFinding judge_suite(const SuiteMembers& suite, const Rule& rule, const Catalogue& catalogue,
                         const Records& records)
{
  std::vector<std::string> bad, good;
  for (const TestIndex index : suite.tests) {
    const TestCase& test = catalogue.test(index);
    const TestRecord* record = records.find(test.id);
    if (std::string what = missing(record, rule); !what.empty()) bad.push_back(test.id.value + ": " + what);
    else good.push_back(test.id.value + (record->reused() ? ": reused" : ": executed and passed"));
  }
  SuiteFinding finding;
  finding.met = bad.empty() && suite.faults.empty();
  finding.summary = suite.faults.empty() ? std::string{} : suite.faults.front();
  if (!bad.empty())
    finding.summary = fmt::format("suite \"{}\": {} of {} tests were not executed and passed", suite.name, bad.size(),
                                  suite.tests.size());
  if (finding.met)
    finding.summary = fmt::format("suite \"{}\": all {} tests were {}", suite.name, suite.tests.size(),
                                  rule.allow_reuse ? "executed and passed, or reused" : "executed and passed");
  finding.evidence = suite.faults;
  for (std::vector<std::string>* lines : {&bad, &good}) {
    const std::size_t all = lines->size();
    lines->resize(std::min(all, k_named_tests));
    for (std::string& line : *lines) finding.evidence.push_back("test " + std::move(line));
    if (all > k_named_tests) finding.evidence.push_back(fmt::format("and {} more tests", all - k_named_tests));
  }
  return finding;
}

RuleFinding judge_rule(const Rule& rule, Application application, const std::vector<SuiteMembers>& suites,
                       const Catalogue& catalogue, const Records& records)
{
  if (!application.applies) return {rule.name, RuleStatus::not_applicable, application.summary, {}};
  RuleFinding finding{rule.name, RuleStatus::satisfied, {}, std::move(application.evidence)};
  for (const SuiteMembers& suite : required_suites(rule, suites)) {
    SuiteFinding found = judge_suite(suite, rule, catalogue, records);
    if (!found.met) finding.status = RuleStatus::violated;
    finding.summary += (finding.summary.empty() ? "" : "; ") + found.summary;
    finding.evidence.insert(finding.evidence.end(), found.evidence.begin(), found.evidence.end());
  }
  // A rule without obligations was refused when the file was read; here it would hold for nothing.
  if (rule.suites.empty()) finding = {rule.name, RuleStatus::violated, "the rule demands nothing", {}};
  return finding;
}

struct Conclusion {
  VerdictStatus status = VerdictStatus::failed;
  ExitCode exit = ExitCode::failed;
  std::string reason;
};

std::optional<Conclusion> before_tests(const RunRecord& record, const Catalogue& catalogue)
{
  if (record.interrupted) return Conclusion{VerdictStatus::failed, ExitCode::interrupted, "the run was interrupted"};
  if (record.build && !record.build->ok)
    return Conclusion{VerdictStatus::failed, ExitCode::failed,
                      fmt::format("the build failed with exit code {}", record.build->exit_code)};
  if (record.build_started && !record.build)
    return Conclusion{VerdictStatus::failed, ExitCode::failed, "the build did not come to an end"};
  if (catalogue.tests.empty())
    return Conclusion{VerdictStatus::failed, ExitCode::nothing, "nothing to judge: there are no tests"};
  return std::nullopt;
}

std::optional<Conclusion> of_tests(const RunRecord& record, const Catalogue& catalogue, const Records& records)
{
  std::vector<std::string> red, unplanned;
  for (const TestRecord& test : record.tests)
    if (test.selected() && is_red(test.outcome()))
      red.push_back(fmt::format("{} ({})", test.planned.test.value, to_string(test.outcome())));
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
  if (counts.passed == 0 && counts.reused == 0)
    return Conclusion{VerdictStatus::failed, ExitCode::nothing,
                      fmt::format("nothing to judge: of {} tests {} were left out and {} skipped themselves",
                                  counts.total, counts.left_out, counts.skipped)};
  return std::nullopt;
}

} // namespace

Obligations obligations(const Policy& policy, const std::vector<CommitAuthorship>& authorship, const ChangeSet& change,
                        const Catalogue& catalogue)
{
  Obligations result;
  result.required_by.resize(catalogue.tests.size());
  const std::vector<SuiteMembers> suites = members_of(policy, catalogue);
  for (const Rule& rule : policy.rules) {
    Application application = application_of(rule, policy, authorship, change);
    RuleFinding finding{rule.name, RuleStatus::not_applicable, application.summary, {}};
    if (application.applies) {
      finding.status = RuleStatus::satisfied;
      finding.evidence = std::move(application.evidence);
      for (const SuiteMembers& suite : required_suites(rule, suites)) {
        if (!suite.faults.empty()) finding.status = RuleStatus::violated;
        finding.summary +=
          fmt::format("{}suite \"{}\": {} tests", finding.summary.empty() ? "" : "; ", suite.name, suite.tests.size());
        finding.evidence.insert(finding.evidence.end(), suite.faults.begin(), suite.faults.end());
        for (const TestIndex index : suite.tests)
          if (std::string& by = result.required_by[static_cast<std::size_t>(index)]; by.empty() && !rule.allow_reuse)
            by = rule.name;
      }
    }
    result.applicable.push_back(std::move(finding));
  }
  return result;
}

Verdict judge(const Policy& policy, const std::vector<CommitAuthorship>& authorship, const ChangeSet& change,
              const Catalogue& catalogue, const RunRecord& record)
{
  const Records records(record);
  const std::vector<SuiteMembers> suites = members_of(policy, catalogue);
  Verdict verdict;
  for (const Rule& rule : policy.rules)
    verdict.rules.push_back(
      judge_rule(rule, application_of(rule, policy, authorship, change), suites, catalogue, records));

  std::optional<Conclusion> decision = before_tests(record, catalogue);
  if (!decision) decision = of_tests(record, catalogue, records);
  const bool violated = std::any_of(verdict.rules.begin(), verdict.rules.end(),
                                    [](const RuleFinding& rule) { return rule.status == RuleStatus::violated; });
  verdict.status = decision ? decision->status : violated ? VerdictStatus::refused : VerdictStatus::passed;
  verdict.exit = decision ? decision->exit : violated ? ExitCode::refused : ExitCode::passed;
  if (decision) verdict.reasons.push_back(std::move(decision->reason));
  for (const RuleFinding& rule : verdict.rules)
    if (rule.status == RuleStatus::violated)
      verdict.reasons.push_back(fmt::format("rule \"{}\": {}", rule.rule, rule.summary));
  return verdict;
}

} // namespace sluice::policy
