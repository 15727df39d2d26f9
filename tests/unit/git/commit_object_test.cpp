#include "adapters/git/commit_object.h"

#include "model/error.h"

#include <gtest/gtest.h>

namespace sluice::git {
namespace {

using namespace std::string_literals;

TEST(CommitObject, KeepsRawBytesOfNamesAndMessage)
{
  const auto parsed = parse_commit("id", "tree t\nparent p1\nparent p2\n"
                                         "author J\xf6rg  <j@x> 1700000000 +0100\n"
                                         "committer C <c@y> 1700000001 -0500\n"
                                         "encoding ISO-8859-1\n\nBetreff\n\nK\xf6rper\n\n");
  EXPECT_EQ(parsed.tree, "t");
  EXPECT_EQ(parsed.commit.parents, (std::vector<std::string>{"p1", "p2"}));
  EXPECT_EQ(parsed.commit.author, (Identity{"J\xf6rg", "j@x"}));
  EXPECT_EQ(parsed.commit.committer, (Identity{"C", "c@y"}));
  EXPECT_EQ(parsed.commit.author_time, 1700000000);
  EXPECT_EQ(parsed.commit.message, "Betreff\n\nK\xf6rper\n\n");
}

// A signature or a merged tag stands inside the header; what it says must not count as the commit's own words.
TEST(CommitObject, ContinuationLinesAreNotHeaders)
{
  const auto parsed = parse_commit("id", "tree t\nauthor A <a> 1 +0000\ncommitter C <c> 2 +0000\n"
                                         "mergetag object x\n author Bot <bot@x> 3 +0000\n \n parent q\n"
                                         "gpgsig -----BEGIN\n tree u\n\nmessage");
  EXPECT_EQ(parsed.tree, "t");
  EXPECT_TRUE(parsed.commit.parents.empty());
  EXPECT_EQ(parsed.commit.author.name, "A");
  EXPECT_EQ(parsed.commit.message, "message");
}

TEST(CommitObject, SecondAuthorLineDoesNotReplaceTheFirst)
{
  const auto parsed = parse_commit("id", "tree t\nauthor Bot <bot@x> 1 +0000\nauthor Human <h@x> 1 +0000\n\n");
  EXPECT_EQ(parsed.commit.author.name, "Bot");
}

TEST(CommitObject, MalformedLinesAreKeptAsFarAsTheyGo)
{
  EXPECT_EQ(parse_commit("id", "author nobody at all\n\nm").commit.author.name, "nobody at all");
  EXPECT_EQ(parse_commit("id", "author A <a@b> never\n\nm").commit.author_time, 0);
  EXPECT_EQ(parse_commit("id", "author A <x> <a@b> 5 +0000\n\n").commit.author.email, "x> <a@b");
  EXPECT_EQ(parse_commit("id", "").commit.message, "");
}

TEST(Batch, SeparatesObjectsBySizeNotByText)
{
  const std::string content = "ab\nc commit 3\n";
  const std::string output =
    "1 commit " + std::to_string(content.size()) + "\n" + content + "\nx missing\n2 blob 0\n\n";
  const auto objects = parse_batch(output);
  ASSERT_EQ(objects.size(), 3u);
  EXPECT_EQ(objects[0]->content, content);
  EXPECT_FALSE(objects[1]);
  EXPECT_EQ(objects[2]->id, "2");
}

TEST(Batch, CutShortIsAnError)
{
  EXPECT_THROW(parse_batch("1 commit 10\nabc"), Error);
  EXPECT_THROW(parse_batch("1 commit 3\nabc"), Error);
  EXPECT_THROW(parse_batch("1 commit -3\nabc\n"), Error);
  EXPECT_THROW(parse_batch("garbage\n"), Error);
}

} // namespace
} // namespace sluice::git
