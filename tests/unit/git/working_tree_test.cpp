#include "tests/unit/git/git_fixture.h"

#include <gmock/gmock.h>

#include <chrono>
#include <thread>

namespace sluice::git {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class WorkingTreeTest : public GitTest {
protected:
  ChangeSet changes(const std::string& base = {}) const { return Repository::open(repo.path()).changes({base, {}}); }
  TempRepo repo;
};

TEST_F(WorkingTreeTest, StagedUnstagedAndUntrackedCountAndIgnoredDoNot)
{
  repo.write(".gitignore", "*.o\n");
  repo.write("staged", "1");
  repo.write("unstaged", "1");
  repo.write("gone", "1");
  repo.commit("base");
  repo.write("staged", "2");
  repo.run({"add", "staged"});
  repo.write("unstaged", "2");
  repo.remove("gone");
  repo.write("dir/untracked", "1");
  repo.write("ignored.o", "1");

  const ChangeSet set = changes();
  EXPECT_TRUE(set.includes_working_tree);
  EXPECT_EQ(set.head, repo.run({"rev-parse", "HEAD"}));
  EXPECT_EQ(set.base, set.head);
  EXPECT_THAT(set.commits, IsEmpty());
  EXPECT_THAT(set.paths,
              ElementsAre(ChangedPath{ChangeKind::added, "dir/untracked", {}},
                          ChangedPath{ChangeKind::deleted, "gone", {}}, ChangedPath{ChangeKind::modified, "staged", {}},
                          ChangedPath{ChangeKind::modified, "unstaged", {}}));
}

TEST_F(WorkingTreeTest, CleanMeansNothingDiffers)
{
  repo.write("a", "1");
  repo.commit("base");
  const Repository repository = Repository::open(repo.path());
  EXPECT_TRUE(repository.clean());
  repo.write("b", "1");
  EXPECT_FALSE(repository.clean());
  repo.run({"add", "b"});
  EXPECT_FALSE(repository.clean());
  repo.remove("b"); // staged, but not on disk
  EXPECT_FALSE(repository.clean());
  EXPECT_THAT(repository.changes({}).paths, IsEmpty());
}

// As a build step that restores time stamps would leave it.
TEST_F(WorkingTreeTest, SameSizeAndSameTimeIsStillAChange)
{
  repo.run({"config", "core.trustctime", "false"});
  repo.run({"config", "core.checkStat", "minimal"});
  repo.write("a", "1");
  const auto time = std::filesystem::last_write_time(repo / "a") - std::chrono::hours(1);
  std::filesystem::last_write_time(repo / "a", time);
  repo.commit("base");
  std::this_thread::sleep_for(std::chrono::milliseconds(1100)); // git compares whole seconds
  repo.write("a", "2");
  std::filesystem::last_write_time(repo / "a", time);
  ASSERT_EQ(git_status(repo, repo.path()), Paths{}) << "git itself does not overlook it";
  EXPECT_EQ(paths_of(changes().paths), (Paths{"a"}));
  EXPECT_TRUE(by_path(Repository::open(repo.path()).files()).at("a").digest.absent());
}

TEST_F(WorkingTreeTest, AFileWrittenInTheTickOfTheIndexIsStillAChange)
{
  for (int i = 0; i < 10; ++i) {
    repo.write("a", "1");
    repo.commit("base");
    repo.write("a", "2");
    const Repository repository = Repository::open(repo.path());
    EXPECT_TRUE(by_path(repository.files()).at("a").digest.absent());
    EXPECT_EQ(paths_of(repository.changes({}).paths), (Paths{"a"}));
  }
}

TEST_F(WorkingTreeTest, RenameAndPermissionChanges)
{
  repo.write("old", std::string(500, 'o'));
  repo.write("tool", "#!/bin/sh\n");
  repo.write("both", "1");
  repo.commit("base");
  repo.rename("old", "new");
  repo.run({"add", "--all"});
  std::filesystem::permissions(repo / "tool", std::filesystem::perms::owner_all);
  std::filesystem::permissions(repo / "both", std::filesystem::perms::owner_all);
  repo.write("both", "2");
  EXPECT_THAT(changes().paths,
              ElementsAre(ChangedPath{ChangeKind::modified, "both", {}}, ChangedPath{ChangeKind::renamed, "new", "old"},
                          ChangedPath{ChangeKind::mode, "tool", {}}));
}

TEST_F(WorkingTreeTest, FromABaseBothTheCommitsAndTheWorkingTreeCount)
{
  repo.write("a", "1");
  repo.write("moved", std::string(500, 'm'));
  repo.commit("base");
  repo.run({"checkout", "-q", "-b", "topic"});
  repo.rename("moved", "moved once");
  repo.write("added", "1");
  repo.commit("topic");
  repo.remove("added");
  repo.write("a", "2");
  repo.rename("moved once", "moved twice");
  repo.run({"add", "--all"});

  const ChangeSet set = changes("main");
  EXPECT_EQ(set.commits.size(), 1u);
  EXPECT_THAT(set.paths, ElementsAre(ChangedPath{ChangeKind::modified, "a", {}},
                                     ChangedPath{ChangeKind::renamed, "moved twice", "moved"}));
}

TEST_F(WorkingTreeTest, ARecordedTreeIsComparedWithTheDisk)
{
  repo.write("a", "1");
  repo.write("b", "1");
  repo.commit("one");
  const std::string tree = repo.run({"rev-parse", "HEAD^{tree}"});
  repo.write("a", "2");
  repo.commit("two");
  repo.write("c", "1");
  const Repository repository = Repository::open(repo.path());
  EXPECT_EQ(paths_of(repository.changes_since(tree).value()), (Paths{"a", "c"}));
  EXPECT_EQ(paths_of(repository.changes_since("HEAD").value()), (Paths{"c"}));
  EXPECT_FALSE(repository.changes_since(std::string(40, '1')));
}

TEST_F(WorkingTreeTest, BeforeTheFirstCommitEverythingIsNew)
{
  repo.write("staged", "1");
  repo.run({"add", "staged"});
  repo.write("untracked", "1");
  const ChangeSet set = changes();
  EXPECT_EQ(set.head, "");
  EXPECT_EQ(set.head_tree, "");
  EXPECT_EQ(paths_of(set.paths), (Paths{"staged", "untracked"}));
  EXPECT_THAT(set.incomplete, IsEmpty());
  EXPECT_FALSE(Repository::open(repo.path()).resolve("HEAD"));
  EXPECT_EQ(Repository::open(repo.path()).files().size(), 2u);
}

TEST_F(WorkingTreeTest, OnAnOrphanBranchTheBaseIsStillCompared)
{
  repo.write("a", "1");
  repo.write("b", "1");
  repo.commit("one");
  repo.run({"checkout", "-q", "--orphan", "other"});
  repo.write("a", "2");
  repo.remove("b");
  const ChangeSet set = changes("main");
  EXPECT_EQ(paths_of(set.paths), (Paths{"a", "b"}));
  EXPECT_EQ(set.incomplete.size(), 1u);
}

TEST_F(WorkingTreeTest, ConflictsAreChanges)
{
  repo.write("a", "1");
  repo.write("b", "1");
  repo.commit("base");
  repo.run({"checkout", "-q", "-b", "side"});
  repo.write("a", "2");
  repo.remove("b");
  repo.commit("side");
  repo.run({"checkout", "-q", "main"});
  repo.write("a", "3");
  repo.write("b", "3");
  repo.commit("main");
  EXPECT_THROW(repo.run({"merge", "-q", "side"}), std::runtime_error);
  EXPECT_EQ(paths_of(changes().paths), (Paths{"a", "b"}));
  const auto files = Repository::open(repo.path()).files();
  ASSERT_EQ(files.size(), 2u);
  EXPECT_TRUE(files[0].digest.absent());
}

TEST_F(WorkingTreeTest, DetachedHeadAndLinkedWorktree)
{
  repo.write("a", "1");
  repo.commit("one");
  const std::string other = repo.sibling("other tree");
  repo.run({"worktree", "add", "-q", "--detach", other});
  std::ofstream(other + "/a") << "2";
  const Repository repository = Repository::open(other);
  EXPECT_EQ(repository.root(), other);
  EXPECT_EQ(paths_of(repository.changes({}).paths), (Paths{"a"}));
  EXPECT_THAT(changes().paths, IsEmpty());
}

TEST_F(WorkingTreeTest, OpensFromASubfolder)
{
  repo.write("deep/er/a", "1");
  repo.commit("one");
  repo.write("b", "1");
  const Repository repository = Repository::open(repo / "deep/er");
  EXPECT_EQ(repository.root(), repo.path());
  EXPECT_EQ(paths_of(repository.changes({}).paths), (Paths{"b"}));
}

TEST_F(WorkingTreeTest, SubmoduleCheckouts)
{
  const TempRepo library;
  library.write("l", "1");
  library.commit("one");
  repo.run({"submodule", "add", "-q", library.path(), "lib"});
  repo.commit("with library");
  const Repository repository = Repository::open(repo.path());
  EXPECT_EQ(to_hex(by_path(repository.files()).at("lib").digest), library.run({"rev-parse", "HEAD"}));

  repo.write("lib/untracked", "1");
  EXPECT_EQ(kind_at(repository.changes({}).paths, "lib"), ChangeKind::submodule);
  EXPECT_TRUE(by_path(repository.files()).at("lib").digest.absent());

  const std::string moved = library.commit("two");
  repo.remove("lib/untracked");
  repo.run_in(repo / "lib", {"pull", "-q"});
  EXPECT_EQ(kind_at(repository.changes({}).paths, "lib"), ChangeKind::submodule);
  EXPECT_EQ(to_hex(by_path(repository.files()).at("lib").digest), moved);
  EXPECT_EQ(Repository::open(repo / "lib").root(), repo / "lib");
}

TEST_F(WorkingTreeTest, SubmodulesInSubmodulesAndInLinkedWorktrees)
{
  const TempRepo inner, outer;
  inner.write("deep", "1");
  inner.commit("one");
  outer.run({"submodule", "add", "-q", inner.path(), "inner"});
  outer.commit("one");
  repo.run({"submodule", "add", "-q", outer.path(), "lib"});
  repo.commit("with library");
  const std::string linked = repo.sibling("linked");
  repo.run({"worktree", "add", "-q", linked});
  for (const std::string& root : {repo.path(), linked}) {
    const Repository repository = Repository::open(root);
    EXPECT_THAT(repository.changes({}).paths, testing::IsEmpty()) << "an empty folder is as good as a checkout";
    repo.run_in(root, {"submodule", "update", "-q", "--init", "--recursive"});
    EXPECT_THAT(repository.changes({}).paths, testing::IsEmpty());
    std::ofstream(root + "/lib/inner/deep") << "2";
    EXPECT_EQ(kind_at(repository.changes({}).paths, "lib"), ChangeKind::submodule);
    std::ofstream(root + "/lib/inner/deep") << "1";
    EXPECT_THAT(repository.changes({}).paths, testing::IsEmpty());
    repo.run_in(root + "/lib/inner", {"update-index", "--assume-unchanged", "deep"});
    std::ofstream(root + "/lib/inner/deep") << "3";
    EXPECT_EQ(kind_at(repository.changes({}).paths, "lib"), ChangeKind::submodule);
  }
}

TEST_F(WorkingTreeTest, WhatLiesInPlaceOfASubmoduleIsNotBelieved)
{
  const TempRepo library;
  library.write("l", "1");
  library.commit("one");
  repo.run({"submodule", "add", "-q", library.path(), "lib"});
  repo.commit("with library");
  const Repository repository = Repository::open(repo.path());
  const auto is_changed = [&] {
    const auto paths = paths_of(repository.changes({}).paths);
    EXPECT_EQ(by_path(repository.files()).at("lib").digest.absent(), !paths.empty());
    return paths == Paths{"lib"};
  };
  repo.remove("lib/.git");
  EXPECT_TRUE(is_changed()) << "files, and nothing that says of what";
  repo.write("lib/.git", "gitdir: " + library.path() + "/.git\n");
  EXPECT_TRUE(is_changed()) << "a repository elsewhere";
  repo.remove("lib");
  repo.run({"clone", "-q", library.path(), repo / "lib"});
  EXPECT_TRUE(is_changed()) << "a repository in its place";
  repo.remove("lib");
  std::filesystem::create_directory(repo / "lib");
  EXPECT_TRUE(paths_of(repository.changes({}).paths).empty());
  repo.remove("lib");
  EXPECT_EQ(kind_at(repository.changes({}).paths, "lib"), ChangeKind::deleted);
  repo.write("lib", "a file");
  EXPECT_EQ(kind_at(repository.changes({}).paths, "lib"), ChangeKind::type);
}

TEST_F(WorkingTreeTest, ARepositoryInsideIsOneUntrackedEntry)
{
  repo.commit("one");
  std::filesystem::create_directory(repo / "inner");
  repo.run_in(repo / "inner", {"init", "-q"});
  repo.write("inner/file", "1");
  EXPECT_THAT(changes().paths, ElementsAre(ChangedPath{ChangeKind::added, "inner", {}}));
}

TEST_F(WorkingTreeTest, OutsideARepositoryIsTheCallersError)
{
  const tests::TempDir dir;
  EXPECT_EQ(error_of([&] { Repository::open(dir.path()); }).kind(), ErrorKind::usage);
  EXPECT_EQ(error_of([&] { Repository::open(dir / "missing"); }).kind(), ErrorKind::usage);
  std::filesystem::create_directory(dir / ".git");
  EXPECT_EQ(error_of([&] { Repository::open(dir.path()); }).kind(), ErrorKind::world);
}

TEST_F(WorkingTreeTest, NothingIsWritten)
{
  repo.write("a", "1");
  repo.commit("one");
  repo.write("a", "1"); // stat data are stale: a refresh would write the index
  const auto before = std::filesystem::last_write_time(repo / ".git/index");
  (void)Repository::open(repo.path()).snapshot({});
  EXPECT_EQ(std::filesystem::last_write_time(repo / ".git/index"), before);
}

} // namespace
} // namespace sluice::git
