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
