// What a change reaches where no build fact says it: tests were seen to use files. The verdict of a rule about that is
// the same whenever the change is judged: first or again, alone or with files beside it, filtered or not.
#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

#include <filesystem>

namespace sluice::tests {

namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* k_policy = R"([policy]
version = 1
undeclared = "human"

[[rule]]
name = "what no test reaches is approved"
when = { unreached = true }
require = { approvals = 1 }

[[rule]]
name = "wide changes are approved"
when = { blast_radius = 50 }
require = { approvals = 1 }
)";

class Reached : public testing::Test {
protected:
  void SetUp() override
  {
    if (shell("unshare --user true").first != 0) GTEST_SKIP() << "there are no user namespaces here";
    project_.write("sluice.policy.toml", k_policy);
    project_.write("data/one.txt", "1\n");
    project_.write("data/two.txt", "2\n");
    project_.write("data/three.txt", "3\n");
    project_.write("README.md", "words\n");
    project_.test("one", "cat data/one.txt\n");
    project_.test("two", "cat data/two.txt\n");
    project_.test("three", "cat data/three.txt\n");
    project_.commit("Three tests");
    ASSERT_EQ(project_.run().code, 0);
    project_.TempRepo::run({"checkout", "-q", "-b", "change"});
  }
  SluiceResult judge(std::vector<std::string> more = {})
  {
    more.insert(more.begin(), {"--base", "main", "--head", "HEAD"});
    return project_.run(more);
  }
  void forget() { std::filesystem::remove_all(project_ / ".sluice"); }
  ShellProject project_;
};

TEST_F(Reached, AFileThatATestUsesIsReachedHoweverOftenItIsJudged)
{
  project_.write("data/one.txt", "1 more\n");
  project_.commit("One file");
  for (const char* when : {"first", "again", "from nothing", "and again"}) {
    if (when == std::string("from nothing")) forget();
    const SluiceResult run = judge();
    EXPECT_EQ(run.code, 0) << when << "\n" << run.out << run.err;
  }
}

TEST_F(Reached, AFileThatNoTestUsesIsNotReachedHoweverOftenItIsJudged)
{
  project_.write("README.md", "other words\n");
  project_.write("data/one.txt", "1 more\n");
  project_.commit("Two files");
  for (const char* when : {"first", "again", "from nothing", "and again"}) {
    if (when == std::string("from nothing")) forget();
    const SluiceResult run = judge();
    EXPECT_EQ(run.code, 3) << when << "\n" << run.out << run.err;
    EXPECT_THAT(run.out, HasSubstr("README.md is reached by no test")) << when;
    EXPECT_THAT(run.out, Not(HasSubstr("one.txt is reached by no test"))) << when;
  }
}

TEST_F(Reached, AWideChangeIsWideHoweverOftenItIsJudged)
{
  project_.write("data/one.txt", "1 more\n");
  project_.write("data/two.txt", "2 more\n");
  project_.commit("Two of three");
  for (const char* when : {"first", "again", "from nothing", "and again"}) {
    if (when == std::string("from nothing")) forget();
    const SluiceResult run = judge();
    EXPECT_EQ(run.code, 3) << when << "\n" << run.out << run.err;
    EXPECT_THAT(run.out, HasSubstr("2 of 3 tests")) << when;
  }
}

TEST_F(Reached, APlanDoesNotSayOfAUsedFileThatNobodyUsesIt)
{
  project_.write("data/one.txt", "1 more\n");
  ASSERT_EQ(project_.run().code, 0);
  EXPECT_THAT(project_.sluice().command({"plan"}).out, Not(HasSubstr("ignored")));
  EXPECT_THAT(project_.sluice().command({"plan"}).out, HasSubstr("reach    1 of 3 tests"));
}

// After going back, the newest proof is of another tree: what differs from it is not what was changed now.
TEST_F(Reached, TheReasonIsWhatWasChangedNow)
{
  project_.test("one", "cat data/one.txt data/two.txt\n");
  ASSERT_EQ(project_.run().code, 0);
  project_.write("data/one.txt", "1 more\n");
  ASSERT_EQ(project_.run().code, 0);
  project_.write("data/one.txt", "1\n");
  project_.write("data/two.txt", "2 more\n");
  const std::string why = project_.sluice().command({"why", ShellProject::id("one")}).out;
  EXPECT_THAT(why, HasSubstr("data/two.txt\n"));
  EXPECT_THAT(why, Not(HasSubstr("data/one.txt\n    -> (was read")));
}

TEST_F(Reached, ATestThatFailedRunsBecauseItFailed)
{
  project_.test("red", "exit 1\n");
  project_.commit("A red test");
  ASSERT_EQ(project_.run().code, 1);
  project_.write("notes.txt", "nobody reads this\n");
  EXPECT_THAT(project_.sluice().command({"why", ShellProject::id("red")}).out, HasSubstr("failed last time"));
}

} // namespace

} // namespace sluice::tests
