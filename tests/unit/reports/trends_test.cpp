// Runs by week, and changes by who wrote them.
#include "reports/trends.h"

#include <gtest/gtest.h>

namespace sluice::reports {
namespace {

constexpr std::int64_t k_day = 86'400'000'000;
constexpr std::int64_t k_monday = 20'416 * k_day; // 2025-11-24

RunLine line(std::int64_t started, const std::string& head, std::optional<VerdictStatus> verdict,
             std::optional<Authorship> authorship)
{
  RunLine run;
  run.started = started;
  run.base = "base";
  run.head = head;
  run.clean = run.counted = true;
  run.verdict = verdict;
  run.authorship = authorship;
  run.spent = std::chrono::microseconds(10);
  run.saved = std::chrono::microseconds(7);
  return run;
}

const Fates& of(const Week& week, Authorship authorship)
{
  return week.changes[static_cast<std::size_t>(authorship)];
}

TEST(Trends, WeeksBeginOnMondayAndNoneIsMissing)
{
  const std::vector<RunLine> runs{line(k_monday - 1, "a", {}, {}), line(k_monday, "b", {}, {}),
                                  line(k_monday + 20 * k_day, "c", {}, {})};
  const std::vector<Week> weeks = weeks_of(runs, 50);
  ASSERT_EQ(weeks.size(), 4u);
  EXPECT_EQ(weeks[0].begin, k_monday - 7 * k_day);
  EXPECT_EQ(weeks[1].begin, k_monday);
  EXPECT_EQ(weeks[1].runs, 1u);
  EXPECT_EQ(weeks[2].runs, 0u);
  EXPECT_EQ(weeks[3].saved.count(), 7);
  EXPECT_EQ(weeks_of(runs, 2).size(), 2u) << "the last ones";
  EXPECT_EQ(weeks_of(runs, 2)[1].begin, k_monday + 14 * k_day);
  EXPECT_TRUE(weeks_of({}, 5).empty());
}

TEST(Trends, OfAChangeTheLastRunDecides)
{
  const std::vector<RunLine> runs{line(k_monday, "a", VerdictStatus::refused, Authorship::ai),
                                  line(k_monday + 9 * k_day, "a", VerdictStatus::passed, Authorship::ai),
                                  line(k_monday + 1, "b", VerdictStatus::failed, Authorship::undeclared),
                                  line(k_monday + 2, "c", {}, Authorship::human)};
  const std::vector<Week> weeks = weeks_of(runs, 50);
  ASSERT_EQ(weeks.size(), 2u);
  EXPECT_EQ(weeks[0].runs, 3u);
  EXPECT_EQ(of(weeks[0], Authorship::ai), Fates{});
  EXPECT_EQ(of(weeks[1], Authorship::ai), (Fates{1, 0, 0, 0, 0}));
  EXPECT_EQ(of(weeks[0], Authorship::undeclared), (Fates{0, 1, 0, 0, 0}));
  EXPECT_EQ(of(weeks[0], Authorship::human).cut_off, 1u);
}

TEST(Trends, WhatIsNoChangeIsNotCounted)
{
  std::vector<RunLine> runs{line(k_monday, "a", VerdictStatus::passed, Authorship::ai),
                            line(k_monday, "base", VerdictStatus::passed, Authorship::ai),
                            line(k_monday, "c", VerdictStatus::passed, Authorship::ai),
                            line(k_monday, "d", VerdictStatus::overridden, {})};
  runs[0].clean = false;
  runs[2].counted = false;
  const Week week = weeks_of(runs, 50).at(0);
  EXPECT_EQ(of(week, Authorship::ai), Fates{});
  EXPECT_EQ(week.unasked.overridden, 1u);
  EXPECT_EQ(week.runs, 4u);
}

} // namespace
} // namespace sluice::reports
