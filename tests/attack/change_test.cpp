// What the author of a change controls: every byte of the tree and of its commits. None of it may turn red into green.
#include "tests/attack/guarded_project.h"

#include <gmock/gmock.h>

namespace sluice::tests {

namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* k_by_ai = "A change\n\nCo-Authored-By: Claude <noreply@anthropic.com>\n";
constexpr const char* k_no_rules = "[policy]\nversion = 1\nundeclared = \"human\"\n";

using Change = GuardedProject;

// Attack: the change drops the rule that it breaks.
TEST_F(Change, PolicyEditedByTheChangeIsNotObeyed)
{
  project_.write("sluice.policy.toml", k_no_rules);
  project_.commit(k_by_ai);
  EXPECT_EQ(judge({"--filter", "two"}).code, 3);
}

// Attack: the policy is emptied first, and the commit behind it judged by itself, where a job has forgotten the base.
TEST_F(Change, AJobThatForgetsTheBaseIsTold)
{
  project_.write("sluice.policy.toml", k_no_rules);
  project_.commit(k_by_ai);
  project_.write("other.txt", "x");
  project_.commit(k_by_ai);
  EXPECT_THAT(project_.run({"--head", "HEAD"}).err, HasSubstr("no --base: "));
  EXPECT_EQ(project_.run({"--base", "", "--head", "HEAD"}).code, 2);
  EXPECT_EQ(judge({"--filter", "two"}).code, 3);
}

// Attack: the change deletes the policy.
TEST_F(Change, PolicyDeletedByTheChangeIsStillObeyed)
{
  project_.remove("sluice.policy.toml");
  project_.commit(k_by_ai);
  EXPECT_EQ(judge({"--filter", "two"}).code, 3);
}

// Attack: the change branches off before there was a policy, where nothing guarded the test that it removes.
TEST_F(Change, BranchingOffBeforeThePolicyDoesNotEscapeIt)
{
  project_.TempRepo::run({"checkout", "-q", "-b", "old", "main~1"});
  project_.remove("cases/one.sh");
  project_.commit(k_by_ai);
  const SluiceResult undefended = project_.run({"--base", "main~1", "--head", "HEAD"});
  EXPECT_EQ(undefended.code, 0) << undefended.out << undefended.err;
  const SluiceResult run = judge();
  EXPECT_EQ(run.code, 3) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("was in the suite at the base and is gone"));
}

// Attack: the change's branch, or a tag on it, is called as the base is, and git would take it for that.
TEST_F(Change, ABranchOrTagWithTheBasesNameIsNotTheBase)
{
  project_.TempRepo::run({"update-ref", "refs/remotes/origin/main", "main"});
  project_.remove("cases/one.sh");
  project_.commit(k_by_ai);
  const auto ask = [&](const char* base) { return project_.run({"--base", base, "--head", "HEAD"}); };
  EXPECT_EQ(ask("origin/main").code, 3);
  for (const char* name : {"refs/heads/origin/main", "refs/tags/origin/main"}) {
    project_.TempRepo::run({"update-ref", name, "HEAD"});
    EXPECT_EQ(ask(name).code, 0) << "undefended";
    const SluiceResult run = ask("origin/main");
    EXPECT_EQ(run.code, 2) << run.out << run.err;
    EXPECT_THAT(run.err, HasSubstr(name));
    EXPECT_EQ(ask("refs/remotes/origin/main").code, 3);
    project_.TempRepo::run({"update-ref", "-d", name});
  }
}

// No attack, but an old branch: it lacks what the policy demands by now, and is told what to do.
TEST_F(Change, AnOldBranchThatLacksASuiteIsToldToRebase)
{
  project_.TempRepo::run({"checkout", "-q", "main"});
  project_.test("new", "exit 0\n");
  project_.write("sluice.policy.toml", "[policy]\nversion = 1\nundeclared = \"human\"\n"
                                       "[[suite]]\nname = \"new\"\ntests = [\"t:cases/new.sh\"]\n"
                                       "[[rule]]\nname = \"new\"\nrequire = { suites = [\"new\"] }\n");
  project_.commit("A suite");
  project_.TempRepo::run({"checkout", "-q", "change"});
  project_.write("other.txt", "x");
  project_.commit("A change");
  const SluiceResult run = judge();
  EXPECT_EQ(run.code, 3) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("rebase the change onto it"));
  project_.TempRepo::run({"rebase", "-q", "main"});
  EXPECT_EQ(judge().code, 0);
}

