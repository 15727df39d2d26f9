// Ways to be rid of a required test. Each is refused with the policy of the base, and green without one: the same
// change judged from the commit before there was a policy.
#include "tests/attack/required_suite.h"

namespace sluice::tests {

namespace {

using testing::AnyOf;
using testing::HasSubstr;

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
  expect_caught("1 of 3 tests: not executed, or not passed");
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

} // namespace

} // namespace sluice::tests
