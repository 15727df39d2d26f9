// Histories that leave the base in more places than one: criss-cross merges let an author choose where.
#include "tests/attack/required_suite.h"

namespace sluice::tests {

namespace {

using testing::HasSubstr;

// The base gains a test, and then merges a branch that left it before and is younger. The change merges that branch by
// itself, so that git knows two merge bases and names first the one that does not have the test.
class Bases : public Required {
protected:
  void SetUp() override
  {
    Required::SetUp();
    git({"checkout", "-q", "main"});
    left_ = git({"rev-parse", "HEAD"});
    project_.test("secret", "test \"$(cat value 2>/dev/null)\" != broken\n");
    with_test_ = project_.commit("A test more");
    git({"checkout", "-q", "-b", "other", left_});
    project_.write("README.md", "words\n");
    project_.commit("Words");
    git({"checkout", "-q", "main"});
    git({"merge", "-q", "--no-ff", "-m", "Merge other", "other"});
    git({"checkout", "-q", "-B", "change", with_test_});
    git({"merge", "-q", "--no-ff", "--no-commit", "other"});
  }
  std::string git(const std::vector<std::string>& words) const { return project_.TempRepo::run(words); }
  SluiceResult judge() const { return project_.run({"--base", "main", "--head", "HEAD"}); }
  std::string left_, with_test_;
};

// Honest: nothing is gone, and the base's tests are the same wherever the change left it.
TEST_F(Bases, Control)
{
  project_.write("new.txt", "x");
  project_.commit("A change");
  ASSERT_NE(git({"merge-base", "--all", "main", "HEAD"}).find('\n'), std::string::npos);
  const SluiceResult run = judge();
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_THAT(project_.sluice().command({"plan", "--base", "main", "--head", "HEAD"}).out,
              HasSubstr("several merge bases"));
}

// Attack: the change leaves the base before there was the suite, and brings tests of matching names.
TEST_F(Bases, ASuiteThatTheBaseHasGainedIsMetByTestsOfTheChange)
{
  git({"merge", "--abort"});
  git({"checkout", "-q", "main"});
  project_.test("late-one", "! test -e broken\n");
  project_.write("sluice.policy.toml", "[[suite]]\nname = \"late\"\ntests = [\"t:cases/late*\"]\n"
                                       "[[rule]]\nname = \"late\"\nrequire = { suites = [\"late\"] }\n");
  project_.commit("A suite");
  git({"checkout", "-q", "-B", "change", left_});
  project_.write("broken", "x");
  project_.test("late-two", "exit 0\n");
  project_.commit("A change");
  const SluiceResult run = judge();
  EXPECT_EQ(run.code, 3) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("did not have where the change left it: rebase the change"));
}

TEST_F(Bases, ATestThatOneOfThemDoesNotHaveIsDeleted)
{
  project_.remove("cases/secret.sh");
  project_.commit("A change");
  ASSERT_NE(git({"merge-base", "main", "HEAD"}), with_test_) << "git names the base with the test: no attack";
  const SluiceResult run = judge();
  EXPECT_EQ(run.code, 3) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("t:cases/secret.sh: was in the suite at the base and is gone"));
  EXPECT_THAT(run.out, HasSubstr("several merge bases"));
}

// Attack: what is put back comes from a base where the test was not there or was another.
TEST_F(Bases, ATestThatOneOfThemDoesNotHaveIsBent)
{
  git({"merge", "--abort"});
  git({"checkout", "-q", "main"});
  project_.write("sluice.policy.toml", policy("[policy]\n", "suites = [\"core\"], base_tests = true"));
  project_.commit("Another policy");
  git({"checkout", "-q", "change"});
  git({"merge", "-q", "--no-ff", "--no-commit", "other"});
  project_.write("value", "broken\n");
  project_.test("secret", "exit 0\n");
  project_.commit("A change");
  const SluiceResult run = judge();
  EXPECT_EQ(run.code, 3) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("several merge bases"));
  EXPECT_THAT(run.out, HasSubstr("differ in cases/secret.sh"));
}

// Attack: a merge of an ancestor of the base leads a shallow clone to that one, past the commits that it does not have.
TEST_F(Bases, ATestIsDeletedBehindTheEndOfAShallowClone)
{
  git({"merge", "--abort"});
  git({"checkout", "-q", "-B", "main", with_test_});
  git({"checkout", "-q", "-B", "change"});
  project_.remove("cases/secret.sh");
  project_.commit("Delete it");
  for (const char* text : {"1", "2"}) {
    project_.write("new.txt", text);
    project_.commit("A change");
  }
  git({"reset", "-q", "--hard",
       git({"commit-tree", "HEAD^{tree}", "-p", "HEAD", "-p", left_, "-m", "Merge what is merged"})});
  EXPECT_THAT(judge().out, HasSubstr("t:cases/secret.sh: was in the suite at the base and is gone"));
  const std::string clone = project_.sibling("clone");
  git({"clone", "-q", "--depth", "3", "--no-single-branch", "file://" + project_.path(), clone});
  ASSERT_EQ(project_.run_in(clone, {"merge-base", "HEAD", "origin/main"}), left_) << "no attack";
  const SluiceResult run = Sluice(clone).run({"--base", "refs/remotes/origin/main", "--head", "HEAD"});
  EXPECT_EQ(run.code, 3) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("which tests suite \"core\" had at the base is not known: the history is shallow"));
}

} // namespace

} // namespace sluice::tests