// Attack: a change of which no test takes note comes under no rule.
TEST_F(Change, AFileThatNoTestUsesIsReachedByNone)
{
  project_.TempRepo::run({"checkout", "-q", "main"});
  project_.write("sluice.policy.toml", "[policy]\nversion = 1\nundeclared = \"human\"\n"
                                       "[[rule]]\nname = \"unseen\"\nwhen = { unreached = true }\n"
                                       "require = { reason = true }\n");
  project_.commit("Files that no test reaches need a reason");
  ASSERT_EQ(project_.run().code, 0);
  project_.TempRepo::run({"checkout", "-q", "-b", "unseen"});
  project_.write("settings.ini", "limit = 0\n");
  project_.commit("A setting");
  EXPECT_EQ(judge().code, 3);
  project_.commit("A setting\n\nReason: nobody reads it yet\n");
  EXPECT_EQ(judge().code, 0);
}

// Attack: what a test reads lies where Python keeps its bytecode.
TEST_F(Change, DataThatLooksLikePythonsBytecodeIsAnInput)
{
  project_.configure("[changes]\nignore = [\"docs/**\"]\n");
  for (const char* name :
       {"__pycache__/data.pyc", "a/__pycache__-x/data", "a/__pycache__/data", "b/x__pycache__/data"}) {
    project_.write(name, "right");
    project_.test("one", "grep -q right " + std::string(name) + "\n");
    project_.commit("Data in a strange place");
    ASSERT_EQ(project_.run().code, 0) << name;
    project_.write(name, "wrong");
    EXPECT_EQ(project_.run().code, 1) << name;
  }
}

// Attack: the configuration no longer lists the required tests.
TEST_F(Change, DroppingRequiredTestsFromTheConfigurationIsRefused)
{
  project_.write("sluice.toml", "[[tests]]\nname = \"t\"\nframework = \"command\"\nfiles = [\"cases/two.sh\"]\n"
                                "command = [\"sh\", \"{file}\"]\n");
  project_.commit(k_by_ai);
  EXPECT_EQ(judge().code, 3);
}

// Attack: the configuration declares every file to be without meaning.
TEST_F(Change, IgnoringEverythingIsAWrongConfiguration)
{
  project_.configure("[changes]\nignore = [\"**\"]\n");
  project_.test("one", "exit 1\n");
  project_.commit(k_by_ai);
  EXPECT_EQ(judge().code, 2);
}

// Attack: the configuration declares the broken test's own file to be without meaning.
TEST_F(Change, IgnoringTheBrokenFileDoesNotHideIt)
{
  project_.configure("[changes]\nignore = [\"cases/**\"]\n");
  project_.test("two", "exit 1\n");
  project_.commit(k_by_ai);
  EXPECT_EQ(judge().code, 1);
}

// Attack: in two steps. The first makes the file meaningless and is green, the second breaks it.
TEST_F(Change, IgnoringInAnEarlierCommitDoesNotHideARequiredTest)
{
  project_.configure("[changes]\nignore = [\"cases/**\"]\n");
  project_.commit(k_by_ai);
  EXPECT_EQ(judge().code, 0);
  project_.test("one", "exit 1\n");
  project_.commit(k_by_ai);
  EXPECT_EQ(judge().code, 1);
}

// Attack: the commit says it was written by a person, and a trailer says otherwise in another spelling.
TEST_F(Change, AuthorshipCannotBeHiddenInSpelling)
{
  project_.commit("A change\n\nco-authored-by:   claude <NOREPLY@anthropic.com>\n");
  EXPECT_EQ(judge({"--filter", "two"}).code, 3);
}

// Attack: terminal sequences in what the change says about itself.
TEST_F(Change, CommitMessagesCannotWriteToTheTerminal)
{
  project_.commit("A change \x1b[2J\x1b]0;owned\x07\n\nCo-Authored-By: Claude \x1b[8m <noreply@anthropic.com>\n");
  const SluiceResult run = judge({"--filter", "two"});
  EXPECT_THAT(run.out + run.err + run.junit, Not(HasSubstr("\x1b")));
  EXPECT_EQ(run.code, 3) << run.out << run.err;
  const SluiceResult words = project_.sluice().command({"authorship", "--base", "main"});
  EXPECT_THAT(words.out, HasSubstr("Claude"));
  EXPECT_THAT(words.out + words.err, Not(HasSubstr("\x1b")));
}

// Attack: terminal sequences and XML in the name of a test, in each place that prints it.
TEST_F(Change, NamesOfTestsCannotWriteToTheTerminalOrIntoTheReport)
{
  const std::string name = "a\x1b[2J\"><testcase name='fake'&\r\n\xe2\x80\xae.sh";
  project_.write("cases/" + name, "exit 1\n");
  project_.commit("A strange name");
  const SluiceResult run = project_.run();
  EXPECT_EQ(run.code, 1);
  std::string words = run.out + run.err + run.junit;
  for (const char* command : {"plan", "report"}) words += project_.sluice().command({command}).out;
  words += project_.sluice().command({"plan", "--verbose"}).out;
  words += project_.sluice().command({"why", ShellProject::id("a")}).err;
  EXPECT_THAT(words, Not(HasSubstr("\x1b")));
  EXPECT_THAT(words, Not(HasSubstr("\r")));
  EXPECT_THAT(run.junit, Not(HasSubstr("<testcase name='fake'")));
  EXPECT_EQ(shell("xmllint --noout " + shell_quoted(run.folder + "/junit.xml")).first, 0);
}

