// Ways to be rid of a required test. Each is refused with the policy of the base, and green without one: the same
// change judged from the commit before there was a policy.
#include "tests/attack/guarded_project.h"

#include <gmock/gmock.h>

namespace sluice::tests {

namespace {

using testing::AnyOf;
using testing::HasSubstr;

class Required : public testing::Test {
protected:
  void SetUp() override
  {
    before_ = project_.TempRepo::run({"rev-parse", "HEAD"});
    configure("core", "cases/*.sh");
    project_.write("sluice.policy.toml", policy("[policy]\nversion = 1\n", "suites = [\"core\"]"));
    project_.commit("A policy");
    project_.TempRepo::run({"checkout", "-q", "-b", "change"});
  }
  void configure(const std::string& label, const std::string& files, const std::string& more = {})
  {
    project_.write("sluice.toml", "[[tests]]\nname = \"t\"\nframework = \"command\"\nfiles = [\"" + files +
                                    "\"]\ncommand = [\"sh\", \"{file}\"]\nlabels = [\"" + label +
                                    "\"]\ntimeout = \"60s\"\n" + more);
  }
  static std::string policy(const std::string& head, const std::string& require)
  {
    return head + "[[suite]]\nname = \"core\"\nlabels = [\"core\"]\n[[rule]]\nname = \"core\"\nrequire = { " + require +
           " }\n";
  }
  void rules(const std::string& head, const std::string& require)
  {
    project_.TempRepo::run({"checkout", "-q", "main"});
    project_.write("sluice.policy.toml", policy(head, require));
    project_.commit("Another policy");
    project_.TempRepo::run({"checkout", "-q", "-B", "change"});
  }
  void expect_caught(const std::string& words, std::vector<std::string> more = {})
  {
    project_.commit("A change");
    more.insert(more.begin(), {"--base", before_, "--head", "HEAD", "--all"});
    const SluiceResult undefended = project_.run(more);
    EXPECT_EQ(undefended.code, 0) << undefended.out << undefended.err;
    more[1] = "main";
    const SluiceResult run = project_.run(more);
    EXPECT_EQ(run.code, 3) << run.out << run.err;
    EXPECT_THAT(run.out, HasSubstr(words));
  }
  ShellProject project_;
  std::string before_;
};

TEST_F(Required, Control)
{
  project_.write("new.txt", "x");
  project_.commit("A change");
  const SluiceResult run = project_.run({"--base", "main", "--head", "HEAD"});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
}

TEST_F(Required, Deleted)
{
  project_.remove("cases/one.sh");
  expect_caught("t:cases/one.sh: was in the suite at the base and is gone");
}

TEST_F(Required, RenamedAway)
{
  project_.rename("cases/one.sh", "cases/uno.sh");
  expect_caught("t:cases/one.sh: was in the suite at the base and is gone");
}

TEST_F(Required, LeftOutByTheConfigurationOfTheChange)
{
  configure("core", "cases/two.sh");
  expect_caught("cases/one.sh: was in the suite at the base and is gone");
}

TEST_F(Required, RenamedByTheConfigurationOfTheChange)
{
  project_.write("sluice.toml", "[[tests]]\nname = \"other\"\nframework = \"command\"\nfiles = [\"cases/*.sh\"]\n"
                                "command = [\"sh\", \"{file}\"]\nlabels = [\"core\"]\n");
  expect_caught("is gone");
}

TEST_F(Required, FilteredOutByAnOption)
{
  project_.write("new.txt", "x");
  expect_caught("was left out", {"--filter", "two"});
}

TEST_F(Required, LeftOutByRerunFailed)
{
  project_.test("one", "exit 1\n");
  project_.commit("Break one");
  ASSERT_EQ(project_.run({"--base", "main", "--head", "HEAD"}).code, 1);
  project_.test("one", "exit 0\n");
  project_.commit("Mend it");
  const SluiceResult run = project_.run({"--base", "main", "--head", "HEAD", "--rerun-failed"});
  EXPECT_EQ(run.code, 3) << run.out;
}

// It has no label any more, so that nobody's suite holds it, and fails.
TEST_F(Required, MovedToASuiteThatNobodyRuns)
{
  configure("slow", "cases/*.sh");
  project_.write("new.txt", "x");
  project_.commit("Move");
  EXPECT_THAT(project_.run({"--base", "main", "--head", "HEAD", "--filter", "not label(slow)"}).code, AnyOf(3, 4));
  // Whoever was a member at the base stays one: it is executed all the same.
  project_.test("one", "exit 1\n");
  project_.commit("Break it");
  EXPECT_EQ(project_.run({"--base", "main", "--head", "HEAD"}).code, 1);
}

TEST_F(Required, SkippedByItself)
{
  project_.test("one", "exit 77\n");
  project_.commit("Skip");
  // The framework of shell tests knows no skip: it is a failure, not a pass.
  EXPECT_NE(project_.run({"--base", "main", "--head", "HEAD"}).code, 0);
}

TEST_F(Required, Emptied)
{
  rules("[policy]\n", "suites = [\"core\"]");
  project_.remove("cases/one.sh");
  project_.test("three", "exit 0\n"); // as many as before, but another
  expect_caught("1 of 3 tests were not executed and passed");
}

TEST_F(Required, ASuiteThatMatchesNothing)
{
  project_.remove("cases/one.sh");
  project_.remove("cases/two.sh");
  project_.test("other/three", "exit 0\n");
  configure("other", "cases/other/*.sh");
  expect_caught("suite \"core\" must have at least 1 tests and has 0");
}

// The base cannot be built or listed: what it demanded is not known, and that is no pass.
TEST_F(Required, ABaseThatCannotBeListed)
{
  project_.TempRepo::run({"checkout", "-q", "main"});
  project_.remove("sluice.toml");
  project_.commit("A base without a configuration");
  project_.TempRepo::run({"checkout", "-q", "-B", "change"});
  configure("core", "cases/two.sh");
  expect_caught("which tests suite \"core\" had at the base is not known");
}

// The store says what the base held; a store that was lost costs time and no safety.
TEST_F(Required, DeletedWithTheStoreLost)
{
  project_.remove("cases/one.sh");
  project_.commit("Delete");
  std::filesystem::remove_all(project_ / ".sluice");
  EXPECT_EQ(project_.run({"--base", "main", "--head", "HEAD"}).code, 3);
}

TEST_F(Required, ReusedWhereTheRuleSaysNo)
{
  project_.write("new.txt", "x");
  project_.commit("A change");
  for (int i = 0; i < 2; ++i) {
    const SluiceResult run = project_.run({"--base", "main", "--head", "HEAD"});
    EXPECT_EQ(run.code, 0) << run.out;
    EXPECT_EQ(run.started.size(), 2u) << "a proof must not stand for an execution";
  }
}

// The configuration may not say that a required file is without meaning.
TEST_F(Required, ItsInputsIgnored)
{
  configure("core", "cases/*.sh", "[changes]\nignore = [\"cases/**\"]\n");
  project_.test("one", "exit 1\n");
  project_.commit("Ignore");
  EXPECT_EQ(project_.run({"--base", "main", "--head", "HEAD"}).code, 1);
}

class Guarded : public Required {
protected:
  void guard(const std::string& when, const std::string& require, const std::string& head = "[policy]\n")
  {
    project_.TempRepo::run({"checkout", "-q", "main"});
    project_.write("sluice.policy.toml",
                   head + "[[rule]]\nname = \"guard\"\nwhen = { " + when + " }\nrequire = { " + require + " }\n");
    project_.commit("A guard");
    project_.TempRepo::run({"checkout", "-q", "-B", "change"});
  }
};

TEST_F(Guarded, ThePolicyItself)
{
  guard("kinds = [\"policy\"]", "approvals = 1");
  project_.write("sluice.policy.toml", "[policy]\n");
  expect_caught("0 of 1 approvals");
}

TEST_F(Guarded, TheListOfSigners)
{
  guard("kinds = [\"policy\"]", "approvals = 1");
  project_.write("sluice.signers", "me@example.org ssh-ed25519 AAAA\n");
  expect_caught("0 of 1 approvals");
}

TEST_F(Guarded, TheConfigurationOfTheTests)
{
  guard("kinds = [\"build\"]", "approvals = 1");
  configure("core", "cases/*.sh", "[run]\njobs = 1\n");
  expect_caught("path sluice.toml is build");
}

TEST_F(Guarded, TheFilesOfCi)
{
  guard("kinds = [\"ci\"]", "reason = true");
  project_.write(".github/workflows/gate.yml", "on: never\n");
  expect_caught("no commit gives a reason");
}

TEST_F(Guarded, TheFilesOfTheBuildByARename)
{
  project_.write("CMakeLists.txt", "# build\n");
  project_.commit("Build");
  project_.TempRepo::run({"push", "-q", ".", "HEAD:main"});
  guard("kinds = [\"build\"]", "reason = true");
  project_.rename("CMakeLists.txt", "notes.txt");
  expect_caught("path CMakeLists.txt is build");
}

TEST_F(Guarded, TestsTogetherWithTheirCode)
{
  guard("tests_with_code = true", "reason = true");
  project_.test("one", "exit 0 # weaker\n");
  project_.write("src/a.c", "x");
  expect_caught("change together");
}

TEST_F(Guarded, ConfigurationThatIsNotValid)
{
  guard("paths = [\"*.json\"]", "validators = [\"json\"]",
        "[[validator]]\nname = \"json\"\npaths = [\"*.json\"]\ncommand = [\"grep\", \"-q\", \"^{\", \"{file}\"]\n");
  project_.write("limits.json", "broken");
  expect_caught("limits.json: exit code 1");
}

TEST_F(Guarded, AValidatorThatIsNotThere)
{
  guard("paths = [\"*.json\"]", "validators = [\"json\"]",
        "[[validator]]\nname = \"json\"\npaths = [\"*.json\"]\ncommand = [\"no-such-program\", \"{file}\"]\n");
  project_.write("limits.json", "{}");
  expect_caught("exit code 127");
}

TEST_F(Guarded, ATier)
{
  guard("tiers = [\"tier-1\"]", "reason = true", "[[tier]]\nname = \"tier-1\"\npaths = [\"src/pay/**\"]\n");
  project_.write("src/pay/a.c", "x");
  expect_caught("path src/pay/a.c is of tier-1");
}

TEST_F(Guarded, ALargeBlastRadius)
{
  guard("blast_radius = 50", "reason = true");
  project_.test("one", "exit 0 # changed\n");
  project_.test("two", "exit 0 # changed\n");
  expect_caught("2 of 2 tests are reached");
}

class OldTests : public Required {
protected:
  void SetUp() override
  {
    Required::SetUp();
    project_.TempRepo::run({"checkout", "-q", "main"});
    project_.write("src/value", "1\n");
    project_.test("one", "grep -q 1 src/value\n");
    project_.commit("Code with a test");
    rules("[policy]\n", "suites = [\"core\"], base_tests = true");
  }
};

TEST_F(OldTests, Control)
{
  project_.write("src/other", "1\n");
  project_.commit("A change");
  const SluiceResult run = project_.run({"--base", "main", "--head", "HEAD"});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
}

TEST_F(OldTests, ATestThatWasBentToTheNewCode)
{
  project_.write("src/value", "2\n");
  project_.test("one", "grep -q 2 src/value\n");
  expect_caught("the change and its tests changed together");
}

TEST_F(OldTests, ATestThatWasMadeToDoNothing)
{
  project_.write("src/value", "2\n");
  project_.test("one", "exit 0\n");
  expect_caught("t:cases/one.sh: as it was at the base: failed: exit code 1\n"); // and no mark for the line's end
}

TEST_F(OldTests, ATestThatWasDeletedWithTheCodeThatItTests)
{
  project_.write("src/value", "2\n");
  project_.remove("cases/one.sh");
  expect_caught("is gone");
}

// The configuration says how tests are run: that of the change would run nothing.
TEST_F(OldTests, TestsThatTheConfigurationOfTheChangeDoesNotRun)
{
  project_.write("src/value", "2\n");
  project_.write("sluice.toml", "[[tests]]\nname = \"t\"\nframework = \"command\"\nfiles = [\"cases/*.sh\"]\n"
                                "command = [\"sh\", \"-c\", \"exit 0\", \"{file}\"]\nlabels = [\"core\"]\n");
  expect_caught("t:cases/one.sh: as it was at the base: failed");
}

TEST_F(OldTests, TestsThatTheConfigurationOfTheChangeGivesOtherPrograms)
{
  project_.write("src/value", "2\n");
  project_.write("bin/grep", "#!/bin/sh\nexit 0\n");
  std::filesystem::permissions(project_ / "bin/grep", std::filesystem::perms::owner_all);
  configure("core", "cases/*.sh", "environment = { PATH = \"bin:/usr/bin:/bin\" }\n");
  expect_caught("t:cases/one.sh: as it was at the base: failed");
}

// Honest changes: a script that is started by its mode, and a build file that a new source needs.
TEST_F(OldTests, WhatIsPutBackKeepsItsMode)
{
  project_.TempRepo::run({"checkout", "-q", "main"});
  project_.write("sluice.toml", "[[tests]]\nname = \"t\"\nframework = \"command\"\nfiles = [\"cases/*.sh\"]\n"
                                "command = [\"./{file}\"]\nlabels = [\"core\"]\n");
  for (const char* name : {"one", "two"}) {
    project_.test(name, "#!/bin/sh\nexit 0\n");
    std::filesystem::permissions(project_ / ("cases/" + std::string(name) + ".sh"), std::filesystem::perms::owner_all);
  }
  project_.commit("Scripts that are programs");
  project_.TempRepo::run({"checkout", "-q", "-B", "change"});
  project_.test("one", "#!/bin/sh\n# as before\nexit 0\n");
  project_.write("CMakeLists.txt", "# a new source\n");
  project_.commit("A change");
  const SluiceResult run = project_.run({"--base", "main", "--head", "HEAD"});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_THAT(shell("cat " + shell_quoted(run.folder + "/events.ndjson")).second,
              HasSubstr("1 files put back; as changed: CMakeLists.txt"));
}

TEST_F(OldTests, WhatIsNotCommittedIsNotReplayed)
{
  project_.write("src/value", "2\n");
  project_.test("one", "exit 0\n");
  EXPECT_EQ(project_.run({"--base", "main"}).code, 3);
}

} // namespace

} // namespace sluice::tests
