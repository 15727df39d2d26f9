// Ways to have a failure excused: retries and quarantine, which sluice.toml may ask for, and sluice.toml is the
// author's. Each attack is red, and the same failure green where the base allows what the attack only claims.
#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

#include <chrono>
#include <ctime>

namespace sluice::tests {

namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// So many days from today (UTC), as TOML has it.
std::string day(int days)
{
  const std::time_t then =
    std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()) + std::time_t{days} * 24 * 60 * 60;
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", std::gmtime(&then));
  return text;
}

// A branch with a failing test, a flaky one or none, judged against a base that says what it excuses.
class Excuses : public testing::Test {
protected:
  // The configuration as the base has it, from now on; the branch begins there.
  void base(const std::string& more, const std::string& policy = {})
  {
    git({"checkout", "-q", "main"});
    configure(more);
    project_.write(".gitignore", "marker\n");
    if (!policy.empty()) project_.write("sluice.policy.toml", policy);
    project_.commit("The base");
    git({"checkout", "-q", "-B", "change"});
  }
  void configure(const std::string& more)
  {
    project_.configure("labels = [\"core\"]\n" + more + std::string(ShellProject::k_writable_tree));
  }
  void flaky(const std::string& name)
  {
    std::filesystem::remove(project_ / "marker");
    project_.test(name, "test -e marker || { touch marker; exit 1; }\n");
  }
  void failing(const std::string& name) { project_.test(name, "exit 1\n"); }
  SluiceResult judge(std::vector<std::string> more = {})
  {
    project_.commit("A change");
    more.insert(more.begin(), {"--base", "main", "--head", "HEAD"});
    return project_.run(std::move(more));
  }
  void expect(int code, const std::string& words, std::vector<std::string> more = {})
  {
    const SluiceResult run = judge(std::move(more));
    EXPECT_EQ(run.code, code) << run.out << run.err;
    EXPECT_THAT(run.out + run.err, HasSubstr(words));
  }
  void git(std::vector<std::string> words) { project_.TempRepo::run(std::move(words)); }

  static std::string quarantine(const std::string& tests, const std::string& until)
  {
    return "[[quarantine]]\ntests = [\"" + tests +
           "\"]\nreason = \"times out\"\nticket = \"NET-12\"\nuntil = " + until + "\n";
  }
  static std::string policy(const std::string& require)
  {
    return "[policy]\nversion = 1\n[[suite]]\nname = \"core\"\nlabels = [\"core\"]\n[[rule]]\nname = \"core\"\n"
           "require = { suites = [\"core\"]" +
           require + " }\n";
  }
  static constexpr const char* k_retries = "[run]\nretries = 2\n";
  ShellProject project_;
};

TEST_F(Excuses, ControlAFailureIsRed)
{
  base(k_retries + quarantine("t:cases/two.sh", day(30)));
  failing("one");
  expect(1, "1 of 2 tests did not pass");
}

TEST_F(Excuses, ARetryPassesWhatNoRuleRequires)
{
  base(k_retries);
  flaky("one");
  expect(0, "FLAKY  t:cases/one.sh: flaky: passed at attempt 2, after it failed at attempt 1");
}

TEST_F(Excuses, ARetryDoesNotPassARequiredTest)
{
  base(k_retries, policy(""));
  flaky("one");
  expect(3, "t:cases/one.sh: passed only on a retry: failed at first");
}

TEST_F(Excuses, NorDoesOneThatTheCommandLineAsksFor)
{
  base("", policy(""));
  flaky("one");
  expect(3, "passed only on a retry", {"--retries", "3"});
}

TEST_F(Excuses, ButWhereTheRuleOfTheBaseAllowsIt)
{
  base(k_retries, policy(", retries = true"));
  flaky("one");
  expect(0, "FLAKY");
}

// A rule about every test, whatever suite it is of.
TEST_F(Excuses, ARetryWhereARuleWantsNoFlakyTest)
{
  base(k_retries, "[policy]\n[[rule]]\nname = \"calm\"\nrequire = { no_findings = [\"flaky\"] }\n");
  flaky("one");
  expect(3, "t:cases/one.sh: finding: flaky passed at attempt 2");
}

TEST_F(Excuses, TheRuleOfTheChangeAllowsNothing)
{
  base(k_retries, policy(""));
  project_.write("sluice.policy.toml", policy(", retries = true, quarantine = true"));
  flaky("one");
  expect(3, "passed only on a retry");
}

TEST_F(Excuses, RetriesThatTheChangeGivesItself)
{
  base("");
  configure(k_retries);
  flaky("one");
  expect(1, "retries = 2 counts as 0, as in the base's");
}

TEST_F(Excuses, RetriesThatTheChangeRaises)
{
  base("[run]\nretries = 1\n");
  configure("[run]\nretries = 9\n");
  failing("one");
  const SluiceResult run = judge();
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(std::count(run.started.begin(), run.started.end(), "t:cases/one.sh"), 2);
}

TEST_F(Excuses, APassOnARetryIsNoProof)
{
  base(k_retries);
  flaky("one");
  EXPECT_EQ(judge().code, 0);
  std::filesystem::remove(project_ / "marker");
  const SluiceResult again = project_.run({"--base", "main", "--head", "HEAD"});
  EXPECT_EQ(again.code, 0) << again.out;
  EXPECT_EQ(again.started, std::vector<std::string>(2, "t:cases/one.sh")) << "the other one is reused";
}

