// Marks of a tool that are stripped, moved or contradicted. What was once known of a content stays known.
#include "tests/attack/guarded_project.h"

#include <gmock/gmock.h>

namespace sluice::tests {

namespace {

using testing::HasSubstr;

constexpr const char* k_by_ai = "A change\n\nCo-Authored-By: Claude <noreply@anthropic.com>\n";

class Marks : public GuardedProject {
protected:
  std::string authorship(std::vector<std::string> words)
  {
    words.insert(words.begin(), "authorship");
    return project_.sluice().command(words).out;
  }
  enum class Content { none, another };
  void commit_by_hand(int count, Content content)
  {
    std::string stream;
    for (int i = 0; i < count; ++i) {
      stream += "commit refs/heads/change\ncommitter Ada <ada@example.org> 1700100000 +0000\n"
                "data <<END\nBy hand\n\nAuthorship: human\nEND\n";
      if (i == 0) stream += "from refs/heads/change^0\n";
      if (content == Content::another)
        stream += "M 100644 inline more.txt\ndata <<END\n" + std::to_string(i) + "\nEND\n\n";
    }
    const std::string file = project_.sibling("stream");
    std::ofstream(file) << stream;
    const auto [code, text] =
      shell("cd " + shell_quoted(project_.path()) + " && git fast-import --quiet <" + shell_quoted(file));
    ASSERT_EQ(code, 0) << text;
    project_.TempRepo::run({"reset", "-q", "--hard", "change"});
  }
  // A commit by a tool that was judged once: refused, since the required test was left out.
  void judged_once()
  {
    project_.write("new.txt", "x");
    project_.commit(k_by_ai);
    ASSERT_EQ(judge({"--filter", "two"}).code, 3);
  }
};

// Attack: the trailer is taken out by an amend after the first refusal.
TEST_F(Marks, StrippedByAnAmendAreRemembered)
{
  judged_once();
  project_.TempRepo::run({"commit", "-q", "--amend", "-m", "A change"});
  EXPECT_EQ(judge({"--filter", "two"}).code, 3);
  EXPECT_THAT(authorship({"main..HEAD"}), HasSubstr("kept_verdict"));
}

// Attack: the same content on another base.
TEST_F(Marks, StrippedByARebaseAreRemembered)
{
  judged_once();
  project_.TempRepo::run({"checkout", "-q", "main"});
  project_.write("other.txt", "y");
  project_.commit("Meanwhile");
  project_.TempRepo::run({"checkout", "-q", "-b", "again"});
  project_.write("new.txt", "x");
  project_.commit("A change");
  EXPECT_EQ(judge({"--filter", "two"}).code, 3);
}

// Attack: the same, beside an attribute that has git take the difference for another one.
TEST_F(Marks, StrippedByARebaseBesideAnAttributeAreRemembered)
{
  project_.write("text.txt", "one\ntwo\n");
  project_.commit(k_by_ai);
  ASSERT_EQ(judge({"--filter", "two"}).code, 3);
  project_.TempRepo::run({"checkout", "-q", "main"});
  project_.write("other.txt", "y");
  project_.commit("Meanwhile");
  project_.TempRepo::run({"checkout", "-q", "-b", "again"});
  project_.write("text.txt", "one\ntwo\n");
  project_.commit("A change\n\nAuthorship: human\n");
  project_.write(".gitattributes", "* -diff\n");
  project_.commit("Attributes\n\nAuthorship: human\n");
  EXPECT_EQ(judge({"--filter", "two"}).code, 3);
}

// Attack: several commits, one of them by a tool, become one without a mark.
TEST_F(Marks, StrippedByASquashAreRemembered)
{
  project_.write("by-hand.txt", "x");
  project_.commit("By hand");
  judged_once();
  project_.TempRepo::run({"reset", "-q", "--soft", "main"});
  project_.commit("All of it");
  EXPECT_EQ(judge({"--filter", "two"}).code, 3);
}

// Attack: a squash whose request's commits are still there.
TEST_F(Marks, OfTheCommitsBehindASquashCount)
{
  project_.write("new.txt", "x");
  const std::string head = project_.commit(k_by_ai);
  project_.TempRepo::run({"update-ref", "refs/pull/7/head", head});
  project_.TempRepo::run({"reset", "-q", "--soft", "main"});
  project_.commit("A change (#7)");
  EXPECT_EQ(judge({"--filter", "two"}).code, 3);
}

// Attack: the commit declares that a person wrote it, and its account on the platform is an agent's.
TEST_F(Marks, ADeclarationDoesNotOutweighThePlatform)
{
  project_.write("new.txt", "x");
  project_.commit("A change\n\nAuthorship: human\n");
  const std::string event = project_.sibling("event.json");
  std::ofstream(event) << R"({"pull_request":{"user":{"login":"Copilot","id":198982749}}})";
  EXPECT_EQ(judge({"--filter", "two"}).code, 0);
  EXPECT_EQ(judge({"--filter", "two", "--event", event}).code, 3);
  EXPECT_EQ(judge({"--event", project_.sibling("none.json")}).code, 2);
}

// Attack: a note that attests nothing is put on a commit with a mark.
TEST_F(Marks, ANoteTakesNothingAway)
{
  project_.write("new.txt", "x");
  project_.commit(k_by_ai);
  project_.TempRepo::run({"notes", "--ref=ai", "add", "-m", "---\n{}"});
  EXPECT_EQ(judge({"--filter", "two"}).code, 3);
}

TEST_F(Marks, ANoteThatResolvesCounts)
{
  project_.write("new.txt", "x");
  project_.commit("A change");
  project_.TempRepo::run({"notes", "--ref=ai", "add", "-m",
                          "new.txt\n  s_0123456789abcd::t_0123456789abcd 1\n---\n"
                          R"({"prompts":{},"sessions":{"s_0123456789abcd":{"agent_id":{"tool":"droid"}}}})"});
  EXPECT_EQ(judge({"--filter", "two"}).code, 3);
  const std::string json = authorship({"--json", "HEAD~1..HEAD"});
  EXPECT_THAT(json, HasSubstr(R"("authorship":"ai","tool":"Factory Droid","evidence":[{"grade":"resolved_note")"));
}

// Attack: a mailmap turns the agent into a person.
TEST_F(Marks, AMailmapRenamesNobody)
{
  project_.write(".mailmap", "Ada Lovelace <ada@example.org> Claude <noreply@anthropic.com>\n");
  project_.TempRepo::run({"add", "--all"});
  project_.commit_staged("A change", {"Claude", "noreply@anthropic.com"});
  EXPECT_EQ(judge({"--filter", "two"}).code, 3);
}

// Attack: the amended commit lies below more commits than anyone looks up.
TEST_F(Marks, StrippedBelowManyCommitsAreRemembered)
{
  judged_once();
  project_.TempRepo::run({"commit", "-q", "--amend", "-m", "A change\n\nAuthorship: human\n"});
  commit_by_hand(501, Content::none);
  EXPECT_EQ(judge({"--filter", "two"}).code, 3);
  commit_by_hand(501, Content::another);
  const SluiceResult run = judge({"--filter", "two"});
  EXPECT_EQ(run.code, 3) << run.out << run.err;
  EXPECT_THAT(run.junit + run.out, HasSubstr("beyond the newest 500 commits"));
}

// Attack: it lies below them when it is judged, and no more when it is judged without its mark.
TEST_F(Marks, FoundBelowManyCommitsAreRemembered)
{
  project_.write("new.txt", "x");
  project_.commit(k_by_ai);
  const std::string marked = project_.TempRepo::run({"rev-parse", "HEAD"});
  commit_by_hand(501, Content::none);
  ASSERT_EQ(judge({"--filter", "two"}).code, 3);
  project_.TempRepo::run({"reset", "-q", "--hard", marked});
  project_.TempRepo::run({"commit", "-q", "--amend", "-m", "A change\n\nAuthorship: human\n"});
  EXPECT_EQ(judge({"--filter", "two"}).code, 3);
}

// Attack: the mark is in an old commit of the branch, the newest is clean.
TEST_F(Marks, OfEveryCommitOfTheBranchCount)
{
  project_.write("new.txt", "x");
  project_.commit(k_by_ai);
  for (int i = 0; i < 5; ++i) project_.commit("By hand\n\nAuthorship: human\n");
  EXPECT_EQ(judge({"--filter", "two"}).code, 3);
}

} // namespace

} // namespace sluice::tests
