// What surrounds a run: the caller's environment, git's index and configuration, times of files, old programs.
#include "tests/e2e/small_cmake_project.h"
#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

namespace sluice::tests {

namespace {

class World : public testing::Test {
protected:
  void break_test_one() { project_.test("one", "exit 1\n"); }
  ShellProject project_;
};

// Attack: the caller's environment tells test programs to leave tests out.
TEST_F(World, VariablesThatSteerGoogleTestDoNotReachIt)
{
  project_.test("one", "env | grep ^GTEST_ && exit 1; exit 0\n");
  Sluice sluice = project_.sluice();
  for (const char* name : {"GTEST_FILTER", "GTEST_TOTAL_SHARDS", "GTEST_SHARD_INDEX", "GTEST_ALSO_RUN_DISABLED_TESTS",
                           "GTEST_OUTPUT", "GTEST_SHARD_STATUS_FILE", "GTEST_FAIL_FAST"})
    sluice.with(name, "1");
  const SluiceResult run = sluice.run();
  EXPECT_EQ(run.code, 0) << run.out;
  EXPECT_EQ(run.outcomes.size(), 2u);
}

// Attack: git is told that another repository, index or tree is meant.
TEST_F(World, VariablesThatSteerGitAreNotObeyed)
{
  ASSERT_EQ(project_.run().code, 0);
  const ShellProject other;
  const std::string index = project_.sibling("index");
  std::filesystem::copy(project_ / ".git/index", index);
  break_test_one();
  for (const auto& [name, value] : std::map<std::string, std::string>{{"GIT_DIR", other / ".git"},
                                                                      {"GIT_INDEX_FILE", index},
                                                                      {"GIT_WORK_TREE", other.path()},
                                                                      {"GIT_OBJECT_DIRECTORY", other / ".git/objects"},
                                                                      {"GIT_NAMESPACE", "x"},
                                                                      {"GIT_CEILING_DIRECTORIES", project_.path()}})
    EXPECT_NE(project_.sluice().with(name, value).run().code, 0) << name;
}

// Attack: bits in git's index hide a changed file.
TEST_F(World, AFileHiddenByAssumeUnchangedIsSeen)
{
  ASSERT_EQ(project_.run().code, 0);
  project_.TempRepo::run({"update-index", "--assume-unchanged", "cases/one.sh"});
  break_test_one();
  EXPECT_EQ(project_.run().code, 1);
}

TEST_F(World, AFileHiddenBySkipWorktreeIsSeen)
{
  ASSERT_EQ(project_.run().code, 0);
  project_.TempRepo::run({"update-index", "--skip-worktree", "cases/one.sh"});
  break_test_one();
  EXPECT_EQ(project_.run().code, 1);
}

// Attack: size and time of a changed file are what they were.
TEST_F(World, AChangeOfTheSameSizeAndTimeIsSeen)
{
  project_.test("one", "exit 0\n");
  shell("touch -d '2020-01-01' " + shell_quoted(project_ / "cases/one.sh"));
  project_.commit("Old");
  ASSERT_EQ(project_.run().code, 0);
  break_test_one();
  shell("touch -d '2020-01-01' " + shell_quoted(project_ / "cases/one.sh"));
  EXPECT_EQ(project_.run().code, 1);
}

// Attack: the repository's configuration names programs for git to start.
TEST_F(World, ProgramsNamedInGitsConfigurationAreNotStarted)
{
  const std::string marker = project_.sibling("marker");
  const std::string evil = project_.sibling("evil.sh");
  std::ofstream(evil) << "#!/bin/sh\necho \"$0 $*\" >>'" << marker << "'\ncat\n";
  std::filesystem::permissions(evil, std::filesystem::perms::owner_all);
  project_.write(".gitattributes", "*.sh diff=evil\n");
  project_.commit("Attributes");
  for (const char* key :
       {"core.fsmonitor", "diff.external", "diff.evil.command", "diff.evil.textconv", "core.pager", "core.sshCommand",
        "core.editor", "core.alternateRefsCommand", "gpg.program", "uploadpack.packObjectsHook"})
    project_.TempRepo::run({"config", key, evil});
  project_.write("cases/one.sh", "true\n");
  for (const char* command : {"plan", "authorship"}) EXPECT_EQ(project_.sluice().command({command}).code, 0);
  EXPECT_EQ(project_.run().outcomes.size(), 2u);
  std::ifstream in(marker);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), "");
}