// Attack: a name that looks like one that is ignored.
TEST_F(Change, NamesThatOnlyLookIgnoredAreNotIgnored)
{
  project_.configure("[changes]\nignore = [\"docs/**\"]\n");
  project_.commit("Ignore the pages");
  for (const char* name : {"do\xd1\x81s/x", "Docs/x", "cases/docs", "docs /x", " docs/x", "docs"}) {
    project_.run({"--all", "--no-observe"});
    project_.write(name, "x");
    EXPECT_THAT(project_.run({"--no-observe"}).started, Not(testing::IsEmpty())) << name;
    project_.remove(
      std::filesystem::path(name).begin()->string() == "cases" ? name : std::filesystem::path(name).begin()->string());
  }
}

// Attack: a data file becomes a link to something else.
TEST_F(Change, AFileSwappedForALinkIsAChange)
{
  project_.write("data.txt", "good");
  project_.write("other.txt", "good");
  project_.test("one", "grep -q good data.txt && ! test -L data.txt\n");
  project_.commit("Data");
  ASSERT_EQ(project_.run().code, 0);
  std::filesystem::remove(project_ / "data.txt");
  std::filesystem::create_symlink("other.txt", project_ / "data.txt");
  EXPECT_EQ(project_.run().code, 1);
}

// Attack: the tree brings a link instead of the folder, so that Sluice writes where the author wants.
TEST_F(Change, ALinkInPlaceOfTheFolderIsNotFollowed)
{
  std::filesystem::remove_all(project_ / ".sluice");
  const std::string elsewhere = project_.sibling("elsewhere");
  std::filesystem::create_directories(elsewhere);
  std::filesystem::create_symlink(elsewhere, project_ / ".sluice");
  project_.commit("A link");
  const SluiceResult run = project_.run();
  EXPECT_NE(run.code, 0) << run.out << run.err;
  EXPECT_TRUE(std::filesystem::is_empty(elsewhere));
}

// Attack: the tree brings a store along that claims that the tests have passed. The store is made where they do pass.
TEST_F(Change, ACommittedStoreIsNotBelieved)
{
  const std::string flag = project_.sibling("flag");
  project_.test("one", "test -e '" + flag + "'\n");
  project_.configure("[changes]\nignore = [\".sluice/**\"]\n[sandbox]\nisolate = false\n");
  project_.commit("A test that needs something from outside");
  std::ofstream(flag) << "x";
  ASSERT_EQ(project_.run().code, 0);
  project_.TempRepo::run({"add", "--force", ".sluice/store.db"});
  project_.commit_staged("A store", {});
  std::filesystem::remove(flag);

  const std::string kept = project_.sibling("kept");
  std::filesystem::rename(project_.path(), kept);
  project_.run_in(kept, {"clone", "-q", kept, project_.path()});
  const SluiceResult run = project_.run();
  EXPECT_NE(run.code, 0) << run.out << run.err;
}

// Attack: files of the tree are made like a repository, with a branch "main" of the author's. The job that works in
// that folder judges that one.
TEST_F(Change, ARepositoryAmongTheFilesOfTheTreeIsNotJudged)
{
  const auto embed = [&](const std::string& bare) {
    project_.remove("services");
    std::filesystem::create_directories(project_ / "services/w");
    project_.run_in(project_ / "services/w", {"init", "-q", "-b", "main"});
    project_.write("services/w/sluice.toml", project_.read("sluice.toml"));
    project_.write("services/w/cases/one.sh", "exit 0\n");
    project_.run_in(project_ / "services/w", {"add", "--all"});
    project_.run_in(project_ / "services/w", {"commit", "-q", "-m", "Harmless"});
    project_.rename("services/w/.git", "services/foo");
    project_.run_in(project_.path(), {"config", "-f", "services/foo/config", "core.bare", bare});
    if (bare == "false")
      project_.run_in(project_.path(), {"config", "-f", "services/foo/config", "core.worktree", "../w"});
    project_.write("services/foo/refs/keep", "");
    project_.commit("A repository");
  };
  embed("false");
  for (const char* folder : {"services/foo", "services/foo/refs"}) {
    const SluiceResult run = Sluice(project_ / folder).run({"--base", "refs/heads/main", "--head", "HEAD"});
    EXPECT_EQ(run.code, 2) << run.out << run.err;
    EXPECT_THAT(run.err,
                HasSubstr("is made like a git repository, but is among the files of the tree at " + project_.path()));
  }
  embed("true");
  const SluiceResult run = Sluice(project_ / "services/foo").command({"authorship", "HEAD"});
  EXPECT_EQ(run.code, 2) << run.out << run.err;
  EXPECT_THAT(run.err, HasSubstr("is among the files of the tree"));
}

} // namespace

} // namespace sluice::tests
