#include "tests/unit/git/git_fixture.h"

#include <gmock/gmock.h>

#include <sys/stat.h>

namespace sluice::git {
namespace {

using ::testing::ElementsAre;

class TreeFilesTest : public GitTest {
protected:
  std::map<std::string, TreeFile> files() const
  {
    let_index_age(repo, repo.path());
    return by_path(Repository::open(repo.path()).files());
  }
  std::string blob(const std::string& path) const { return repo.run({"rev-parse", "HEAD:" + path}); }
  TempRepo repo;
};

TEST_F(TreeFilesTest, VouchesOnlyForUnchangedTrackedFiles)
{
  repo.write("same", "1");
  repo.write("changed", "1");
  repo.write("gone", "1");
  repo.write("staged", "1");
  repo.write("tool", "#!/bin/sh\n");
  std::filesystem::permissions(repo / "tool", std::filesystem::perms::owner_all);
  repo.commit("base");
  repo.write("changed", "2");
  repo.remove("gone");
  repo.write("staged", "2");
  repo.run({"add", "staged"});
  repo.write("new", "1");

  const auto found = files();
  EXPECT_EQ(found.size(), 5u);
  EXPECT_EQ(to_hex(found.at("same").digest), blob("same"));
  EXPECT_TRUE(found.at("changed").digest.absent());
  EXPECT_EQ(to_hex(found.at("staged").digest), repo.run({"hash-object", "staged"}));
  EXPECT_TRUE(found.at("new").digest.absent());
  EXPECT_FALSE(found.at("new").tracked);
  EXPECT_TRUE(found.at("tool").executable);
  EXPECT_FALSE(found.at("same").executable);
}

// Where modes are not told apart, git calls this file what it was.
TEST_F(TreeFilesTest, AModeThatGitDoesNotLookAtIsLookedAt)
{
  repo.write("tool", "#!/bin/sh\n");
  std::filesystem::permissions(repo / "tool", std::filesystem::perms::owner_all);
  repo.commit("base");
  repo.run({"config", "core.fileMode", "False"});
  std::filesystem::permissions(repo / "tool", std::filesystem::perms::owner_read);
  repo.run({"status"});
  EXPECT_FALSE(files().at("tool").executable);
  EXPECT_TRUE(files().at("tool").digest.absent());
  repo.run({"config", "core.fileMode", "true"});
  EXPECT_FALSE(files().at("tool").executable);
}

TEST_F(TreeFilesTest, SortedByBytesAndEachOnce)
{
  for (const char* path : {"a/b", "a.b", "a0", "\xff", "z"}) repo.write(path, "1");
  repo.commit("base");
  for (const char* path : {"a-", "a/a", "b", "\xfe"}) repo.write(path, "1");
  std::vector<std::string> paths;
  for (const TreeFile& file : Repository::open(repo.path()).files()) paths.push_back(file.path);
  EXPECT_THAT(paths, ElementsAre("a-", "a.b", "a/a", "a/b", "a0", "b", "z", "\xfe", "\xff"));
}

TEST_F(TreeFilesTest, AssumeUnchangedDoesNotHideAChange)
{
  repo.write("a", "1");
  repo.write("b", "1");
  repo.write("gone", "1");
  repo.commit("base");
  repo.run({"update-index", "--assume-unchanged", "a", "b", "gone"});
  repo.write("a", "2");
  repo.remove("gone");
  ASSERT_EQ(git_status(repo, repo.path()), Paths{}) << "git itself does not hide it";

  const Repository repository = Repository::open(repo.path());
  EXPECT_EQ(paths_of(repository.changes({}).paths), (Paths{"a", "gone"}));
  EXPECT_FALSE(repository.clean());
  EXPECT_TRUE(files().at("a").digest.absent());
  EXPECT_TRUE(files().at("b").digest.absent());
  EXPECT_EQ(files().count("gone"), 0u);
}

TEST_F(TreeFilesTest, SkipWorktreeDoesNotHideAFileThatIsThere)
{
  repo.write("odd \"name\"\n", "1");
  repo.write("same", "1");
  repo.write("absent/file", "1");
  repo.commit("base");
  repo.run({"update-index", "--skip-worktree", "odd \"name\"\n", "same", "absent/file"});
  repo.write("odd \"name\"\n", "2");
  repo.remove("absent");
  EXPECT_EQ(paths_of(Repository::open(repo.path()).changes({}).paths), (Paths{"odd \"name\"\n"}));
  EXPECT_EQ(files().size(), 2u);
  EXPECT_TRUE(files().at("same").digest.absent());
}

// One blob can lie on disk with different bytes; then its id must not stand for them.
// git compares the time of an inode's change in whole seconds, and the rest can be set back.
TEST_F(TreeFilesTest, WhatChangedJustBeforeTheIndexWasWrittenIsNotVouchedFor)
{
  repo.write("file", "1");
  repo.commit("base");
  const auto now = by_path(Repository::open(repo.path()).files());
  EXPECT_TRUE(now.at("file").digest.absent());
  EXPECT_EQ(to_hex(files().at("file").digest), blob("file"));
}

TEST_F(TreeFilesTest, ConvertedContentIsNotVouchedFor)
{
  repo.write("dir/.gitattributes",
             "*.txt text eol=crlf\n*.bin -text\n*.auto text=auto\n*.pic binary\n*.big filter=none -text\n");
  repo.write("dir/a.txt", "line\n");
  for (const char* path : {"dir/a.bin", "dir/a.pic", "dir/a.auto", "dir/a.big"}) repo.write(path, "line\n");
  repo.write("other.txt", "line\n");
  repo.commit("base");
  repo.remove("dir/a.txt");
  repo.run({"checkout", "dir/a.txt"});
  ASSERT_NE(repo.run({"hash-object", "--no-filters", "dir/a.txt"}), blob("dir/a.txt"));
  ASSERT_EQ(git_status(repo, repo.path()), Paths{});
  const auto found = files();
  EXPECT_TRUE(found.at("dir/a.txt").digest.absent());
  EXPECT_FALSE(found.at("dir/a.bin").digest.absent());
  EXPECT_FALSE(found.at("dir/a.pic").digest.absent());
  EXPECT_TRUE(found.at("dir/a.auto").digest.absent());
  EXPECT_TRUE(found.at("dir/a.big").digest.absent());
  EXPECT_FALSE(found.at("other.txt").digest.absent());
}

TEST_F(TreeFilesTest, ConfiguredConversionsAreNotVouchedForEither)
{
  repo.write("a.txt", "line\n");
  repo.commit("base");
  EXPECT_FALSE(files().at("a.txt").digest.absent());
  repo.run({"config", "core.autocrlf", "true"});
  EXPECT_TRUE(files().at("a.txt").digest.absent());
  repo.run({"config", "core.autocrlf", "false"});
  repo.write(".git/info/attributes", "*.txt ident\n");
  EXPECT_TRUE(files().at("a.txt").digest.absent());
}

TEST_F(TreeFilesTest, AttributesThatConvertNothingCostNothing)
{
  repo.write(".gitattributes", "*.h linguist-language=C++\n*.png -diff\n");
  repo.write("a.h", "x\n");
  repo.commit("base");
  EXPECT_FALSE(files().at("a.h").digest.absent());
}

TEST_F(TreeFilesTest, LinksAreListedByTheirTarget)
{
  repo.write("target", "1");
  std::filesystem::create_symlink("target", repo / "link");
  std::filesystem::create_symlink("nowhere", repo / "dangling");
  repo.commit("base");
  EXPECT_EQ(to_hex(files().at("link").digest), blob("link"));
  EXPECT_EQ(files().count("dangling"), 1u);
  repo.remove("link");
  repo.write("link", "target"); // the same bytes, but a file
  EXPECT_EQ(kind_at(Repository::open(repo.path()).changes({}).paths, "link"), ChangeKind::type);
  EXPECT_TRUE(files().at("link").digest.absent());
}

TEST_F(TreeFilesTest, ASubmoduleThatIsNotCheckedOutHasNoDigest)
{
  const TempRepo library;
  library.write("l", "1");
  library.commit("one");
  repo.run({"submodule", "add", "-q", library.path(), "lib"});
  repo.commit("with library");
  const std::string clone = repo.sibling("clone");
  repo.run({"clone", "-q", repo.path(), clone});
  EXPECT_TRUE(by_path(Repository::open(clone).files()).at("lib").digest.absent());
}

} // namespace
} // namespace sluice::git