TEST_F(Excuses, AFailureInQuarantineIsNoProof)
{
  base(quarantine("t:cases/one.sh", day(30)));
  failing("one");
  expect(0, "QUARANTINED  t:cases/one.sh: quarantined until " + day(30) + " (NET-12): failed: exit code 1");
  const SluiceResult again = project_.run({"--base", "main", "--head", "HEAD"});
  EXPECT_EQ(again.code, 0) << again.out;
  EXPECT_EQ(again.started, std::vector<std::string>{"t:cases/one.sh"});
}

TEST_F(Excuses, AQuarantineThatTheChangeGivesItself)
{
  base("");
  configure(quarantine("t:cases/one.sh", day(30)));
  failing("one");
  expect(1, "the quarantine of t:cases/one.sh counts when it is in the base's sluice.toml, too");
}

TEST_F(Excuses, AQuarantineThatTheWorkingTreeGivesItself)
{
  base("");
  configure(quarantine("t:cases/one.sh", day(30)));
  failing("one");
  EXPECT_EQ(project_.run().code, 1);
  git({"stash", "-q"});
  base(quarantine("t:cases/one.sh", day(30)));
  failing("one");
  EXPECT_EQ(project_.run().code, 0) << "the file of HEAD has it";
}

TEST_F(Excuses, AQuarantineWidenedByAWildcard)
{
  base(quarantine("t:cases/two.sh", day(30)));
  configure(quarantine("t:cases/*.sh", day(30)));
  failing("one");
  failing("two");
  const SluiceResult run = judge();
  EXPECT_EQ(run.code, 1) << run.out;
  EXPECT_THAT(run.out, AllOf(HasSubstr("1 of 2 tests did not pass: t:cases/one.sh (failed)"),
                             HasSubstr("QUARANTINED  t:cases/two.sh")));
}

TEST_F(Excuses, AQuarantineOfEverything)
{
  base("");
  configure(quarantine("*", day(30)));
  expect(2, "would put every test in quarantine");
}

TEST_F(Excuses, AnExpiredQuarantine)
{
  base(quarantine("t:cases/one.sh", day(-1)));
  failing("one");
  const SluiceResult run = judge();
  EXPECT_EQ(run.code, 1) << run.out;
  EXPECT_THAT(run.out, HasSubstr("t:cases/one.sh (failed, its quarantine expired on " + day(-1) + ")"));
  EXPECT_THAT(run.junit, HasSubstr("<failure message=\"the quarantine until " + day(-1) + " (NET-12) has expired: "));
}

TEST_F(Excuses, OnItsLastDayItHolds)
{
  base(quarantine("t:cases/one.sh", day(0)));
  failing("one");
  expect(0, "QUARANTINED");
}

TEST_F(Excuses, ADateThatTheChangeMoves)
{
  base(quarantine("t:cases/one.sh", day(-1)));
  configure(quarantine("t:cases/one.sh", day(30)));
  failing("one");
  expect(1, "its quarantine expired on " + day(-1));
}

TEST_F(Excuses, ADateThatIsTooFar)
{
  base("");
  configure(quarantine("t:cases/one.sh", day(200)));
  expect(2, "is too long");
}

// The base was merged before there was such a rule, or with another program: it excuses nothing.
TEST_F(Excuses, ADateThatIsTooFarInTheBase)
{
  base(quarantine("t:cases/one.sh", day(200)));
  configure(quarantine("t:cases/one.sh", day(30)));
  failing("one");
  expect(1, "1 of 2 tests did not pass");
}

TEST_F(Excuses, AQuarantineThatTheBaseHasEnded)
{
  base(quarantine("t:cases/one.sh", day(30)));
  failing("one");
  project_.commit("The branch leaves");
  git({"checkout", "-q", "main"});
  configure("");
  project_.commit("The quarantine is over");
  git({"checkout", "-q", "change"});
  expect(1, "1 of 2 tests did not pass");
}

TEST_F(Excuses, AQuarantineDoesNotPassARequiredTest)
{
  base(quarantine("t:cases/one.sh", day(30)), policy(""));
  failing("one");
  expect(3, "t:cases/one.sh: is in quarantine and did not pass: failed");
}

TEST_F(Excuses, ButWhereTheRuleOfTheBaseAllowsThat)
{
  base(quarantine("t:cases/one.sh", day(30)), policy(", quarantine = true"));
  failing("one");
  expect(0, "QUARANTINED");
}

TEST_F(Excuses, FailuresInQuarantineAreNothingToJudgeBy)
{
  base(quarantine("t:cases/*.sh", day(30)));
  failing("one");
  failing("two");
  expect(4, "2 failed in quarantine");
}

TEST_F(Excuses, AQuarantineThatNamesNoTestIsTold)
{
  base(quarantine("t:cases/onee.sh", day(30)));
  project_.write("new.txt", "x");
  expect(0, "no test is named \"t:cases/onee.sh\", which is in quarantine");
}

TEST_F(Excuses, AHopelessBaseExcusesNothing)
{
  base(quarantine("t:cases/one.sh", day(30)) + "nonsense = 1\n");
  configure(k_retries + quarantine("t:cases/one.sh", day(30)));
  failing("one");
  expect(1, "1 of 2 tests did not pass");
}

// What is quarantined passes as well as any test: then its pass is a proof.
TEST_F(Excuses, APassInQuarantineIsAPass)
{
  base(quarantine("t:cases/one.sh", day(30)), policy(""));
  project_.write("new.txt", "x");
  const SluiceResult run = judge();
  EXPECT_EQ(run.code, 0) << run.out;
  EXPECT_THAT(run.out, Not(HasSubstr("QUARANTINED")));
  EXPECT_THAT(run.junit, HasSubstr("name=\"sluice.quarantine.until\" value=\"" + day(30) + "\""));
}

} // namespace

} // namespace sluice::tests
