#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

namespace sluice::tests {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Selection : public testing::Test {
protected:
  ShellProject project_;
};

TEST_F(Selection, RunsEverythingAtFirstAndNothingTheSecondTime)
{
  const SluiceResult first = project_.run();
  EXPECT_EQ(first.code, 0) << first.out << first.err;
  EXPECT_THAT(first.outcomes,
              ElementsAre(testing::Pair("t:cases/one.sh", "passed"), testing::Pair("t:cases/two.sh", "passed")));

  const SluiceResult second = project_.run();
  EXPECT_EQ(second.code, 0) << second.out << second.err;
  EXPECT_THAT(second.started, IsEmpty());
  EXPECT_EQ(second.status, "PASSED");
}

TEST_F(Selection, RunsAFailedTestAgainEvenIfNothingChanged)
{
  project_.test("two", "exit 1\n");
  EXPECT_EQ(project_.run().code, 1);
  const SluiceResult again = project_.run();
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.started, ElementsAre(ShellProject::id("two")));
}

TEST_F(Selection, RunsNothingOnTheWayBackToAnEarlierTree)
{
  project_.run();
  project_.TempRepo::run({"checkout", "-q", "-b", "other"});
  project_.test("one", "true\n");
  project_.commit("A different script");
  EXPECT_THAT(project_.run().started, testing::Not(IsEmpty()));
  project_.TempRepo::run({"checkout", "-q", "main"});
  EXPECT_THAT(project_.run().started, IsEmpty());
  project_.TempRepo::run({"checkout", "-q", "other"});
  EXPECT_THAT(project_.run({"--base", "main"}).started, IsEmpty());
}

TEST_F(Selection, RunsEveryScriptAfterAChangeThatAnyScriptMayRead)
{
  project_.write("data.txt", "1");
  project_.commit("Data");
  project_.run({"--no-observe"});
  project_.write("data.txt", "2");
  const SluiceResult run = project_.run();
  EXPECT_EQ(run.planned.at(ShellProject::id("one")).substr(0, 3), "run");
  EXPECT_THAT(run.started, testing::SizeIs(2));
  EXPECT_THAT(project_.sluice().command({"why", ShellProject::id("one")}).out, HasSubstr("one.sh"));
}

TEST_F(Selection, NamesTheChangedFileThatNoFactKnows)
{
  project_.run();
  project_.write("data.txt", "2");
  EXPECT_THAT(project_.sluice().command({"plan"}).out, HasSubstr("data.txt"));
  EXPECT_THAT(project_.sluice().command({"why", "data.txt"}).out, HasSubstr("data.txt"));
}

TEST_F(Selection, DismissesWhatTheConfigurationSaysCannotMatter)
{
  project_.configure("[changes]\nignore = [\"*.md\"]\n");
  project_.write("notes.md", "1");
  project_.commit("Notes");
  project_.run();
  project_.write("notes.md", "2");
  EXPECT_THAT(project_.run().started, IsEmpty());
  EXPECT_THAT(project_.sluice().command({"why", "notes.md"}).out, HasSubstr("cannot matter"));
}

TEST_F(Selection, FollowsARenamedAndADeletedTest)
{
  project_.run();
  project_.rename("cases/two.sh", "cases/three.sh");
  EXPECT_EQ(project_.run().outcomes.count(ShellProject::id("three")), 1u);
  project_.remove("cases/three.sh");
  const SluiceResult run = project_.run();
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_EQ(run.planned.count(ShellProject::id("three")), 0u);
}

TEST_F(Selection, RunsEverythingWhenTheConfigurationChanges)
{
  project_.run();
  project_.configure("[run]\njobs = 1\n");
  EXPECT_THAT(project_.run().started, testing::SizeIs(2));
}

TEST_F(Selection, NoticesThatAFileBecameExecutable)
{
  project_.write("tool", "#!/bin/sh\n");
  project_.commit("A tool");
  project_.run({"--no-observe"});
  std::filesystem::permissions(project_ / "tool", std::filesystem::perms::owner_all);
  EXPECT_THAT(project_.run().started, testing::SizeIs(2));
}

TEST_F(Selection, LosesNothingButTimeWithItsStore)
{
  project_.run();
  std::filesystem::remove_all(project_ / ".sluice");
  const SluiceResult run = project_.run();
  EXPECT_EQ(run.code, 0);
  EXPECT_THAT(run.started, testing::SizeIs(2));
}

} // namespace

} // namespace sluice::tests
