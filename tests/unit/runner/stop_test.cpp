// Ends before the end: fail-fast and interrupts.
#include "tests/unit/runner/run_fixture.h"

namespace sluice::runner {
namespace {

class Stops : public RunFixture {
protected:
  void ten(Does first, std::chrono::microseconds lasts = 1s)
  {
    for (int i = 0; i < 10; ++i) add("t" + std::to_string(i), i == 0 ? first : Does::passes, lasts);
  }
  std::size_t with(Outcome outcome) const
  {
    return static_cast<std::size_t>(std::count_if(record_.tests.begin(), record_.tests.end(),
                                                  [&](const TestRecord& test) { return test.outcome() == outcome; }));
  }
  std::size_t interrupts() const
  {
    return count_events([](const RunEvent& event) { return std::holds_alternative<event::Interrupted>(event.body); });
  }
};

TEST_F(Stops, FailFastStartsNothingMoreAndLetsRunningTestsFinish)
{
  ten(Does::fails);
  options_.fail_fast = 1;
  EXPECT_EQ(run(), RunEnd::stopped_early);
  EXPECT_EQ(with(Outcome::failed), 1u);
  EXPECT_EQ(with(Outcome::passed), 1u);
  EXPECT_EQ(with(Outcome::not_run), 8u);
  EXPECT_EQ(result("t9").message, "not begun: --fail-fast ended the run after 1 red");
}

TEST_F(Stops, FailFastCountsTestsNotAttempts)
{
  for (int i = 0; i < 4; ++i) add_case("p", "c" + std::to_string(i), Does::fails);
  options_.fail_fast = 5;
  EXPECT_EQ(run(), RunEnd::complete);
  EXPECT_EQ(with(Outcome::failed), 4u);
}

TEST_F(Stops, FailFastEndsABatch)
{
  for (int i = 0; i < 10; ++i) add_case("p", "c" + std::to_string(i), i == 3 ? Does::fails : Does::passes, 1s);
  options_.fail_fast = 1;
  options_.lanes = 1;
  EXPECT_EQ(run(), RunEnd::stopped_early);
  EXPECT_EQ(with(Outcome::passed), 3u);
  EXPECT_EQ(with(Outcome::not_run), 6u);
}

TEST_F(Stops, AnInterruptKeepsWhatIsKnown)
{
  ten(Does::passes);
  executor_.stop_after(2500ms);
  EXPECT_EQ(run(), RunEnd::interrupted);
  EXPECT_EQ(with(Outcome::passed), 4u);
  EXPECT_EQ(with(Outcome::not_run), 6u);
  EXPECT_EQ(interrupts(), 1u);
  EXPECT_EQ(clock_.elapsed(), 2500ms);
  EXPECT_EQ(executor_.running(), 0u);
  EXPECT_EQ(result("t9").message, "interrupted");
  EXPECT_EQ(result("t4").message, "interrupted while it ran");
}

TEST_F(Stops, AnInterruptKillsAfterTheGrace)
{
  ten(Does::hangs_stubbornly);
  executor_.stop_after(1500ms);
  EXPECT_EQ(run(), RunEnd::interrupted);
  EXPECT_EQ(clock_.elapsed(), 1500ms + options_.limits.grace);
  EXPECT_EQ(executor_.endings().back().second, Ending::kill);
}

TEST_F(Stops, ASecondInterruptKillsAtOnce)
{
  ten(Does::hangs_stubbornly);
  executor_.stop_after(1500ms);
  executor_.stop_after(1600ms, SIGTERM);
  EXPECT_EQ(run(), RunEnd::interrupted);
  EXPECT_EQ(clock_.elapsed(), 1600ms);
  EXPECT_EQ(interrupts(), 2u);
  EXPECT_EQ(outcome("t0"), Outcome::not_run);
}

TEST_F(Stops, AnInterruptOfABatchReportsEveryCaseOnce)
{
  for (int i = 0; i < 10; ++i) add_case("p", "c" + std::to_string(i), Does::passes, 1s);
  options_.lanes = 1;
  executor_.stop_after(3500ms);
  run();
  EXPECT_EQ(with(Outcome::passed), 3u);
  EXPECT_EQ(with(Outcome::not_run), 7u);
  for (const TestRecord& record : record_.tests) EXPECT_EQ(record.attempts.size(), 1u) << record.planned.test.value;
}

TEST_F(Stops, APassThatIsReportedAfterTheInterruptIsNotBelieved)
{
  add("cleaner");
  executor_.program("cleaner", [](const Command&) {
    FakeProcess process;
    process.lasts = 5s;
    process.on_terminate = tests::OnTerminate::ignores; // it goes on and exits with 0
    return process;
  });
  options_.limits.grace = 60s;
  executor_.stop_after(1s);
  run();
  EXPECT_EQ(outcome("cleaner"), Outcome::not_run);
}

TEST_F(Stops, FixtureCleanupsAreNotBegunAfterAnInterrupt)
{
  add("setup", Does::passes, 1s).needs.fixtures_setup = {"f"};
  add("user", Does::passes, 5s).needs.fixtures_required = {"f"};
  add("cleanup").needs.fixtures_cleanup = {"f"};
  executor_.stop_after(2s);
  run();
  EXPECT_EQ(outcome("cleanup"), Outcome::not_run);
}

} // namespace
} // namespace sluice::runner
