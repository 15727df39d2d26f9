#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

namespace sluice::tests {

namespace {

using testing::HasSubstr;

constexpr const char* k_policy = R"([policy]
version = 1
undeclared = "human"

[[suite]]
name = "core"
tests = ["t:cases/one.sh"]

[[rule]]
name = "AI-authored changes prove the core"
when = { authorship = ["ai"] }
require = { suites = ["core"] }
)";

constexpr const char* k_by_ai = "A change\n\nCo-Authored-By: Claude <noreply@anthropic.com>\n";

class Gate : public testing::Test {
protected:
  void demand_core()
  {
    project_.write("sluice.policy.toml", k_policy);
    project_.commit("A policy");
    ASSERT_EQ(project_.run().code, 0);
    project_.TempRepo::run({"checkout", "-q", "-b", "change"});
  }
  SluiceResult judge(std::vector<std::string> more = {})
  {
    more.insert(more.begin(), {"--base", "main", "--head", "HEAD"});
    return project_.run(more);
  }
  ShellProject project_;
};

TEST_F(Gate, ExecutesWhatARuleRequiresAlthoughAProofHolds)
{
  demand_core();
  project_.write("README", "x");
  project_.commit(k_by_ai);
  ASSERT_EQ(project_.run().code, 0);
  const SluiceResult run = judge();
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_THAT(run.started, testing::ElementsAre(ShellProject::id("one")));
  EXPECT_EQ(run.planned.at(ShellProject::id("one")), "run required");
}

TEST_F(Gate, SaysWhereNothingIsDemanded)
{
  project_.TempRepo::run({"checkout", "-q", "-b", "change"});
  project_.write("README", "x");
  project_.commit("A change");
  const std::string key = project_.sibling("key"), evidence = project_.sibling("evidence");
  ASSERT_EQ(project_.sluice().command({"keygen", key}).code, 0);
  EXPECT_THAT(judge().err, testing::Not(testing::HasSubstr("nothing was demanded")));
  const SluiceResult run = judge({"--evidence", evidence, "--key", key + ".key"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.err, testing::HasSubstr("no sluice.policy.toml at the base"));
  EXPECT_THAT(judge({"--target", "main"}).err, testing::HasSubstr("nothing was demanded"));
  const SluiceResult verified = project_.sluice().command(
    {"verify", evidence, "--trust", key + ".trust.toml", "--commit", "HEAD", "--base", "main"});
  EXPECT_EQ(verified.code, 0) << verified.out;
  EXPECT_THAT(verified.out, testing::HasSubstr("no policy at the base: nothing was demanded"));
}

TEST_F(Gate, ReadsNoPolicyThroughALink)
{
  project_.write("ci/policy.toml", k_policy);
  std::filesystem::create_symlink("ci/policy.toml", project_ / "sluice.policy.toml");
  project_.commit("A policy elsewhere");
  const SluiceResult check = project_.sluice().command({"policy", "check"});
  EXPECT_EQ(check.code, 2);
  EXPECT_THAT(check.err, testing::HasSubstr("is a symbolic link"));
  project_.TempRepo::run({"checkout", "-q", "-b", "change"});
  project_.write("README", "x");
  project_.commit("A change");
  const SluiceResult run = judge();
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, testing::HasSubstr("sluice.policy.toml is a symbolic link at the base"));
}

// Building the base takes as long as building the project: nobody is left to wonder, and the log has it.
TEST_F(Gate, TellsThatItBuildsTheBase)
{
  demand_core();
  project_.write("README", "x");
  project_.commit(k_by_ai);
  std::filesystem::remove_all(project_ / ".sluice"); // else the run on main has said it
  const SluiceResult first = judge(), second = judge();
  EXPECT_THAT(first.out,
              testing::ContainsRegex("\nbuilding the base [0-9a-f]{12} beside this tree: which tests it has is "
                                     "not known\n(.*\n)*plan "));
  EXPECT_THAT(shell("grep -c second_tree_started " + shell_quoted(first.folder + "/events.ndjson")).second, "1\n");
  EXPECT_THAT(second.out, testing::Not(HasSubstr("building the base"))) << "it is known now";
}

TEST_F(Gate, RefusesWhatLeavesARequiredTestOut)
{
  demand_core();
  project_.write("README", "x");
  project_.commit(k_by_ai);
  const SluiceResult run = judge({"--filter", "two"});
  EXPECT_EQ(run.code, 3) << run.out << run.err;
  EXPECT_EQ(run.status, "REFUSED");
  EXPECT_THAT(run.out, HasSubstr("AI-authored changes prove the core"));
  EXPECT_THAT(run.junit, HasSubstr("RuleViolated"));
}

TEST_F(Gate, LetsAPersonsChangeReuseProofs)
{
  demand_core();
  project_.commit("Nothing, by a person");
  const SluiceResult run = judge();
  EXPECT_EQ(run.status, "PASSED") << run.out;
  EXPECT_EQ(run.planned.at(ShellProject::id("one")), "reuse");
}

TEST_F(Gate, RefusesAChangeThatDeletesARequiredTest)
{
  demand_core();
  project_.remove("cases/one.sh");
  project_.commit(k_by_ai);
  const SluiceResult run = judge();
  EXPECT_EQ(run.code, 3) << run.out << run.err;
}

TEST_F(Gate, TellsInItsLogWhoWroteEachCommit)
{
  demand_core();
  project_.write("README", "x");
  project_.commit(k_by_ai);
  const SluiceResult run = judge();
  const auto [code, lines] =
    shell("grep '\"event\":\"authorship_read\"' " + shell_quoted(run.folder + "/events.ndjson"));
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 1) << lines;
  EXPECT_THAT(lines, HasSubstr(R"("strongest":"ai","commits":[{"sha":")"));
  EXPECT_THAT(lines, HasSubstr(R"("subject":"A change","authorship":"ai")"));
  EXPECT_THAT(lines, HasSubstr(R"({"grade":"structured_line","text":"trailer Co-Authored-By: Claude)"));
}

TEST_F(Gate, AsksNobodyWhoWroteAChangeWhereNoRuleWantsToKnow)
{
  const SluiceResult run = project_.run();
  ASSERT_EQ(run.code, 0);
  EXPECT_NE(shell("grep authorship_read " + shell_quoted(run.folder + "/events.ndjson")).first, 0);
}

TEST_F(Gate, HasNothingToJudgeWithoutTests)
{
  project_.write("sluice.toml", "# no tests\n");
  const SluiceResult run = project_.run();
  EXPECT_EQ(run.code, 4) << run.out << run.err;
}

TEST_F(Gate, RefusesAMisspeltKeyWithLineAndSuggestion)
{
  project_.configure("[run]\njbos = 2\n");
  const SluiceResult run = project_.run();
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, testing::AllOf(HasSubstr("sluice.toml:8"), HasSubstr("jbos"), HasSubstr("jobs")));
  EXPECT_TRUE(run.folder.empty());
}

TEST_F(Gate, RefusesABrokenPolicyOfTheBase)
{
  project_.write("sluice.policy.toml", "[[rule]]\nname = \"x\"\nrequire = { suites = [\"missing\"] }\n");
  project_.commit("A policy that means nothing");
  EXPECT_EQ(judge().code, 2);
}

TEST_F(Gate, RefusesAHeadThatIsNotCheckedOut)
{
  project_.commit("Another");
  const SluiceResult run = project_.run({"--base", "HEAD~1", "--head", "HEAD~1"});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("checked out"));
}

TEST_F(Gate, FailsOutsideOfARepository)
{
  const TempDir plain;
  EXPECT_EQ(Sluice(plain.path()).run().code, 2);
}

} // namespace

} // namespace sluice::tests
