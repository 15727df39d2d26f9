// The examples of examples/gates: the commands of their jobs run against a forge that holds payloads to the published
// APIs.
#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

#include <cstdio>
#include <sstream>

namespace sluice::tests {

namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string content(const std::string& file)
{
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string gate_file(const std::string& name)
{
  return content(std::string(SLUICE_SOURCE_DIR "/examples/gates/") + name);
}

// The shell commands of a job: the lines below the one that ends in `start`, as far as they stand further to the right,
// or up to a line that is `end`. The job's service does no more to them than to take their indentation away.
std::string commands_of(const std::string& file, const std::string& start, const std::string& end = {})
{
  std::istringstream lines(gate_file(file));
  std::string line, commands;
  while (std::getline(lines, line) && !line.ends_with(start)) {
  }
  const std::size_t outer = line.find_first_not_of(' ');
  while (std::getline(lines, line)) {
    const std::size_t indent = line.find_first_not_of(' ');
    if (end.empty() ? indent != std::string::npos && indent <= outer : line.ends_with(end)) break;
    commands += line + "\n";
  }
  return commands;
}

class Gates : public testing::Test {
protected:
  void SetUp() override
  {
    project_.TempRepo::run({"update-ref", "refs/remotes/origin/main", "HEAD"});
    project_.TempRepo::run({"checkout", "-q", "-b", "change"});
    project_.write(".gitignore", "junit.xml\n");
    project_.write("new.txt", "x");
    // What a job must not run: scripts of the change, wherever a job may look for them.
    for (const char* place : {"github-actions", "gitlab", "harness", "jenkins"})
      project_.write("examples/gates/" + std::string(place) + "/gate.sh", "exit 0\n");
    head_ = project_.commit("A change");
    std::ofstream(event_) << R"({"pull_request":{"user":{"login":"dana","id":7}}})";
    const std::string port = project_.sibling("port");
    server_ = ::popen(("python3 " + shell_quoted(SLUICE_SOURCE_DIR "/tests/e2e/forge_server.py") + " " +
                       shell_quoted(port) + " " + shell_quoted(log_))
                        .c_str(),
                      "w");
    ASSERT_TRUE(appears(port));
    url_ = "http://127.0.0.1:" + content(port);
  }
  void TearDown() override
  {
    if (server_) ::pclose(server_);
  }
  // As the service does it: in the tree of the change.
  std::pair<int, std::string> run_commands(const std::string& commands, const std::string& variables)
  {
    EXPECT_NE(commands, "");
    const std::string file = project_.sibling("commands");
    std::ofstream(file) << commands;
    return shell("cd " + shell_quoted(project_.path()) + " && env SLUICE=" + shell_quoted(SLUICE_BINARY_PATH) +
                 " BASE=main TARGET=main HEAD_COMMIT=" + head_ + " " + variables + " sh -e " + shell_quoted(file) +
                 " 2>&1");
  }
  // One that lies outside of the tree.
  std::pair<int, std::string> script(const std::string& name, const std::string& variables)
  {
    return run_commands(gate_file(name), variables);
  }
  std::pair<int, std::string> github_job(const std::string& variables)
  {
    return run_commands(commands_of("github-actions/gate.yml", "run: |"), variables);
  }
  std::pair<int, std::string> gitlab_job(const std::string& variables)
  {
    return run_commands(commands_of("gitlab/gate.gitlab-ci.yml", "- |"), variables);
  }
  std::pair<int, std::string> harness_job(const std::string& variables)
  {
    return run_commands(commands_of("harness/pipeline.yml", "command: |") + "env | grep ^sluice_\n", variables);
  }
  std::pair<int, std::string> jenkins_job(const std::string& variables)
  {
    std::string commands = commands_of("jenkins/Jenkinsfile", "sh '''", "'''");
    for (std::size_t at = 0; (at = commands.find("\\\\", at)) != std::string::npos; ++at)
      commands.erase(at, 1); // Groovy's
    return run_commands(commands, variables);
  }
  std::string gitlab(const std::string& source) const
  {
    return "CI_MERGE_REQUEST_TARGET_BRANCH_SHA=main CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main CI_COMMIT_SHA=" + head_ +
           " CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=" + source + " CI_API_V4_URL=" + url_ +
           " CI_PROJECT_ID=7 GITLAB_TOKEN=secret-token";
  }
  std::string jenkins() const { return "CHANGE_TARGET=main GIT_COMMIT=" + head_; }
  std::string github(const std::string& token = "secret-token")
  {
    return "TARGET=refs/heads/main GITHUB_EVENT_PATH=" + shell_quoted(event_) + " GITHUB_API_URL=" + url_ +
           " GITHUB_REPOSITORY=o/r GITHUB_TOKEN=" + token;
  }
  ShellProject project_;
  std::string head_, url_, event_ = project_.sibling("event.json"), log_ = project_.sibling("log");
  std::FILE* server_ = nullptr;
};

TEST_F(Gates, GitHubIsToldOfASuccess)
{
  const auto [code, words] = github_job(github());
  EXPECT_EQ(code, 0) << words;
  EXPECT_THAT(content(log_), StartsWith("201 /repos/o/r/check-runs "));
  EXPECT_THAT(content(log_), HasSubstr("\"conclusion\":\"success\""));
  EXPECT_THAT(content(log_), HasSubstr(head_));
  EXPECT_THAT(words, Not(HasSubstr("secret-token")));
}

TEST_F(Gates, GitHubIsToldOfAFailureWithItsPlace)
{
  project_.test("one", "echo '<script>`x`'; exit 1\n");
  head_ = project_.commit("Break it");
  const auto [code, words] = github_job(github());
  EXPECT_EQ(code, 1) << words;
  EXPECT_THAT(content(log_), HasSubstr("201 /repos/o/r/check-runs "));
  EXPECT_THAT(content(log_), HasSubstr("\"conclusion\":\"failure\""));
}

// A forge ties a check to the commit: what was said of it for another branch is called otherwise, whatever that branch
// is called.
TEST_F(Gates, ACheckIsNamedByTheBranchThatItIsFor)
{
  ASSERT_EQ(github_job(github()).first, 0);
  EXPECT_THAT(content(log_), HasSubstr("\"name\":\"sluice (main)\""));
  ASSERT_EQ(gitlab_job(gitlab(head_)).first, 0);
  EXPECT_THAT(content(log_), HasSubstr("\"name\":\"sluice (main)\""));
  std::filesystem::remove(log_);
  ASSERT_EQ(github_job(github() + " TARGET=refs/heads/refs/heads/main").first, 0);
  ASSERT_EQ(github_job(github() + " TARGET=refs/heads/origin/main").first, 0);
  EXPECT_THAT(content(log_), HasSubstr("\"name\":\"sluice (refs/heads/main)\""));
  EXPECT_THAT(content(log_), HasSubstr("\"name\":\"sluice (origin/main)\""));
  EXPECT_THAT(content(log_), Not(HasSubstr("\"sluice (main)\"")));
}

// A verdict that nobody was told is no green one.
TEST_F(Gates, AnAnswerOfNoIsRed)
{
  const auto [code, words] = github_job(github("wrong-token"));
  EXPECT_EQ(code, 5) << words;
  EXPECT_THAT(words, HasSubstr("answers 401"));
  EXPECT_THAT(words, Not(HasSubstr("wrong-token")));
}

TEST_F(Gates, ATokenIsNotSentInTheClear)
{
  const auto [code, words] = github_job("TARGET=main GITHUB_EVENT_PATH=" + shell_quoted(event_) +
                                        " GITHUB_API_URL=http://forge.example GITHUB_REPOSITORY=o/r"
                                        " GITHUB_TOKEN=secret-token");
  EXPECT_EQ(code, 2) << words;
  EXPECT_THAT(words, HasSubstr("is not https"));
  EXPECT_THAT(words, Not(HasSubstr("secret-token")));
}

TEST_F(Gates, GitLabIsToldUnderTheCommitThatItKnows)
{
  const std::string source(40, 'b');
  const auto [code, words] = gitlab_job(gitlab(source));
  EXPECT_EQ(code, 0) << words;
  EXPECT_THAT(content(log_), StartsWith("201 /projects/7/statuses/" + source));
  EXPECT_TRUE(std::filesystem::exists(project_ / "junit.xml"));
}

TEST_F(Gates, GerritGetsAVoteOnTheRevision)
{
  project_.test("one", "exit 1\n");
  head_ = project_.commit("Break it");
  const auto [code, words] =
    script("gerrit/gate.sh", "GERRIT_BRANCH=main GERRIT_PATCHSET_REVISION=" + head_ + " GERRIT_URL=" + url_ +
                               " GERRIT_CHANGE_NUMBER=42 GERRIT_USER=bot GERRIT_PASSWORD=secret-token");
  EXPECT_EQ(code, 1) << words;
  EXPECT_THAT(content(log_), StartsWith("201 /a/changes/42/revisions/" + head_ + "/review"));
  EXPECT_THAT(content(log_), HasSubstr("\"Verified\":-1"));
}

TEST_F(Gates, HarnessGetsOutputVariables)
{
  const std::string home = "HOME=" + shell_quoted(project_.sibling(""));
  const auto [code, words] = harness_job(home);
  EXPECT_EQ(code, 0) << words;
  EXPECT_THAT(words, HasSubstr("\nsluice_verdict=PASSED\n"));
  EXPECT_THAT(words, HasSubstr("\nsluice_risk="));
  EXPECT_THAT(words, HasSubstr("\nsluice_blast_radius="));
  project_.test("one", "exit 1\n");
  head_ = project_.commit("Break it");
  const auto [red, red_words] = harness_job(home);
  EXPECT_EQ(red, 1) << red_words;
  EXPECT_THAT(red_words, Not(HasSubstr("\nsluice_verdict=")));
}

// Attack: a change takes out the tests that it reaches, and looks like one that reaches nothing.
TEST_F(Gates, HarnessIsToldOfTestsThatAreGone)
{
  for (const char* name : {"three", "four", "five", "six"}) project_.test(name, "exit 0\n");
  project_.TempRepo::run({"update-ref", "refs/heads/main", project_.commit("More tests")});
  project_.remove("cases/one.sh");
  project_.remove("cases/two.sh");
  head_ = project_.commit("Two tests less");
  const auto [code, words] = harness_job("HOME=" + shell_quoted(project_.sibling("")));
  EXPECT_THAT(words, HasSubstr("\nsluice_blast_radius=33\n"));
  EXPECT_THAT(words, Not(HasSubstr("\nsluice_risk=low\n")));
}

// Attack: Sluice ends before it has a verdict, and something in the tree or in /tmp looks like one.
TEST_F(Gates, HarnessGetsNoVerdictThatSluiceHasNotGiven)
{
  const std::string fake = project_.sibling("fake");
  std::ofstream(fake)
    << "#!/bin/sh\necho sluice_verdict=PASSED >\"$SLUICE_OUTPUTS\"\necho PATH=/ >>\"$SLUICE_OUTPUTS\"\nexit "
       "${CODE:-1}\n";
  std::filesystem::permissions(fake, std::filesystem::perms::owner_all);
  const std::string variables =
    "HOME=" + shell_quoted(project_.sibling("")) + " SLUICE=" + shell_quoted(fake) + " SLUICE_OUTPUTS=/tmp/x";
  const auto [code, words] = harness_job(variables);
  EXPECT_EQ(code, 1) << words;
  EXPECT_THAT(words, Not(HasSubstr("sluice_verdict=")));
  EXPECT_EQ(harness_job(variables + " CODE=0").first, 0) << "a name that is not asked for is set";
}

// Forges tie a status to the commit: a second request of it, to a branch without a policy, must not answer in its
// place.
TEST_F(Gates, OthersThanTheGuardedBranchGetNoAnswer)
{
  const auto [code, words] = harness_job("HOME=" + shell_quoted(project_.sibling("")) + " TARGET=lax");
  EXPECT_EQ(code, 5) << words;
  EXPECT_THAT(words, Not(HasSubstr("\nsluice_verdict=")));
  const std::string jenkins = gate_file("jenkins/Jenkinsfile");
  EXPECT_THAT(jenkins, HasSubstr("when { changeRequest target: 'main' }"));
  EXPECT_THAT(jenkins, HasSubstr("when { not { changeRequest target: 'main' } }\n      steps {\n        error "));
}

// Attack: an old job is run again, whose event has the base from before there was a rule.
TEST_F(Gates, GitHubIsJudgedByTheBranchAsItIsNow)
{
  const std::string gate = gate_file("github-actions/gate.yml");
  EXPECT_THAT(gate, HasSubstr("unlabeled]"));
  EXPECT_THAT(gate, Not(HasSubstr("pull_request.base.sha")));
  const std::string origin = project_.sibling("origin");
  project_.TempRepo::run({"clone", "-q", "--bare", ".", origin});
  project_.TempRepo::run({"remote", "add", "origin", origin});
  project_.TempRepo::run({"checkout", "-q", "main"});
  project_.write("sluice.policy.toml", "[policy]\nversion = 1\n[[rule]]\nname = \"a\"\nrequire = { reason = true }\n");
  project_.commit("A policy");
  project_.TempRepo::run({"push", "-q", "origin", "main"});
  project_.TempRepo::run({"update-ref", "refs/remotes/origin/main", "HEAD~1"});
  project_.TempRepo::run({"checkout", "-q", "change"});
  const std::string base = " BASE=refs/remotes/origin/main";
  EXPECT_EQ(github_job(github() + base).first, 0) << "the branch of before";
  const auto [code, words] = github_job(github() + base + " GITHUB_BASE_REF=main");
  EXPECT_EQ(code, 3) << words;
}

TEST_F(Gates, JenkinsTakesTheExitCode)
{
  const auto [code, words] = jenkins_job(jenkins());
  EXPECT_EQ(code, 0) << words;
  project_.test("one", "exit 1\n");
  head_ = project_.commit("Break it");
  EXPECT_EQ(jenkins_job(jenkins()).first, 1);
}

// Attack: the change brings the script along that the job would run. Every change here does (SetUp).
TEST_F(Gates, AScriptOfTheChangeDecidesNothing)
{
  project_.test("one", "exit 1\n");
  head_ = project_.commit("Break it");
  EXPECT_EQ(github_job(github()).first, 1);
  EXPECT_EQ(gitlab_job(gitlab(head_)).first, 1);
  EXPECT_EQ(harness_job("HOME=" + shell_quoted(project_.sibling(""))).first, 1);
  EXPECT_EQ(jenkins_job(jenkins()).first, 1);
}

TEST_F(Gates, ArgoDeploysOnlyWhatHasEvidence)
{
  const std::string key = project_.sibling("key");
  ASSERT_EQ(project_.sluice().command({"keygen", key}).code, 0);
  const std::string variables = "REPOSITORY=" + shell_quoted(project_.path()) +
                                " TRUST=" + shell_quoted(key + ".trust.toml") + " REVISION=" + head_;
  EXPECT_EQ(script("argo-cd/verify.sh", variables).first, 3);
  ASSERT_EQ(project_.run({"--base", "main", "--head", "HEAD", "--note", "--key", key + ".key"}).code, 0);
  const auto [code, words] = script("argo-cd/verify.sh", variables);
  EXPECT_EQ(code, 0) << words;
}

// What is not run here at least says what its service can read.
TEST(GateFiles, AreWellFormed)
{
  if (shell("python3 -c 'import yaml'").first != 0) GTEST_SKIP() << "python3 has no yaml here";
  for (const char* file :
       {"github-actions/gate.yml", "gitlab/gate.gitlab-ci.yml", "harness/pipeline.yml", "argo-cd/presync.yaml"}) {
    const auto [code, words] =
      shell(std::string("python3 -c 'import yaml,sys; yaml.safe_load(open(sys.argv[1]))' " SLUICE_SOURCE_DIR
                        "/examples/gates/") +
            file + " 2>&1");
    EXPECT_EQ(code, 0) << file << words;
  }
}

} // namespace

} // namespace sluice::tests