TEST_F(World, HooksOfTheRepositoryAreNotStarted)
{
  const std::string marker = project_.sibling("marker");
  for (const char* hook : {"post-index-change", "fsmonitor-watchman", "post-checkout", "reference-transaction"}) {
    project_.write(std::string(".git/hooks/") + hook, "#!/bin/sh\necho x >>'" + marker + "'\n");
    std::filesystem::permissions(project_ / (std::string(".git/hooks/") + hook), std::filesystem::perms::owner_all);
  }
  project_.test("one", "true\n");
  EXPECT_EQ(project_.run().outcomes.size(), 2u);
  EXPECT_FALSE(std::filesystem::exists(marker));
}

class OldPrograms : public testing::Test {
protected:
  void SetUp() override { ASSERT_EQ(project_.sluice().code, 0); }
  void break_left() { project_.write("left_half.c", "int left_half(void) { return 7; }\n"); }
  SmallCMakeProject project_;
};

// Attack: the sources are broken and the programs are old.
TEST_F(OldPrograms, ProveNothingWithoutABuild)
{
  break_left();
  const SluiceResult run = project_.sluice({"--no-build"});
  EXPECT_EQ(run.code, 2) << run.out << run.err;
}

// Attack: a program is exchanged for one that passes, without its sources.
TEST_F(OldPrograms, ExchangedForAnotherAreNotProvenByTheirName)
{
  shell("cp /bin/false " + shell_quoted(project_ / "build/left"));
  const SluiceResult run = project_.sluice();
  EXPECT_EQ(run.planned.at("left").substr(0, 3), "run") << run.out;
}

// Attack: the changed source looks older than what was built from it, so that the build tool leaves it alone.
TEST_F(OldPrograms, AreNotTrustedWhenASourceWasChangedAndDatedBack)
{
  break_left();
  shell("touch -d '2020-01-01' " + shell_quoted(project_ / "left_half.c"));
  const SluiceResult run = project_.sluice();
  EXPECT_NE(run.code, 0) << run.out << run.err;
}

TEST_F(OldPrograms, AreNotTrustedWithoutABuildWhenASourceWasDatedBack)
{
  break_left();
  shell("touch -d '2020-01-01' " + shell_quoted(project_ / "left_half.c"));
  EXPECT_NE(project_.sluice({"--no-build"}).code, 0);
}

TEST_F(OldPrograms, APlanSeesASourceThatWasDatedBack)
{
  break_left();
  shell("touch -d '2020-01-01' " + shell_quoted(project_ / "left_half.c"));
  shell("touch -d '2019-01-01' " + shell_quoted(project_ / "left.c"));
  EXPECT_EQ(Sluice(project_.path()).plan().at("left").substr(0, 3), "run");
}

TEST_F(OldPrograms, APlanOverACopiedBuildFolderIsRefused)
{
  const SmallCMakeProject copy;
  shell("cp -a " + shell_quoted(project_ / "build") + " " + shell_quoted(copy / "build"));
  EXPECT_EQ(Sluice(copy.path()).command({"plan"}).code, 2);
}

// Attack: the build folder is a link to one that was built from something else.
TEST_F(OldPrograms, OfAnotherBuildFolderAreBuiltAgain)
{
  const SmallCMakeProject other;
  ASSERT_EQ(other.sluice().code, 0);
  break_left();
  std::filesystem::remove_all(project_ / "build");
  std::filesystem::create_symlink(other / "build", project_ / "build");
  EXPECT_NE(project_.sluice().code, 0);
}

// Attack: the whole folder is a copy, and its build folder builds the original.
TEST_F(OldPrograms, OfACopiedFolderAreBuiltAgain)
{
  const SmallCMakeProject copy;
  shell("cp -a " + shell_quoted(project_ / "build") + " " + shell_quoted(copy / "build"));
  copy.write("left_half.c", "int left_half(void) { return 7; }\n");
  EXPECT_NE(copy.sluice().code, 0);
}

} // namespace

} // namespace sluice::tests
