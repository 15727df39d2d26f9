// Several runs as one record: what is red stays red, nothing is counted twice.
#include "reports/merge.h"

#include "model/conduct.h"
#include "tests/unit/reports/hostile_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::reports {
namespace {

using tests::Script;

event::RunStarted named(const char* run, const char* tree = "t1")
{
  event::RunStarted started;
  started.run = run;
  started.tree = tree;
  return started;
}

RunRecord merged(std::vector<RunRecord> records)
{
  EXPECT_EQ(merge_obstacle(records), "");
  return merge(std::move(records));
}

TEST(Merge, ShardsBecomeTheWholeRun)
{
  const Skip elsewhere{SkipCause::shard, "2 of 2"};
  const RunRecord first = Script()
                            .started(named("1"))
                            .run("a:S.x")
                            .planned("a:S.y", elsewhere)
                            .passed("a:S.x")
                            .verdict(VerdictStatus::passed)
                            .record();
  const RunRecord second = Script()
                             .started(named("2"))
                             .planned("a:S.x", elsewhere)
                             .run("a:S.y")
                             .failed("a:S.y")
                             .verdict(VerdictStatus::failed)
                             .record();
  const RunRecord both = merged({first, second});
  EXPECT_EQ(both.counts(), (Counts{2, 2, 0, 0, 1, 0, 1}));
  EXPECT_EQ(both.finished->verdict.status, VerdictStatus::failed);
  EXPECT_EQ(both.finished->verdict.exit, ExitCode::failed);
  EXPECT_EQ(both.started.lanes, first.started.lanes + second.started.lanes);
}

TEST(Merge, FindingsStayWithTheirTestsAndTheWorseSandboxCounts)
{
  const Finding network{FindingKind::network, "192.0.2.1:80", false};
  const auto shard = [&](const char* run, const char* test, SandboxLevel level, std::vector<Finding> findings) {
    return Script()
      .started(named(run))
      .run(test)
      .sandbox({level, "", {}, "", true, {}})
      .batch(1, {test}, findings)
      .record();
  };
  const RunRecord both =
    merged({shard("1", "a:S.x", SandboxLevel::full, {}), shard("2", "a:S.y", SandboxLevel::bare, {network})});
  EXPECT_EQ(both.sandbox->level, SandboxLevel::bare);
  const Conduct conduct(both);
  EXPECT_TRUE(conduct.of(both.tests[0]).empty());
  ASSERT_EQ(conduct.of(both.tests[1]).size(), 1u);
  EXPECT_EQ(conduct.of(both.tests[1])[0].finding, network);
  const RunRecord nothing = Script().started(named("3")).reuse("a:S.z").record();
  EXPECT_EQ(merged({nothing, both}).sandbox, both.sandbox) << "a shard that started nothing takes nothing away";
}

TEST(Merge, APassOfALaterRunDoesNotExcuseAFailure)
{
  const RunRecord red =
    Script().started(named("1")).run("a:S.x").failed("a:S.x").verdict(VerdictStatus::failed).record();
  const RunRecord green = Script()
                            .started(named("2"))
                            .wait(tests::milliseconds(99))
                            .run("a:S.x")
                            .passed("a:S.x")
                            .verdict(VerdictStatus::passed)
                            .record();
  for (const RunRecord& both : {merged({red, green}), merged({green, red})}) {
    EXPECT_EQ(both.tests.front().outcome(), Outcome::failed);
    ASSERT_EQ(both.tests.front().attempts.size(), 2u);
    EXPECT_EQ(both.tests.front().attempts.back().number, 2);
    EXPECT_EQ(both.finished->verdict.status, VerdictStatus::failed);
  }
}

TEST(Merge, OfARunThatWasCutOffIsNotFinished)
{
  const RunRecord cut = Script().started(named("1")).run("a:S.x").record();
  const RunRecord whole =
    Script().started(named("2")).run("a:S.y").passed("a:S.y").verdict(VerdictStatus::passed).record();
  EXPECT_FALSE(merged({whole, cut}).finished);
  EXPECT_FALSE(merged({cut, whole}).finished);
}

TEST(Merge, TheWorseFindingOfARuleStands)
{
  const RunRecord first =
    Script().started(named("1")).verdict(VerdictStatus::passed, {}, {{"r", RuleStatus::satisfied, "", {}}}).record();
  const RunRecord second = Script()
                             .started(named("2"))
                             .verdict(VerdictStatus::refused, {"no"}, {{"r", RuleStatus::violated, "missing", {"a"}}})
                             .record();
  const RunRecord both = merged({first, second});
  ASSERT_EQ(both.finished->verdict.rules.size(), 1u);
  EXPECT_EQ(both.finished->verdict.rules[0].status, RuleStatus::violated);
  EXPECT_EQ(both.finished->verdict.exit, ExitCode::refused);
}

TEST(Merge, RunsOfDifferentTreesAreNotOne)
{
  EXPECT_NE(merge_obstacle({Script().started(named("1", "t1")).record(), Script().started(named("2", "t2")).record()}),
            "");
}

Script quarantined(const char* run, bool expired)
{
  event::TestPlanned planned;
  planned.test.value = "a:S.x";
  planned.decision = Run{};
  planned.quarantine = {"2026-12-31", "known", "", "", expired};
  Script script;
  script.started(named(run)).add(planned).failed("a:S.x");
  return script;
}

TEST(Merge, WhereOneRunTakesNoExcuseBothTakeNone)
{
  const RunRecord excused = quarantined("1", false).verdict(VerdictStatus::passed).record();
  const RunRecord late = quarantined("2", true).verdict(VerdictStatus::failed).record();
  const RunRecord plain =
    Script().started(named("3")).run("a:S.x").failed("a:S.x").verdict(VerdictStatus::failed).record();
  EXPECT_EQ(merged({excused, excused}).counts().quarantined, 1u);
  for (const RunRecord& other : {late, plain}) {
    EXPECT_EQ(merged({excused, other}).counts().red, 1u);
    EXPECT_EQ(merged({other, excused}).counts().red, 1u);
  }
}

TEST(Merge, AFlakyTestThatPassesInAnotherRunIsFlaky)
{
  AttemptResult pass;
  pass.outcome = Outcome::passed;
  const RunRecord flaky = Script()
                            .started(named("1"))
                            .run("a:S.x")
                            .failed("a:S.x")
                            .finished("a:S.x", pass, event::AttemptKind::retry, 2)
                            .verdict(VerdictStatus::passed)
                            .record();
  const RunRecord calm =
    Script().started(named("2")).run("a:S.x").passed("a:S.x").verdict(VerdictStatus::passed).record();
  const RunRecord red =
    Script().started(named("3")).run("a:S.x").failed("a:S.x").verdict(VerdictStatus::failed).record();
  EXPECT_EQ(merged({flaky, calm}).counts().flaky, 1u);
  EXPECT_EQ(merged({calm, flaky}).counts().flaky, 1u);
  EXPECT_EQ(merged({flaky, red}).counts().red, 1u);
  EXPECT_EQ(merged({red, flaky}).counts().red, 1u);
}

TEST(Merge, LanesAndBatchesKeepApart)
{
  event::BatchStarted batch;
  batch.batch = 1;
  const RunRecord one = Script().started(named("1")).add(batch).record();
  const RunRecord both = merged({one, one});
  ASSERT_EQ(both.batches.size(), 2u);
  EXPECT_NE(both.batches[0].begun.batch, both.batches[1].begun.batch);
  EXPECT_NE(both.batches[0].begun.lane, both.batches[1].begun.lane);
}

} // namespace
} // namespace sluice::reports
