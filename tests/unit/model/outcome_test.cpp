#include "model/outcome.h"

#include <gtest/gtest.h>

#include <set>

namespace sluice {
namespace {

constexpr int k_outcomes = 8;

// Green is a short list; whatever is new is red until someone says otherwise.
TEST(Outcome, OnlyPassedAndSkippedAreNotRed)
{
  for (int i = 0; i < k_outcomes; ++i) {
    const auto outcome = static_cast<Outcome>(i);
    EXPECT_EQ(is_red(outcome), outcome != Outcome::passed && outcome != Outcome::skipped) << to_string(outcome);
  }
  EXPECT_TRUE(is_red(static_cast<Outcome>(200)));
}

TEST(Outcome, EveryNameComesBack)
{
  std::set<std::string_view> names;
  for (int i = 0; i < k_outcomes; ++i) {
    const auto outcome = static_cast<Outcome>(i);
    EXPECT_EQ(outcome_from_string(to_string(outcome)), outcome);
    EXPECT_TRUE(names.insert(to_string(outcome)).second);
  }
}

TEST(Outcome, NamesAreAnInterface)
{
  EXPECT_EQ(to_string(Outcome::timed_out), "timed-out");
  EXPECT_EQ(to_string(Outcome::not_started), "not-started");
  EXPECT_EQ(to_string(Outcome::not_run), "not-run");
}

TEST(Outcome, AnUnknownNameIsNone)
{
  for (const char* name : {"", "Passed", "pass", "passed ", "?"}) EXPECT_EQ(outcome_from_string(name), std::nullopt);
}

TEST(AttemptResult, IsNotGreenByItself)
{
  EXPECT_TRUE(is_red(AttemptResult{}.outcome));
}

} // namespace
} // namespace sluice
