// The hooks: on the author's side one that makes commits say who wrote them, on the server's side one that lets only
// what has evidence through, over real pushes into a real bare repository.
#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

namespace sluice::tests {

namespace {

using testing::HasSubstr;

class GitServer : public testing::Test {
protected:
  void SetUp() override
  {
    project_.write("sluice.policy.toml",
                   "[policy]\nundeclared = \"human\"\n[[suite]]\nname = \"core\"\ntests = [\"*\"]\n"
                   "[[rule]]\nname = \"core\"\nrequire = { suites = [\"core\"] }\n");
    project_.commit("A policy");
    ASSERT_EQ(project_.sluice().command({"keygen", key_}).code, 0);
    git({"clone", "-q", "--bare", project_.path(), server_});
    git({"-C", server_, "config", "sluice.trust", key_ + ".trust.toml"});
    std::filesystem::copy_file(SLUICE_SOURCE_DIR "/examples/gates/git-server/pre-receive",
                               server_ + "/hooks/pre-receive", std::filesystem::copy_options::overwrite_existing);
    git({"remote", "add", "origin", server_});
    git({"fetch", "-q", "origin"});
    git({"checkout", "-q", "-b", "change"});
    project_.write("new.txt", "x");
    project_.commit("A change");
  }
  void git(const std::vector<std::string>& words) { project_.TempRepo::run(words); }
  int prove()
  {
    return project_.run({"--base", "origin/main", "--head", "HEAD", "--note", "--key", key_ + ".key"}).code;
  }
  // Exit code and words of a push.
  std::pair<int, std::string> push(const std::string& what)
  {
    return shell("cd " + shell_quoted(project_.path()) + " && SLUICE=" + shell_quoted(SLUICE_BINARY_PATH) +
                 " git push origin " + what + " 2>&1");
  }
  void expect_let_through(const std::string& what)
  {
    const auto [code, words] = push(what);
    EXPECT_EQ(code, 0) << words;
    EXPECT_THAT(words, HasSubstr("VERIFIED"));
  }
  void expect_stopped(const std::string& what, const std::string& why)
  {
    const auto [code, words] = push(what);
    EXPECT_NE(code, 0) << words;
    EXPECT_THAT(words, HasSubstr(why));
  }
  ShellProject project_;
  std::string server_ = project_.sibling("server.git"), key_ = project_.sibling("key");
};

constexpr const char* k_both = "--atomic HEAD:main refs/notes/sluice";

TEST_F(GitServer, LetsNothingThroughWithoutEvidence)
{
  expect_stopped("HEAD:main", "there is no evidence");
}

// An old name of the branch that leads to it.
TEST_F(GitServer, StopsAPushToASymbolicBranch)
{
  git({"-C", server_, "symbolic-ref", "refs/heads/master", "refs/heads/main"});
  expect_stopped("HEAD:master", "there is no evidence");
  expect_stopped(":master", "cannot be deleted");
  EXPECT_EQ(project_.TempRepo::run({"-C", server_, "rev-parse", "main"}),
            project_.TempRepo::run({"rev-parse", "origin/main"}));
}

TEST_F(GitServer, GuardsWhatEachOfSeveralValuesNames)
{
  git({"-C", server_, "config", "--add", "sluice.guard", "refs/heads/main"});
  git({"-C", server_, "config", "--add", "sluice.guard", "refs/heads/release/*"});
  expect_stopped("HEAD:main", "there is no evidence");
  expect_stopped("HEAD:refs/heads/release/1", "has to be made by an administrator");
}

TEST_F(GitServer, LetsABranchAndItsEvidenceThroughInOneAtomicPush)
{
  ASSERT_EQ(prove(), 0);
  expect_let_through(k_both);
}

TEST_F(GitServer, LetsABranchThroughWhoseEvidenceCameBefore)
{
  ASSERT_EQ(prove(), 0);
  ASSERT_EQ(push("refs/notes/sluice").first, 0);
  expect_let_through("HEAD:main");
}

TEST_F(GitServer, LetsASquashOfTheSameTreeThrough)
{
  project_.write("more.txt", "y");
  project_.commit("More");
  ASSERT_EQ(prove(), 0);
  git({"reset", "-q", "--soft", "origin/main"});
  project_.commit("All of it");
  expect_let_through(k_both);
}

TEST_F(GitServer, StopsAnotherTreeThanTheOneThatWasTested)
{
  ASSERT_EQ(prove(), 0);
  project_.write("new.txt", "worse");
  project_.commit("Worse");
  expect_stopped(k_both, "there is no evidence");
}

TEST_F(GitServer, StopsARunThatFailed)
{
  project_.test("one", "exit 1\n");
  project_.commit("Break it");
  ASSERT_EQ(prove(), 1);
  expect_stopped(k_both, "is FAILED");
}

TEST_F(GitServer, StopsWhatWasTestedBeforeTheBranchMoved)
{
  ASSERT_EQ(prove(), 0);
  const std::string tested = project_.TempRepo::run({"rev-parse", "HEAD"});
  git({"checkout", "-q", "-b", "other", "origin/main"});
  project_.write("other.txt", "x");
  project_.commit("Meanwhile");
  ASSERT_EQ(prove(), 0);
  expect_let_through(k_both);
  git({"checkout", "-q", "-B", "merged", tested});
  git({"merge", "-q", "-m", "Merge", "other"});
  expect_stopped(k_both, "there is no evidence");
}

TEST_F(GitServer, GuardsTheBranchAgainstRewindingAndDeleting)
{
  ASSERT_EQ(prove(), 0);
  expect_let_through(k_both);
  expect_stopped("+HEAD~1:main", "cannot be rewound");
  git({"-C", server_, "config", "receive.denyDeleteCurrent", "ignore"});
  expect_stopped(":main", "cannot be deleted");
}

TEST_F(GitServer, LetsOtherBranchesAlone)
{
  EXPECT_EQ(push("HEAD:topic").first, 0);
}

TEST_F(GitServer, StopsEverythingWithoutATrustFile)
{
  ASSERT_EQ(prove(), 0);
  git({"-C", server_, "config", "--unset", "sluice.trust"});
  expect_stopped(k_both, "no trust file");
}

class CommitHook : public testing::Test {
protected:
  void SetUp() override { ASSERT_EQ(project_.sluice().command({"hook", "install"}).code, 0); }
  std::pair<int, std::string> commit(const std::string& variables, const std::string& message)
  {
    return shell("cd " + shell_quoted(project_.path()) +
                 " && env -u CLAUDECODE -u CLAUDE_CODE_REMOTE -u CURSOR_AGENT -u CODEX_SANDBOX -u GEMINI_CLI " +
                 variables + " setsid git -c user.name=Ada -c user.email=ada@example.org commit -q --allow-empty -m " +
                 shell_quoted(message) + " 2>&1");
  }
  std::string message() { return project_.TempRepo::run({"log", "-1", "--format=%B"}); }
  ShellProject project_;
};

TEST_F(CommitHook, WritesTheDeclarationWhenAnAgentCommits)
{
  const auto [code, words] = commit("CLAUDECODE=1", "Fix it");
  ASSERT_EQ(code, 0) << words;
  EXPECT_THAT(message(), HasSubstr("Authorship: ai (Claude Code)"));
  for (const char* range : {"HEAD..", "..HEAD", "HEAD...", ".."}) {
    EXPECT_EQ(project_.sluice().command({"authorship", range}).code, 0) << range;
    EXPECT_EQ(project_.sluice().command({"policy", "explain", range}).code, 0) << range;
  }
  const SluiceResult found = project_.sluice().command({"authorship", "HEAD"});
  EXPECT_THAT(found.out, HasSubstr(" ai (Claude Code)"));
}

TEST_F(CommitHook, AsksWhereNothingIsKnownAndNobodyCanAnswer)
{
  const auto [code, words] = commit("", "Fix it");
  EXPECT_NE(code, 0);
  EXPECT_THAT(words, HasSubstr("does not say who wrote the change"));
}

TEST_F(CommitHook, TakesADeclarationOrAMark)
{
  EXPECT_EQ(commit("", "Fix it\n\nAuthorship: human").first, 0);
  EXPECT_EQ(commit("", "Fix it\n\nCo-Authored-By: Claude <noreply@anthropic.com>").first, 0);
  EXPECT_EQ(commit("SLUICE_AUTHORSHIP=human", "Fix it").first, 0);
  EXPECT_THAT(message(), HasSubstr("Authorship: human"));
}

TEST_F(CommitHook, BelievesTheAgentsVariableMoreThanAClaim)
{
  ASSERT_EQ(commit("CURSOR_AGENT=1 SLUICE_AUTHORSHIP=human", "Fix it").first, 0);
  EXPECT_THAT(message(), HasSubstr("Authorship: ai (Cursor)"));
}

TEST_F(CommitHook, AnAgentsMessageIsNotAPersonsWhateverItSays)
{
  ASSERT_EQ(commit("CLAUDECODE=1", "Fix it\n\nAuthorship: human").first, 0);
  EXPECT_THAT(message(), HasSubstr("Authorship: ai (Claude Code)"));
}

TEST_F(CommitHook, ACommentOfTheTemplateDeclaresNothing)
{
  const std::string words = project_.sibling("template");
  std::ofstream(words) << "Fix it\n\n# One of:\n# Authorship: human\n# Authorship: ai\n";
  const std::string edited = "GIT_EDITOR='sed -i 1s/^/Now:/' ";
  project_.write("new.txt", "edited");
  ASSERT_EQ(shell("cd " + shell_quoted(project_.path()) + " && git add -A && git config commit.template " +
                  shell_quoted(words) + " && CLAUDECODE=1 " + edited + "git commit -q")
              .first,
            0);
  EXPECT_THAT(message(), HasSubstr("Authorship: ai (Claude Code)"));
}

TEST_F(CommitHook, StartsAProgramInAFolderWithAnyName)
{
  const std::string folder = project_.sibling("it's here"), program = shell_quoted(folder + "/sluice");
  std::filesystem::create_directory(folder);
  std::filesystem::copy_file(SLUICE_BINARY_PATH, folder + "/sluice");
  ASSERT_EQ(shell("cd " + shell_quoted(project_.path()) + " && " + program + " hook install").first, 0);
  const auto [code, words] = commit("CLAUDECODE=1", "Fix it");
  EXPECT_EQ(code, 0) << words;
  EXPECT_THAT(message(), HasSubstr("Authorship: ai (Claude Code)"));
}

TEST_F(CommitHook, LeavesAHookOfSomebodyElseAlone)
{
  project_.write(".git/hooks/commit-msg", "#!/bin/sh\n");
  EXPECT_EQ(project_.sluice().command({"hook", "install"}).code, 2);
}

} // namespace

} // namespace sluice::tests
