#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

namespace sluice::tests {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class RunOptions : public testing::Test {
protected:
  // Runs one after the other, with `failing` tests among three.
  void three_tests(std::vector<std::string> failing)
  {
    for (const char* name : {"one", "two", "three"}) project_.test(name, "exit 0\n");
    for (const std::string& name : failing) project_.test(name, "exit 1\n");
    project_.commit("Three tests");
  }
  ShellProject project_;
};

TEST_F(RunOptions, FilterRunsOnlyWhatMatches)
{
  three_tests({});
  const SluiceResult run = project_.run({"--filter", "one or three"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(to_run(run.planned), ElementsAre(ShellProject::id("one"), ShellProject::id("three")));
  EXPECT_EQ(run.planned.at(ShellProject::id("two")), "skip filtered");
}

TEST_F(RunOptions, FilterThatLeavesEverythingOutIsNotGreen)
{
  three_tests({});
  const SluiceResult run = project_.run({"--filter", "nothing_like_it"});
  EXPECT_EQ(run.code, 4) << run.out;
  EXPECT_EQ(run.status, "FAILED");
}

TEST_F(RunOptions, FilteredRunDoesNotProveTheRest)
{
  three_tests({});
  project_.run({"--filter", "one"});
  EXPECT_THAT(project_.run().started, SizeIs(2));
}

TEST_F(RunOptions, RerunFailedRunsOnlyWhatFailed)
{
  three_tests({"two"});
  EXPECT_EQ(project_.run().code, 1);
  EXPECT_THAT(project_.run({"--rerun-failed"}).started, ElementsAre(ShellProject::id("two")));
}

TEST_F(RunOptions, RerunFailedWithoutFailuresHasNothingToJudge)
{
  three_tests({});
  project_.run();
  const SluiceResult run = project_.run({"--rerun-failed"});
  EXPECT_THAT(run.started, IsEmpty());
  EXPECT_EQ(run.code, 4) << run.out;
}

TEST_F(RunOptions, FailFastStartsNothingAfterAFailure)
{
  three_tests({"one", "two", "three"});
  const SluiceResult run = project_.run({"--jobs", "1", "--fail-fast"});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.started, SizeIs(1)) << run.out;
  EXPECT_EQ(junit_count(run.junit, "tests") - 2, 3) << run.junit;
  EXPECT_THAT(run.junit, HasSubstr("TestNotRun"));
}

TEST_F(RunOptions, FailFastTakesANumber)
{
  three_tests({"one", "two", "three"});
  EXPECT_THAT(project_.run({"--jobs", "1", "--fail-fast=2"}).started, SizeIs(2));
}

TEST_F(RunOptions, RepeatRunsEachTestSoOftenWhateverProofsSay)
{
  three_tests({});
  project_.run();
  const SluiceResult run = project_.run({"--repeat", "3"});
  EXPECT_EQ(run.code, 0) << run.out;
  EXPECT_THAT(run.started, SizeIs(9));
}

TEST_F(RunOptions, RepeatIsRedIfOneOfManyAttemptsFails)
{
  project_.write(".gitignore", "counter\n");
  project_.configure(ShellProject::k_writable_tree);
  project_.test("one", "echo x >>counter; test $(wc -l <counter) -ne 3\n");
  project_.commit("Fails at the third time");
  const SluiceResult run = project_.run({"--repeat", "4", "--filter", "one"});
  EXPECT_EQ(run.code, 1) << run.out;
  EXPECT_EQ(project_.run({"--filter", "one"}).started.size(), 1u) << "a flaky test must not leave a proof";
}

TEST_F(RunOptions, ShuffleGivesTheSameOrderForTheSameSeed)
{
  for (int i = 0; i < 12; ++i) project_.test("n" + std::to_string(i), "exit 0\n");
  const std::vector<std::string> seed = {"--all", "--jobs", "1", "--shuffle", "7"};
  project_.run();
  const SluiceResult first = project_.run(seed), second = project_.run(seed);
  EXPECT_EQ(first.started, second.started);
  EXPECT_NE(first.started, project_.run({"--all", "--jobs", "1", "--shuffle", "8"}).started);
}

TEST_F(RunOptions, JobsLimitsWhatRunsAtOnce)
{
  project_.write(".gitignore", "busy\n");
  for (const char* name : {"one", "two", "three"}) project_.test(name, "mkdir busy && sleep 0.1 && rmdir busy\n");
  const SluiceResult run = project_.run({"--jobs", "1"});
  EXPECT_EQ(run.code, 0);
  EXPECT_THAT(run.started, SizeIs(3));
}

} // namespace

} // namespace sluice::tests
