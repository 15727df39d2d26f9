// Each test asks of one shortcut: how could this make a failing change green?
#include "policy/judge.h"

#include "tests/unit/policy/run_builder.h"

#include <gmock/gmock.h>

namespace sluice::policy {
namespace {

using event::AttemptKind;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::ARun;
using tests::core_policy;
using tests::written_by;

const std::vector<std::string> k_ids{"core:A", "core:B/1", "other:C"};

void expect(const Verdict& verdict, VerdictStatus status, ExitCode exit)
{
  EXPECT_EQ(to_string(verdict.status), to_string(status));
  EXPECT_EQ(static_cast<int>(verdict.exit), static_cast<int>(exit));
  EXPECT_EQ(verdict.reasons.empty(), status == VerdictStatus::passed);
}

TEST(Judge, AllExecutedAndPassedIsAPass)
{
  const Verdict verdict = ARun(k_ids).judged(core_policy());
  expect(verdict, VerdictStatus::passed, ExitCode::passed);
  ASSERT_EQ(verdict.rules.size(), 1u);
  EXPECT_EQ(verdict.rules[0].status, RuleStatus::satisfied);
  EXPECT_EQ(verdict.rules[0].summary, "suite \"core\": all 2 tests were executed and passed");
  EXPECT_THAT(verdict.rules[0].evidence,
              ElementsAre("test core:A: executed and passed", "test core:B/1: executed and passed"));
}

TEST(Judge, WithoutAPolicyTheTestsDecide)
{
  expect(ARun(k_ids).judged({}), VerdictStatus::passed, ExitCode::passed);
  expect(ARun(k_ids).ended("other:C", {Outcome::failed}).judged({}), VerdictStatus::failed, ExitCode::failed);
}

TEST(Judge, EveryRedOutcomeFails)
{
  for (const Outcome outcome :
       {Outcome::failed, Outcome::crashed, Outcome::timed_out, Outcome::lost, Outcome::not_started, Outcome::not_run}) {
    const Verdict verdict = ARun(k_ids).ended("other:C", {outcome}).judged(core_policy());
    expect(verdict, VerdictStatus::failed, ExitCode::failed);
    EXPECT_THAT(verdict.reasons, Contains(HasSubstr("other:C")));
  }
}

TEST(Judge, RulesReportAlsoWhenTestsFail)
{
  const Verdict verdict = ARun(k_ids).ended("core:A", {Outcome::failed}).judged(core_policy());
  expect(verdict, VerdictStatus::failed, ExitCode::failed);
  EXPECT_EQ(verdict.rules.at(0).status, RuleStatus::violated);
  EXPECT_THAT(verdict.rules[0].evidence, Contains("test core:A: did not pass at its first attempt: failed"));
}

TEST(Judge, ASelectedTestThatNeverBeganIsRed)
{
  expect(ARun(k_ids).ended("other:C", {}).judged({}), VerdictStatus::failed, ExitCode::failed);
}

TEST(Judge, ATestThatWasNeverPlannedIsRed)
{
  const Verdict verdict = ARun(k_ids).forgotten("other:C").judged({});
  expect(verdict, VerdictStatus::failed, ExitCode::failed);
  EXPECT_THAT(verdict.reasons, Contains(HasSubstr("never planned: other:C")));
}

TEST(Judge, NoTestsAreNothingToJudge)
{
  expect(ARun({}).judged({}), VerdictStatus::failed, ExitCode::nothing);
  const Verdict verdict = ARun({}).judged(core_policy());
  expect(verdict, VerdictStatus::failed, ExitCode::nothing);
  EXPECT_EQ(verdict.rules.at(0).status, RuleStatus::violated);
}

TEST(Judge, LeavingEveryTestOutIsNothingToJudge)
{
  ARun run(k_ids);
  run.planned("core:A", Skip{SkipCause::filtered, ""}).planned("core:B/1", Skip{SkipCause::shard, ""});
  run.disabled("other:C");
  expect(run.judged({}), VerdictStatus::failed, ExitCode::nothing);
}

TEST(Judge, WhatLeftEveryTestOutIsNamed)
{
  const std::vector<std::pair<SkipCause, std::string>> causes{{SkipCause::filtered, "filter"},
                                                              {SkipCause::not_failed, "failed last time"}};
  for (const auto& [cause, word] : causes) {
    ARun run(k_ids);
    for (const std::string& id : k_ids) run.planned(id, Skip{cause, ""});
    const Verdict verdict = run.judged({});
    expect(verdict, VerdictStatus::failed, ExitCode::nothing);
    ASSERT_FALSE(verdict.reasons.empty());
    EXPECT_THAT(verdict.reasons.front(), testing::HasSubstr(word));
  }
}

TEST(Judge, TestsThatAllSkipThemselvesAreNothingToJudge)
{
  ARun run(k_ids);
  for (const std::string& id : k_ids) run.ended(id, {Outcome::skipped});
  expect(run.judged({}), VerdictStatus::failed, ExitCode::nothing);
}

TEST(Judge, AllReusedIsAPassWithoutRules)
{
  ARun run(k_ids);
  for (const std::string& id : k_ids) run.planned(id, Reuse{});
  expect(run.judged({}), VerdictStatus::passed, ExitCode::passed);
}

TEST(Judge, AFailedBuildFailsWhateverTheTestsSay)
{
  ARun run(k_ids);
  run.record.build = event::BuildFinished{};
  expect(run.judged({}), VerdictStatus::failed, ExitCode::failed);
  ARun empty({});
  empty.record.build = event::BuildFinished{};
  expect(empty.judged({}), VerdictStatus::failed, ExitCode::failed); // not "no tests": that is its consequence
}

TEST(Judge, ABuildThatNeverEndedFails)
{
  ARun run(k_ids);
  run.record.build_started = event::BuildStarted{};
  expect(run.judged({}), VerdictStatus::failed, ExitCode::failed);
}

TEST(Judge, AnInterruptionIsNeverAPass)
{
  ARun run(k_ids);
  run.record.interrupted = true;
  expect(run.judged(core_policy()), VerdictStatus::failed, ExitCode::interrupted);
}

TEST(Judge, AnEarlierVerdictIsNotBelieved)
{
  ARun run(k_ids);
  run.ended("core:A", {Outcome::failed});
  event::RunFinished finished;
  finished.verdict = {VerdictStatus::passed, ExitCode::passed, {}, {}};
  run.record.finished = finished;
  expect(run.judged({}), VerdictStatus::failed, ExitCode::failed);
}

// --- a required suite -----------------------------------------------------------------------------------------------

void expect_refused(const ARun& run, const std::string& evidence, const Policy& policy = core_policy())
{
  const Verdict verdict = run.judged(policy);
  expect(verdict, VerdictStatus::refused, ExitCode::refused);
  EXPECT_THAT(verdict.reasons, Contains(HasSubstr("rule \"core-must-run\"")));
  EXPECT_EQ(verdict.rules.at(0).status, RuleStatus::violated);
  EXPECT_THAT(verdict.rules[0].evidence, Contains(HasSubstr(evidence)));
}

TEST(RequiredSuite, ASkippedTestDoesNotCount)
{
  expect_refused(ARun(k_ids).ended("core:A", {Outcome::skipped}), "core:A: did not pass at its first attempt: skipped");
}

TEST(RequiredSuite, AFilteredTestDoesNotCount)
{
  expect_refused(ARun(k_ids).planned("core:B/1", Skip{SkipCause::filtered, ""}), "core:B/1: was left out (filtered)");
}

TEST(RequiredSuite, ADisabledTestDoesNotCount)
{
  expect_refused(ARun(k_ids).disabled("core:A"), "core:A");
}

TEST(RequiredSuite, AReusedResultCountsOnlyWhereTheRuleAllowsIt)
{
  const ARun run = ARun(k_ids).planned("core:A", Reuse{});
  expect_refused(run, "core:A: was not executed: an earlier result was reused");
  Rule rule;
  rule.allow_reuse = true;
  expect(run.judged(core_policy(rule)), VerdictStatus::passed, ExitCode::passed);
}

// A retry can only ever add a doubt: red first and green later is red, and a first attempt that is missing from the
// record is not replaced by a later one.
TEST(RequiredSuite, OnlyTheFirstAttemptCounts)
{
  ARun flaky(k_ids);
  flaky.ended("core:A", {Outcome::failed, Outcome::passed});
  const Verdict verdict = flaky.judged(core_policy());
  expect(verdict, VerdictStatus::failed, ExitCode::failed);
  EXPECT_EQ(verdict.rules.at(0).status, RuleStatus::violated);

  expect_refused(ARun(k_ids).ended("core:A", {Outcome::skipped, Outcome::passed}, AttemptKind::repeat), "core:A");

  ARun headless(k_ids);
  headless.record_of("core:A").attempts.front().number = 2;
  expect_refused(headless, "core:A: has no first attempt on record");
  ARun isolated(k_ids);
  isolated.record_of("core:A").attempts.front().kind = AttemptKind::isolated;
  expect_refused(isolated, "core:A: has no first attempt on record");
}

// Passed on a retry is not passed, whoever asked for the retry; the policy may say otherwise.
TEST(RequiredSuite, APassOnARetryCountsOnlyWhereTheRuleAllowsIt)
{
  const ARun run = ARun(k_ids).ended("core:A", {Outcome::failed, Outcome::passed}, AttemptKind::retry);
  expect_refused(run, "core:A: passed only on a retry: failed at first");
  Rule rule;
  rule.allow_retries = true;
  const Verdict verdict = run.judged(core_policy(rule));
  expect(verdict, VerdictStatus::passed, ExitCode::passed);
  EXPECT_NE(verdict.rules.at(0).summary.find("1 of them only on a retry"), std::string::npos);
  rule.allow_retries = false;
  rule.allow_quarantine = rule.allow_skips = rule.allow_reuse = true;
  expect(run.judged(core_policy(rule)), VerdictStatus::refused, ExitCode::refused);
  expect(run.judged({}), VerdictStatus::passed, ExitCode::passed);
}

TEST(RequiredSuite, AFailureInQuarantineCountsOnlyWhereTheRuleAllowsIt)
{
  ARun run = ARun(k_ids).ended("core:A", {Outcome::failed});
  run.record_of("core:A").planned.quarantine = {"2026-12-31", "known", "", "", false};
  expect_refused(run, "core:A: is in quarantine and did not pass: failed");
  Rule rule;
  rule.allow_quarantine = true;
  expect(run.judged(core_policy(rule)), VerdictStatus::passed, ExitCode::passed);
  rule.allow_quarantine = false;
  rule.allow_retries = rule.allow_skips = rule.allow_reuse = true;
  expect(run.judged(core_policy(rule)), VerdictStatus::refused, ExitCode::refused);
  run.record_of("core:A").planned.quarantine->expired = true;
  const Verdict verdict = run.judged({});
  expect(verdict, VerdictStatus::failed, ExitCode::failed);
  EXPECT_NE(verdict.reasons.at(0).find("core:A (failed, its quarantine expired on 2026-12-31)"), std::string::npos);
}

TEST(RequiredSuite, ARepeatThatSkipsAfterAPassDoesNotCount)
{
  expect_refused(ARun(k_ids).ended("core:A", {Outcome::passed, Outcome::skipped}, AttemptKind::repeat),
                 "core:A: ended as skipped");
}

TEST(RequiredSuite, DeletingItsTestsViolatesIt)
{
  Policy policy = core_policy();
  policy.suites[0].min_tests = 3;
  expect_refused(ARun(k_ids), "must have at least 3 tests and has 2", policy);
  policy.suites[0].tests = {"gone:*"};
  policy.suites[0].min_tests = 0; // cannot come from a file; an empty suite is never met
  expect_refused(ARun(k_ids), "must have at least 1 tests and has 0", policy);
}

TEST(RequiredSuite, ASuiteThatThePolicyDoesNotHaveIsViolated)
{
  Policy policy = core_policy();
  policy.rules[0].suites = {"typo"};
  expect_refused(ARun(k_ids), "there is no suite \"typo\"", policy);
}

TEST(RequiredSuite, OneOfTwoSuitesIsNotEnough)
{
  Policy policy = core_policy();
  Suite other;
  other.name = "other";
  other.programs = {"other"};
  policy.suites.push_back(other);
  policy.rules[0].suites = {"core", "other"};
  expect(ARun(k_ids).judged(policy), VerdictStatus::passed, ExitCode::passed);
  expect_refused(ARun(k_ids).ended("other:C", {Outcome::skipped}), "other:C", policy);
}

TEST(RequiredSuite, ALongListIsCutAndCounted)
{
  std::vector<std::string> ids;
  for (int i = 0; i < 1'000; ++i) ids.push_back("core:T" + std::to_string(i));
  const Verdict verdict = ARun(ids).judged(core_policy());
  EXPECT_EQ(verdict.rules.at(0).evidence.size(), 101u);
  EXPECT_EQ(verdict.rules[0].evidence.back(), "and 900 more tests");
}

TEST(Judge, ARuleThatDoesNotApplySaysWhy)
{
  Rule rule;
  rule.authorship = {Authorship::ai};
  ARun run(k_ids);
  run.ended("core:A", {Outcome::skipped});
  const Verdict verdict = run.judged(core_policy(rule), {written_by(Authorship::human)});
  expect(verdict, VerdictStatus::passed, ExitCode::passed);
  EXPECT_EQ(verdict.rules.at(0).status, RuleStatus::not_applicable);
  EXPECT_EQ(verdict.rules[0].summary, "no commit of the change is ai");
  expect(run.judged(core_policy(rule), {written_by(Authorship::human), written_by(Authorship::ai)}),
         VerdictStatus::refused, ExitCode::refused);
}

} // namespace
} // namespace sluice::policy
