#include "tests/unit/git/git_fixture.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace sluice::git {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CommitRangeTest : public GitTest {
protected:
  ChangeSet changes(const std::string& base, const std::string& head) const
  {
    return Repository::open(repo.path()).changes({base, head});
  }
  TempRepo repo;
};

TEST_F(CommitRangeTest, ComparesFromTheMergeBase)
{
  repo.write("a", "1");
  const std::string fork = repo.commit("fork");
  repo.run({"checkout", "-q", "-b", "topic"});
  repo.write("b", "1");
  const std::string head = repo.commit("topic", {"Bot", "bot@example.org"});
  repo.run({"checkout", "-q", "main"});
  repo.write("a", "2");
  const std::string base = repo.commit("main goes on");

  const ChangeSet set = changes("main", "topic");
  EXPECT_EQ(set.base, base);
  EXPECT_EQ(set.head, head);
  EXPECT_EQ(set.merge_base, fork);
  EXPECT_EQ(set.base_tree, repo.run({"rev-parse", fork + "^{tree}"}));
  EXPECT_EQ(set.head_tree, repo.run({"rev-parse", "topic^{tree}"}));
  EXPECT_EQ(paths_of(set.paths), (Paths{"b"}));
  ASSERT_EQ(set.commits.size(), 1u);
  EXPECT_EQ(set.commits[0].author, (Identity{"Bot", "bot@example.org"}));
  EXPECT_FALSE(set.includes_working_tree);
  EXPECT_THAT(set.incomplete, IsEmpty());
}

TEST_F(CommitRangeTest, NamesEveryKindOfChange)
{
  repo.write("changed", "1");
  repo.write("gone", "gone\n");
  repo.write("moved", std::string(1000, 'm'));
  repo.write("tool", "#!/bin/sh\n");
  repo.write("becomes-link", "x");
  repo.commit("base");
  repo.write("changed", "2");
  repo.write("new", "n");
  repo.remove("gone");
  repo.rename("moved", "dir/moved to");
  std::filesystem::permissions(repo / "tool", std::filesystem::perms::owner_all);
  repo.remove("becomes-link");
  std::filesystem::create_symlink("tool", repo / "becomes-link");
  repo.commit("head");

  EXPECT_THAT(
    changes("HEAD~1", "HEAD").paths,
    ElementsAre(ChangedPath{ChangeKind::type, "becomes-link", {}}, ChangedPath{ChangeKind::modified, "changed", {}},
                ChangedPath{ChangeKind::renamed, "dir/moved to", "moved"}, ChangedPath{ChangeKind::deleted, "gone", {}},
                ChangedPath{ChangeKind::added, "new", {}}, ChangedPath{ChangeKind::mode, "tool", {}}));
}

TEST_F(CommitRangeTest, PathsAreRawBytes)
{
  repo.commit("empty");
  const Paths odd = {"a b", "quote\"d", "new\nline", "\xff\xfe", "t\tab", "-rf", ":(top)x", "back\\slash", "*"};
  for (const std::string& path : odd) repo.write(path, "x");
  repo.commit("odd");
  EXPECT_EQ(paths_of(changes("HEAD~1", "HEAD").paths), odd);
}

TEST_F(CommitRangeTest, WithoutBaseTheFirstParentCounts)
{
  repo.write("a", "1");
  repo.commit("base");
  repo.run({"checkout", "-q", "-b", "side"});
  repo.write("b", "1");
  repo.commit("side");
  repo.run({"checkout", "-q", "main"});
  repo.write("c", "1");
  const std::string first_parent = repo.commit("main");
  repo.run({"merge", "-q", "--no-ff", "-m", "merge", "side"});

  const ChangeSet set = changes({}, "HEAD");
  EXPECT_EQ(set.base, first_parent);
  EXPECT_EQ(paths_of(set.paths), (Paths{"b"}));
  EXPECT_EQ(set.commits.size(), 2u); // the merge and what it brought
  EXPECT_EQ(set.commits[0].parents.size(), 2u);
}

TEST_F(CommitRangeTest, OfTheFirstCommitEverythingIsNew)
{
  repo.write("a", "1");
  repo.commit("first");
  const ChangeSet set = changes({}, "HEAD");
  EXPECT_EQ(set.base, "");
  EXPECT_EQ(set.base_tree, "");
  EXPECT_THAT(set.paths, ElementsAre(ChangedPath{ChangeKind::added, "a", {}}));
  EXPECT_EQ(set.commits.size(), 1u);
  EXPECT_THAT(set.incomplete, IsEmpty());
}

