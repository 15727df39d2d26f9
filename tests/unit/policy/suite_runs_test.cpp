// How suites did in a run, as numbers.
#include "policy/suite_runs.h"

#include "tests/unit/policy/run_builder.h"

#include <gtest/gtest.h>

namespace sluice::policy {
namespace {

TEST(SuiteRuns, CountWhatWasExecutedReusedAndRed)
{
  tests::ARun run({"core:A", "core:B", "core:C", "core:D", "other:E"});
  run.planned("core:B", Reuse{}).ended("core:C", {Outcome::failed, Outcome::passed}).forgotten("core:D");
  Policy policy;
  policy.suites.resize(3);
  policy.suites[0].name = "core";
  policy.suites[0].tests = {"core:*"};
  policy.suites[1].name = "nothing";
  policy.suites[1].tests = {"gone:*"};
  policy.suites[2].name = "all";
  policy.suites[2].tests = {"*"};
  const std::vector<SuiteRun> runs = suite_runs(policy, run.catalogue, {}, run.record);
  ASSERT_EQ(runs.size(), 2u) << "a suite without tests did nothing";
  EXPECT_EQ(runs[0], (SuiteRun{"core", 4, 2, 1, 1}));
  EXPECT_EQ(runs[1], (SuiteRun{"all", 5, 3, 1, 1}));
}

TEST(SuiteRuns, ATestThatNeverEndedIsNotExecuted)
{
  tests::ARun run({"core:A"});
  run.ended("core:A", {Outcome::not_run});
  Policy policy;
  policy.suites.resize(1);
  policy.suites[0].name = "core";
  policy.suites[0].tests = {"*"};
  EXPECT_EQ(suite_runs(policy, run.catalogue, {}, run.record).at(0).executed, 0u);
}

} // namespace
} // namespace sluice::policy
