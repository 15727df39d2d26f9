#include "reports/progress.h"
#include "tests/unit/reports/script.h"

#include <gtest/gtest.h>

namespace sluice::reports {
namespace {

using namespace std::chrono_literals;
using tests::Script;

Progress after(const Script& script)
{
  Progress progress;
  for (const RunEvent& event : script.events()) progress.add(event);
  return progress;
}

TEST(Progress, CountsEachTestOnce)
{
  Script script;
  script.run("a:S.x").run("a:S.y").reuse("a:S.z").planned("a:S.w", Skip{});
  script.failed("a:S.x").alone("a:S.x", Outcome::failed);
  const Progress progress = after(script);
  EXPECT_EQ(progress.selected(), 2u);
  EXPECT_EQ(progress.done(), 1u);
  EXPECT_EQ(progress.red(), 1u);
  EXPECT_EQ(progress.reused(), 1u);
  EXPECT_EQ(progress.left_out(), 1u);
}

TEST(Progress, NamesWhatRunsLongestFirst)
{
  Script script;
  script.run("a:S.x").run("a:S.y").begun("a:S.y").wait(2s).begun("a:S.x").wait(1s);
  const Progress progress = after(script);
  const std::vector<RunningTest> running = progress.running(script.now());
  ASSERT_EQ(running.size(), 2u);
  EXPECT_EQ(running[0].test->planned.test.value, "a:S.y");
  EXPECT_GT(running[0].elapsed, 3s);
  EXPECT_EQ(running[1].test->planned.test.value, "a:S.x");
}

TEST(Progress, ForgetsWhatEndedAndCountsARepeatedStartOnce)
{
  Script script;
  script.run("a:S.x").begun("a:S.x").begun("a:S.x").passed("a:S.x").begun("a:unknown.z").passed("a:unknown.z");
  EXPECT_TRUE(after(script).running(script.now()).empty());
}

TEST(Progress, EstimatesFromHistory)
{
  Script script; // two lanes
  script.run("a:S.x", 10s).run("a:S.y", 4s).run("a:S.z", 6s);
  EXPECT_EQ(after(script).time_left(script.now()), 10s);
  script.passed("a:S.x");
  EXPECT_EQ(after(script).time_left(script.now()), 5s);
}

TEST(Progress, NeverPromisesLessThanTheLongestRunningTestNeeds)
{
  Script script;
  script.run("a:S.x", 60s).begun("a:S.x").wait(19'999ms);
  EXPECT_EQ(after(script).time_left(script.now()), 40s);
}

TEST(Progress, TakesTheMeanForTestsWithoutHistory)
{
  Script script;
  script.run("a:S.x").run("a:S.y").run("a:S.z");
  EXPECT_EQ(after(script).time_left(script.now()), std::nullopt);
  script.passed("a:S.x"); // 250 ms
  EXPECT_EQ(after(script).time_left(script.now()), 250ms);
}

} // namespace
} // namespace sluice::reports