// Criss-cross: seen from each of the two merge bases another path is unchanged; both have to count.
TEST_F(CommitRangeTest, SeveralMergeBasesHideNothing)
{
  repo.write("a", "0");
  repo.write("b", "0");
  repo.commit("root");
  repo.run({"checkout", "-q", "-b", "left"});
  repo.write("a", "1");
  const std::string left = repo.commit("left");
  repo.run({"checkout", "-q", "-b", "right", "main"});
  repo.write("b", "1");
  const std::string right = repo.commit("right");
  repo.run({"merge", "-q", "-m", "x", left});
  repo.run({"checkout", "-q", "left"});
  repo.run({"merge", "-q", "-m", "x", right});

  const ChangeSet set = changes("right", "left");
  EXPECT_EQ(set.merge_base, repo.run({"merge-base", "right", "left"}));
  EXPECT_THAT(set.other_merge_bases, ElementsAre(set.merge_base == left ? right : left));
  EXPECT_EQ(paths_of(set.paths), (Paths{"a", "b"}));
  EXPECT_THAT(set.incomplete, IsEmpty());
}

// The same content in git, another on disk: attributes of any level, and macros.
TEST_F(CommitRangeTest, WhatGitWritesInAnotherWayHasChanged)
{
  repo.write("a.sh", "1\n");
  repo.write("sub/b.sh", "1\n");
  repo.write("sub/c.txt", "1\n");
  repo.commit("one");
  repo.write("sub/.gitattributes", "*.sh eol=crlf\n");
  repo.commit("two");
  ChangeSet set = changes("HEAD~1", "HEAD");
  EXPECT_THAT(set.paths, ElementsAre(ChangedPath{ChangeKind::added, "sub/.gitattributes", {}},
                                     ChangedPath{ChangeKind::conversion, "sub/b.sh", {}}));

  repo.write(".gitattributes", "[attr]odd working-tree-encoding=UTF-7\na.sh odd diff=perl\n");
  repo.rename("sub/.gitattributes", "sub/kept");
  repo.commit("three");
  set = changes("HEAD~1", "HEAD");
  EXPECT_EQ(paths_of(set.paths), (Paths{".gitattributes", "a.sh", "sub/.gitattributes", "sub/b.sh", "sub/kept"}));

  repo.write(".gitattributes", "[attr]odd working-tree-encoding=UTF-7\na.sh odd\nsub/* diff=perl\n");
  repo.commit("no attribute that converts");
  EXPECT_EQ(paths_of(changes("HEAD~1", "HEAD").paths), (Paths{".gitattributes"}));
  EXPECT_EQ(repo.run({"status", "--porcelain"}), "");
}

TEST_F(CommitRangeTest, UnrelatedHistoriesAreComparedAndIncomplete)
{
  repo.write("a", "1");
  repo.commit("one");
  repo.run({"checkout", "-q", "--orphan", "other"});
  repo.write("b", "1");
  repo.commit("two");
  const ChangeSet set = changes("main", "other");
  EXPECT_EQ(set.merge_base, "");
  EXPECT_EQ(paths_of(set.paths), (Paths{"b"}));
  EXPECT_EQ(set.incomplete.size(), 1u);
}

TEST_F(CommitRangeTest, AMissingRevisionIsTheCallersError)
{
  repo.commit("one");
  for (const char* revision : {"nowhere", "--all", "HEAD~7", "deadbeef", "HEAD:", "a..b", "-1", "HEAD --"}) {
    EXPECT_EQ(error_of([&] { changes(revision, "HEAD"); }).kind(), ErrorKind::usage) << revision;
    EXPECT_EQ(error_of([&] { changes("HEAD", revision); }).kind(), ErrorKind::usage) << revision;
    EXPECT_FALSE(Repository::open(repo.path()).resolve(revision)) << revision;
  }
  EXPECT_EQ(error_of([&] { changes(std::string(40, 'a'), "HEAD"); }).kind(), ErrorKind::usage);
}

