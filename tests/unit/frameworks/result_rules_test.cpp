#include "adapters/frameworks/result_rules.h"

#include <gtest/gtest.h>

namespace sluice::frameworks {
namespace {

ResultRules pass(std::string pattern)
{
  ResultRules rules;
  rules.pass_patterns = {std::move(pattern)};
  return rules;
}
ResultRules fail(std::string pattern)
{
  ResultRules rules;
  rules.fail_patterns = {std::move(pattern)};
  return rules;
}
Outcome outcome(const ResultRules& rules, int code, std::string_view output)
{
  return judge(rules, code, output).outcome;
}

TEST(ResultRules, ExitCodeDecidesWithoutRules)
{
  EXPECT_EQ(outcome({}, 0, "error"), Outcome::passed);
  EXPECT_EQ(outcome({}, 77, ""), Outcome::failed); // special only where the test says so
  EXPECT_EQ(judge({}, 3, "").message, "exit code 3");
}

TEST(ResultRules, PassPatternReplacesTheExitCode)
{
  EXPECT_EQ(outcome(pass("all good"), 1, "all good"), Outcome::passed);
  EXPECT_EQ(outcome(pass("all good"), 0, "all bad"), Outcome::failed);
}

TEST(ResultRules, FailPatternWinsOverExitCodeAndPassPattern)
{
  EXPECT_EQ(outcome(fail("ERROR"), 0, "an ERROR"), Outcome::failed);
  ResultRules both = pass("good");
  both.fail_patterns = {"ERROR"};
  EXPECT_EQ(outcome(both, 0, "good ERROR"), Outcome::failed);
}

TEST(ResultRules, SkipWinsOverEverything)
{
  ResultRules rules = fail("ERROR");
  rules.skip_code = 77;
  rules.skip_patterns = {"no device"};
  EXPECT_EQ(outcome(rules, 77, "ERROR"), Outcome::skipped);
  EXPECT_EQ(outcome(rules, 0, "no device"), Outcome::skipped);
  ResultRules zero;
  zero.skip_code = 0;
  EXPECT_EQ(outcome(zero, 0, ""), Outcome::skipped);
}

TEST(ResultRules, WillFailTurnsRound)
{
  ResultRules rules;
  rules.will_fail = true;
  EXPECT_EQ(outcome(rules, 1, ""), Outcome::passed);
  EXPECT_EQ(outcome(rules, 0, ""), Outcome::failed);
}

// A rule that cannot be checked could otherwise hide a failure, or WILL_FAIL could make it a pass.
TEST(ResultRules, AnInvalidPatternIsNeverGreen)
{
  EXPECT_EQ(outcome(fail("*"), 0, ""), Outcome::failed);
  EXPECT_EQ(outcome(pass("*"), 0, ""), Outcome::failed);
  ResultRules turned = fail("*");
  turned.will_fail = true;
  EXPECT_EQ(outcome(turned, 0, ""), Outcome::failed);
}

} // namespace
} // namespace sluice::frameworks
