#include "policy/suite_runs.h"

#include "policy/rule_judge.h"
#include "policy/rules.h"

#include <algorithm>

namespace sluice::policy {

namespace {

bool was_executed(const TestRecord& test)
{
  return std::any_of(test.attempts.begin(), test.attempts.end(),
                     [](const Attempt& attempt) { return attempt.result.outcome != Outcome::not_run; });
}

} // namespace

std::vector<SuiteRun> suite_runs(const Policy& policy, const Catalogue& catalogue, const BaseListing& base,
                                 const RunRecord& record)
{
  std::vector<SuiteRun> runs;
  if (policy.suites.empty()) return runs;
  const Records records(record);
  for (const SuiteMembers& suite : members_of(policy, catalogue, base)) {
    if (suite.tests.empty()) continue;
    SuiteRun& run = runs.emplace_back();
    run.suite = suite.name;
    run.tests = suite.tests.size();
    for (const TestIndex index : suite.tests) {
      const TestRecord* test = records.find(catalogue.test(index).id);
      if (!test) continue;
      run.executed += was_executed(*test);
      run.reused += test->reused();
      run.red += test->selected() && is_red(test->outcome());
    }
  }
  return runs;
}

} // namespace sluice::policy
