// What a run came to, folded from its events.
#include "model/run_record.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

class RunRecordTest : public ::testing::Test {
protected:
  void add(EventBody body) { fold_.add({now_ += std::chrono::microseconds(1), std::move(body)}); }
  void plan(const std::string& id, Decision decision = sluice::Run{})
  {
    event::TestPlanned planned;
    planned.test = {id};
    planned.decision = std::move(decision);
    add(planned);
  }
  void start(const std::string& id, int attempt = 1)
  {
    event::TestStarted started;
    started.test = {id};
    started.attempt = attempt;
    started.lane = 3;
    add(started);
  }
  void finish(const std::string& id, Outcome outcome, int attempt = 1,
              event::AttemptKind kind = event::AttemptKind::first)
  {
    event::TestFinished finished;
    finished.test = {id};
    finished.attempt = attempt;
    finished.kind = kind;
    finished.result.outcome = outcome;
    add(finished);
  }
  const RunRecord& record() const { return fold_.record(); }
  const TestRecord& only() const { return record().tests.at(0); }

  Timestamp now_{std::chrono::seconds(1'000)};
  RunRecordFold fold_;
};

TEST_F(RunRecordTest, IsCutOffAndRedUntilTheEnd)
{
  plan("t");
  EXPECT_FALSE(record().finished);
  EXPECT_EQ(only().outcome(), Outcome::not_run);
  EXPECT_EQ(record().counts().red, 1u);
  add(event::RunFinished{});
  ASSERT_TRUE(record().finished);
  EXPECT_EQ(record().finished->verdict.status, VerdictStatus::failed) << "a verdict that nobody formed";
}

TEST_F(RunRecordTest, AnAttemptHasItsTimesLaneAndResult)
{
  plan("t");
  start("t");
  finish("t", Outcome::passed);
  ASSERT_EQ(only().attempts.size(), 1u);
  EXPECT_EQ(only().attempts[0].ended - only().attempts[0].started, std::chrono::microseconds(1));
  EXPECT_EQ(only().outcome(), Outcome::passed);
}

TEST_F(RunRecordTest, AnAttemptThatNeverEndedIsRed)
{
  plan("t");
  start("t");
  EXPECT_EQ(only().outcome(), Outcome::not_run);
  EXPECT_EQ(record().counts().passed, 0u);
}

TEST_F(RunRecordTest, APassAfterAFailureIsRed)
{
  plan("t");
  finish("t", Outcome::crashed);
  finish("t", Outcome::passed, 2, event::AttemptKind::isolated);
  EXPECT_EQ(only().outcome(), Outcome::crashed);
  EXPECT_TRUE(only().only_among_neighbours());
}

TEST_F(RunRecordTest, AFailureAfterAPassIsRed)
{
  plan("t");
  finish("t", Outcome::passed);
  finish("t", Outcome::timed_out, 2, event::AttemptKind::repeat);
  EXPECT_EQ(only().outcome(), Outcome::timed_out);
  EXPECT_FALSE(only().only_among_neighbours());
}

TEST_F(RunRecordTest, TheFirstRedAttemptNamesTheOutcome)
{
  plan("t");
  finish("t", Outcome::failed);
  finish("t", Outcome::crashed, 2, event::AttemptKind::isolated);
  EXPECT_EQ(only().outcome(), Outcome::failed);
  EXPECT_FALSE(only().only_among_neighbours());
}

TEST_F(RunRecordTest, WhatWasNeverPlannedIsIgnored)
{
  plan("t");
  start("ghost");
  finish("ghost", Outcome::passed);
  EXPECT_EQ(record().tests.size(), 1u);
}

TEST_F(RunRecordTest, ATestPlannedTwiceIsOneTest)
{
  plan("t");
  finish("t", Outcome::failed);
  plan("t", Reuse{});
  EXPECT_EQ(record().tests.size(), 1u);
  EXPECT_EQ(only().outcome(), Outcome::failed);
}

TEST_F(RunRecordTest, CountsEveryTestOnce)
{
  plan("reused", Reuse{});
  plan("left out", Skip{});
  for (const char* id : {"passed", "failed", "skipped", "never ran"}) plan(id);
  finish("passed", Outcome::passed);
  finish("failed", Outcome::failed);
  finish("skipped", Outcome::skipped);
  Counts expected;
  expected.total = 6;
  expected.selected = 4;
  expected.reused = 1;
  expected.left_out = 1;
  expected.passed = 1;
  expected.skipped = 1;
  expected.red = 2;
  EXPECT_EQ(record().counts(), expected);
}

TEST_F(RunRecordTest, APassOnARetryIsFlaky)
{
  plan("t");
  finish("t", Outcome::crashed);
  finish("t", Outcome::failed, 2, event::AttemptKind::retry);
  EXPECT_EQ(only().standing(), Standing::red);
  finish("t", Outcome::passed, 3, event::AttemptKind::retry);
  EXPECT_EQ(only().standing(), Standing::flaky);
  EXPECT_EQ(only().outcome(), Outcome::crashed);
  EXPECT_EQ(record().counts().red, 0u);
  EXPECT_EQ(record().counts().passed, 1u);
  EXPECT_EQ(record().counts().flaky, 1u);
}

// Of a test that two merged runs executed.
TEST_F(RunRecordTest, TwoFailuresThatTwoRetriesTookBackAreFlaky)
{
  plan("t");
  finish("t", Outcome::failed);
  finish("t", Outcome::passed, 2, event::AttemptKind::retry);
  finish("t", Outcome::passed, 3);
  EXPECT_EQ(only().standing(), Standing::flaky);
  finish("t", Outcome::failed, 4);
  EXPECT_EQ(only().standing(), Standing::red);
  finish("t", Outcome::passed, 5, event::AttemptKind::retry);
  EXPECT_EQ(only().standing(), Standing::flaky);
}

// Only retries, only of failures, and only when the last one passes.
TEST_F(RunRecordTest, NothingElseIsFlaky)
{
  using Kind = event::AttemptKind;
  const std::vector<std::vector<std::pair<Outcome, Kind>>> histories{
    {{Outcome::failed, Kind::first}, {Outcome::passed, Kind::isolated}},
    {{Outcome::failed, Kind::first}, {Outcome::passed, Kind::repeat}},
    {{Outcome::failed, Kind::first}, {Outcome::passed, Kind::first}},
    {{Outcome::failed, Kind::first}, {Outcome::passed, Kind::isolated}, {Outcome::passed, Kind::retry}},
    {{Outcome::failed, Kind::first}, {Outcome::passed, Kind::retry}, {Outcome::failed, Kind::retry}},
    {{Outcome::failed, Kind::first}, {Outcome::skipped, Kind::retry}},
    {{Outcome::failed, Kind::first}, {Outcome::not_run, Kind::retry}},
    {{Outcome::not_started, Kind::first}, {Outcome::passed, Kind::retry}},
    {{Outcome::not_run, Kind::first}, {Outcome::passed, Kind::retry}},
  };
  for (std::size_t i = 0; i < histories.size(); ++i) {
    const std::string id = std::to_string(i);
    plan(id);
    int attempt = 0;
    for (const auto& [outcome, kind] : histories[i]) finish(id, outcome, ++attempt, kind);
    EXPECT_EQ(record().tests.back().standing(), Standing::red) << i;
  }
}

TEST_F(RunRecordTest, AQuarantineExcusesWhatFailedUntilItExpires)
{
  const auto standing = [&](Outcome outcome, bool expired) {
    TestRecord test;
    test.planned.decision = sluice::Run{};
    test.planned.quarantine = {"2026-12-31", "known", "", "", expired};
    test.attempts.emplace_back().result.outcome = outcome;
    return test.standing();
  };
  for (const Outcome outcome : {Outcome::failed, Outcome::crashed, Outcome::timed_out, Outcome::lost}) {
    EXPECT_EQ(standing(outcome, false), Standing::quarantined);
    EXPECT_EQ(standing(outcome, true), Standing::red);
  }
  for (const Outcome outcome : {Outcome::not_started, Outcome::not_run})
    EXPECT_EQ(standing(outcome, false), Standing::red) << "it was never at work";
  EXPECT_EQ(standing(Outcome::passed, false), Standing::passed);
  EXPECT_EQ(standing(Outcome::skipped, true), Standing::skipped);
  TestRecord never;
  never.planned.decision = sluice::Run{};
  never.planned.quarantine = {"2026-12-31", "known", "", "", false};
  EXPECT_EQ(never.standing(), Standing::red);
}

TEST_F(RunRecordTest, KeepsTheBuildAndTheInterruption)
{
  event::RunStarted started;
  started.run = "r1";
  add(started);
  event::BuildFinished build;
  build.exit_code = 2;
  add(build);
  add(event::Interrupted{2});
  EXPECT_EQ(record().started.run, "r1");
  EXPECT_EQ(record().start_time, Timestamp(std::chrono::seconds(1'000)) + std::chrono::microseconds(1));
  ASSERT_TRUE(record().build);
  EXPECT_FALSE(record().build->ok);
  EXPECT_TRUE(record().interrupted);
}

} // namespace
} // namespace sluice