TEST_F(CommitRangeTest, RevisionsMeanWhatGitMeans)
{
  repo.write("a", "1");
  repo.commit("one");
  repo.run({"tag", "-a", "-m", "t", "v1"});
  repo.write("a", "2");
  repo.commit("two: subject");
  repo.run({"branch", "HEAD-like"});
  const Repository repository = Repository::open(repo.path());
  for (const char* revision : {"HEAD", "main", "v1", "HEAD~1", "HEAD^", "@", "refs/heads/main", "main@{0}", ":/one",
                               "HEAD^{/one}", "v1^{}", "v1-1-g", "HEAD-like", "heads/main"}) {
    std::string name = revision;
    if (name == "v1-1-g") name += repo.run({"rev-parse", "--short", "HEAD"});
    EXPECT_EQ(repository.resolve(name), repo.run({"log", "-1", "--format=%H", name, "--"})) << name;
  }
}

TEST_F(CommitRangeTest, CommitBytesStayAsTheyAre)
{
  repo.commit("base");
  repo.run({"config", "i18n.commitEncoding", "ISO-8859-1"});
  repo.commit("K\xf6rper\n\nCo-authored-by: X <x@y>\n\n", {"J\xf6rg", "j@x"});
  const Commit commit = changes({}, "HEAD").commits.at(0);
  EXPECT_EQ(commit.author.name, "J\xf6rg");
  EXPECT_EQ(commit.message, "K\xf6rper\n\nCo-authored-by: X <x@y>\n\n");
  EXPECT_GT(commit.author_time, 1700000000);
}

TEST_F(CommitRangeTest, CommitsAreNewestFirst)
{
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(repo.commit("c"));
  std::vector<std::string> found;
  for (const Commit& commit : changes("HEAD~3", "HEAD").commits) found.push_back(commit.id);
  EXPECT_THAT(found, ElementsAre(ids[4], ids[3], ids[2]));
}

TEST_F(CommitRangeTest, ASubmodulePointerThatMovedIsAChange)
{
  const TempRepo library;
  library.write("l", "1");
  library.commit("one");
  repo.run({"submodule", "add", "-q", library.path(), "lib"});
  repo.commit("with library");
  library.write("l", "2");
  library.commit("two");
  repo.run_in(repo / "lib", {"pull", "-q"});
  repo.commit("library moves");
  // The tree under test must not be able to switch this off.
  repo.run({"config", "-f", ".gitmodules", "submodule.lib.ignore", "all"});
  repo.run({"config", "diff.ignoreSubmodules", "all"});
  repo.run({"add", ".gitmodules"});
  repo.commit_staged("ignore", {});
  EXPECT_EQ(kind_at(changes("HEAD~2", "HEAD").paths, "lib"), ChangeKind::submodule);
}

TEST_F(CommitRangeTest, ReadsFilesAsOfARevision)
{
  repo.write("a b/c", std::string("bytes\0\xff", 7));
  repo.commit("one");
  repo.write("a b/c", "later");
  repo.write(":(top)x*", "odd");
  repo.commit("two");
  const Repository repository = Repository::open(repo.path());
  EXPECT_EQ(repository.read("HEAD~1", "a b/c"), std::string("bytes\0\xff", 7));
  EXPECT_EQ(repository.read("HEAD", "a b/c"), "later");
  EXPECT_EQ(repository.read("HEAD", ":(top)x*"), "odd");
  for (const char* absent : {"a b", "nothing", "", "a b/", "a b/c/", "a b/c/d", "../x", "*"})
    EXPECT_FALSE(repository.read("HEAD", absent)) << absent;
  EXPECT_EQ(error_of([&] { (void)repository.read("nowhere", "a"); }).kind(), ErrorKind::usage);
}

TEST_F(CommitRangeTest, TreesCanBeComparedWithoutCommits)
{
  repo.write("a", "1");
  repo.commit("one");
  const std::string tree = repo.run({"rev-parse", "HEAD^{tree}"});
  repo.write("b", "1");
  repo.commit("two");
  const Repository repository = Repository::open(repo.path());
  EXPECT_EQ(paths_of(repository.changes_between(tree, "HEAD").value()), (Paths{"b"}));
  EXPECT_THAT(repository.changes_between(tree, tree).value(), IsEmpty());
  EXPECT_FALSE(repository.changes_between(std::string(40, '1'), "HEAD"));
}

} // namespace
} // namespace sluice::git
