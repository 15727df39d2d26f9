// Clones that do not have everything: what is missing widens, and the remedy that is named mends it.
#include "tests/unit/git/git_fixture.h"

#include <gmock/gmock.h>

namespace sluice::git {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class ClonesTest : public GitTest {
protected:
  ClonesTest()
  {
    origin.write("a", "0");
    origin.commit("zero");
    origin.write("a", "only\nthe\nfork\nhas this\n");
    fork = origin.commit("fork");
    origin.run({"checkout", "-q", "-b", "topic"});
    origin.write("b", "1");
    origin.commit("topic one");
    origin.write("c", "1");
    topic = origin.commit("topic two");
    origin.run({"checkout", "-q", "main"});
    origin.write("a", "2");
    main = origin.commit("main goes on");
    clone = origin.sibling("clone");
  }
  void make_clone(std::vector<std::string> options) const
  {
    origin.run({"config", "uploadpack.allowFilter", "true"});
    options.insert(options.begin(), {"clone", "-q"});
    options.push_back("file://" + origin.path());
    options.push_back(clone);
    origin.run(options);
  }
  // Runs the remedy word by word, as a person would paste it.
  void mend(const Incompleteness& missing) const
  {
    ASSERT_THAT(missing.mend, StartsWith("git "));
    std::vector<std::string> words;
    std::istringstream text(missing.mend.substr(4));
    for (std::string word; text >> word;) words.push_back(word);
    origin.run_in(clone, words);
  }
  ChangeSet changes(const std::string& base, const std::string& head) const
  {
    return Repository::open(clone).changes({base, head});
  }

  TempRepo origin;
  std::string fork, topic, main, clone;
};

TEST_F(ClonesTest, AMissingMergeBaseIsNamedAndFetched)
{
  make_clone({"--depth=1", "--no-single-branch", "-b", "topic"});
  const ChangeSet set = changes("origin/main", "HEAD");
  ASSERT_EQ(set.incomplete.size(), 1u);
  EXPECT_EQ(set.merge_base, "");
  EXPECT_EQ(paths_of(set.paths), (Paths{"a", "b", "c"})) << "base tree against head tree";
  EXPECT_THAT(set.incomplete[0].what, HasSubstr("shallow"));
  mend(set.incomplete[0]);
  const ChangeSet mended = changes("origin/main", "HEAD");
  EXPECT_THAT(mended.incomplete, IsEmpty());
  EXPECT_EQ(mended.merge_base, fork);
  EXPECT_EQ(paths_of(mended.paths), (Paths{"b", "c"}));
}

// A pipeline knows the base's id, but its clone has nothing of it.
TEST_F(ClonesTest, ABaseThatIsNotHereIsFetchedById)
{
  make_clone({"--depth=1", "-b", "topic"});
  const ChangeSet set = changes(main, {});
  ASSERT_EQ(set.incomplete.size(), 1u);
  EXPECT_EQ(set.base, main);
  EXPECT_FALSE(set.commits.empty());
  mend(set.incomplete[0]);
  EXPECT_THAT(changes(main, {}).incomplete, IsEmpty());
  EXPECT_EQ(changes(main, {}).merge_base, fork);
}

TEST_F(ClonesTest, ABaseByNameThatIsNotHereIsAnErrorWithTheRemedy)
{
  make_clone({"--depth=1", "-b", "topic"});
  const Error error = error_of([&] { changes("origin/main", "HEAD"); });
  EXPECT_EQ(error.kind(), ErrorKind::usage);
  EXPECT_THAT(error.next(), HasSubstr("git fetch --unshallow origin"));
}

TEST_F(ClonesTest, TheParentOfAShallowCommitIsNotNothing)
{
  make_clone({"--depth=1", "-b", "topic"});
  const ChangeSet set = changes({}, "HEAD");
  ASSERT_EQ(set.incomplete.size(), 1u);
  EXPECT_FALSE(set.base.empty());
  mend(set.incomplete[0]);
  EXPECT_EQ(paths_of(changes({}, "HEAD").paths), (Paths{"c"}));
}

// A common ancestor can be seen, but not the nearest one: the way to that is cut off on one side.
TEST_F(ClonesTest, AShallowBoundaryOnTheWayIsIncomplete)
{
  origin.run({"checkout", "-q", "-b", "old", fork + "~1"});
  origin.write("d", "1");
  origin.commit("from an older ancestor");
  origin.run({"checkout", "-q", "topic"});
  origin.run({"merge", "-q", "-m", "merge", "old"});
  make_clone({"--no-single-branch", "-b", "topic"});
  EXPECT_EQ(changes("origin/main", "HEAD").merge_base, fork);

  std::ofstream(clone + "/.git/shallow") << topic << "\n";
  const ChangeSet set = changes("origin/main", "HEAD");
  EXPECT_EQ(set.merge_base, origin.run({"rev-parse", fork + "~1"}));
  EXPECT_EQ(paths_of(set.paths), (Paths{"a", "b", "c", "d"}));
  ASSERT_EQ(set.incomplete.size(), 1u);
  EXPECT_THAT(set.incomplete[0].what, HasSubstr("shallow"));
}

TEST_F(ClonesTest, DeepEnoughIsComplete)
{
  make_clone({"--depth=3", "--no-single-branch", "-b", "topic"});
  const ChangeSet set = changes("origin/main", "HEAD");
  EXPECT_THAT(set.incomplete, IsEmpty());
  EXPECT_EQ(set.merge_base, fork);
  EXPECT_EQ(paths_of(set.paths), (Paths{"b", "c"}));
}

TEST_F(ClonesTest, TreesThatCannotBeFetchedWiden)
{
  make_clone({"--filter=tree:0", "-b", "topic"});
  origin.run_in(clone, {"remote", "set-url", "origin", "file:///nowhere"});
  const ChangeSet set = changes("origin/main", "HEAD");
  ASSERT_EQ(set.incomplete.size(), 1u);
  EXPECT_EQ(set.merge_base, fork);
  origin.run_in(clone, {"remote", "set-url", "origin", "file://" + origin.path()});
  mend(set.incomplete[0]);
  EXPECT_EQ(paths_of(changes("origin/main", "HEAD").paths), (Paths{"b", "c"}));
}

TEST_F(ClonesTest, APartialCloneIsComparedWithoutFetchingContents)
{
  origin.run({"checkout", "-q", "topic"});
  origin.remove("a");
  origin.write("similar to a", "only\nthe\nfork\nhad this\n");
  origin.commit("a rename, perhaps");
  origin.run({"checkout", "-q", "main"});
  make_clone({"--filter=blob:none", "-b", "topic"});
  origin.run_in(clone, {"remote", "set-url", "origin", "file:///nowhere"});
  const ChangeSet set = changes("origin/main", "HEAD");
  EXPECT_THAT(set.incomplete, IsEmpty());
  EXPECT_EQ(paths_of(set.paths), (Paths{"a", "b", "c", "similar to a"}));
}

} // namespace
} // namespace sluice::git
