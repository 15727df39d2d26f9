// The examples of examples/gates: their scripts run against a forge that holds payloads to the published APIs.
#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

#include <cstdio>

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

class Gates : public testing::Test {
protected:
  void SetUp() override
  {
    project_.TempRepo::run({"update-ref", "refs/remotes/origin/main", "HEAD"});
    project_.TempRepo::run({"checkout", "-q", "-b", "change"});
    project_.write(".gitignore", "junit.xml\n");
    project_.write("new.txt", "x");
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
  std::pair<int, std::string> gate(const std::string& folder, const std::string& variables,
                                   const std::string& script = "gate.sh")
  {
    return shell("cd " + shell_quoted(project_.path()) + " && env SLUICE=" + shell_quoted(SLUICE_BINARY_PATH) +
                 " BASE=main HEAD_COMMIT=" + head_ + " " + variables + " sh " +
                 shell_quoted(std::string(SLUICE_SOURCE_DIR "/examples/gates/") + folder + "/" + script) + " 2>&1");
  }
  std::string github(const std::string& token = "secret-token")
  {
    return "TARGET=main GITHUB_EVENT_PATH=" + shell_quoted(event_) + " GITHUB_API_URL=" + url_ +
           " GITHUB_REPOSITORY=o/r GITHUB_TOKEN=" + token;
  }
  ShellProject project_;
  std::string head_, url_, event_ = project_.sibling("event.json"), log_ = project_.sibling("log");
  std::FILE* server_ = nullptr;
};

TEST_F(Gates, GitHubIsToldOfASuccess)
{
  const auto [code, words] = gate("github-actions", github());
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
  const auto [code, words] = gate("github-actions", github());
  EXPECT_EQ(code, 1) << words;
  EXPECT_THAT(content(log_), HasSubstr("201 /repos/o/r/check-runs "));
  EXPECT_THAT(content(log_), HasSubstr("\"conclusion\":\"failure\""));
}

// A verdict that nobody was told is no green one.
TEST_F(Gates, AnAnswerOfNoIsRed)
{
  const auto [code, words] = gate("github-actions", github("wrong-token"));
  EXPECT_EQ(code, 5) << words;
  EXPECT_THAT(words, HasSubstr("answers 401"));
  EXPECT_THAT(words, Not(HasSubstr("wrong-token")));
}

TEST_F(Gates, ATokenIsNotSentInTheClear)
{
  const auto [code, words] = gate("github-actions", "TARGET=main GITHUB_EVENT_PATH=" + shell_quoted(event_) +
                                                      " GITHUB_API_URL=http://forge.example GITHUB_REPOSITORY=o/r"
                                                      " GITHUB_TOKEN=secret-token");
  EXPECT_EQ(code, 2) << words;
  EXPECT_THAT(words, HasSubstr("is not https"));
  EXPECT_THAT(words, Not(HasSubstr("secret-token")));
}

TEST_F(Gates, GitLabIsToldUnderTheCommitThatItKnows)
{
  const std::string source(40, 'b');
  const auto [code, words] =
    gate("gitlab", "CI_MERGE_REQUEST_TARGET_BRANCH_SHA=main CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main CI_COMMIT_SHA=" +
                     head_ + " CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=" + source + " CI_API_V4_URL=" + url_ +
                     " CI_PROJECT_ID=7 GITLAB_TOKEN=secret-token");
  EXPECT_EQ(code, 0) << words;
  EXPECT_THAT(content(log_), StartsWith("201 /projects/7/statuses/" + source));
  EXPECT_TRUE(std::filesystem::exists(project_ / "junit.xml"));
}

TEST_F(Gates, GerritGetsAVoteOnTheRevision)
{
  project_.test("one", "exit 1\n");
  head_ = project_.commit("Break it");
  const auto [code, words] =
    gate("gerrit", "GERRIT_BRANCH=main GERRIT_PATCHSET_REVISION=" + head_ + " GERRIT_URL=" + url_ +
                     " GERRIT_CHANGE_NUMBER=42 GERRIT_USER=bot GERRIT_PASSWORD=secret-token");
  EXPECT_EQ(code, 1) << words;
  EXPECT_THAT(content(log_), StartsWith("201 /a/changes/42/revisions/" + head_ + "/review"));
  EXPECT_THAT(content(log_), HasSubstr("\"Verified\":-1"));
}

TEST_F(Gates, HarnessGetsOutputVariables)
{
  const std::string outputs = project_.sibling("outputs");
  const auto [code, words] = gate("harness", "SLUICE_OUTPUTS=" + shell_quoted(outputs));
  EXPECT_EQ(code, 0) << words;
  EXPECT_THAT(content(outputs), HasSubstr("sluice_verdict=PASSED\n"));
  EXPECT_THAT(content(outputs), HasSubstr("sluice_risk="));
}

TEST_F(Gates, JenkinsTakesTheExitCode)
{
  EXPECT_EQ(gate("jenkins", "CHANGE_TARGET=main GIT_COMMIT=" + head_).first, 0);
  project_.test("one", "exit 1\n");
  head_ = project_.commit("Break it");
  EXPECT_EQ(gate("jenkins", "CHANGE_TARGET=main GIT_COMMIT=" + head_).first, 1);
}

TEST_F(Gates, ArgoDeploysOnlyWhatHasEvidence)
{
  const std::string key = project_.sibling("key");
  ASSERT_EQ(project_.sluice().command({"keygen", key}).code, 0);
  const std::string variables = "REPOSITORY=" + shell_quoted(project_.path()) +
                                " TRUST=" + shell_quoted(key + ".trust.toml") + " REVISION=" + head_;
  EXPECT_EQ(gate("argo-cd", variables, "verify.sh").first, 3);
  ASSERT_EQ(project_.run({"--base", "main", "--head", "HEAD", "--note", "--key", key + ".key"}).code, 0);
  const auto [code, words] = gate("argo-cd", variables, "verify.sh");
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
