// What a change is made of has names, and the messages of every command quote them: to a terminal, which acts upon
// escape sequences, and to a CI service, which takes lines of a log for commands.
#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

namespace sluice::tests {

namespace {

using testing::HasSubstr;
using testing::Not;

const std::string k_control = "\xc2\x9b"; // C1: CSI
const std::string k_evil = "##vso[task.complete result=Succeeded]\x1b[31m" + k_control + "2J\xe2\x80\xae";

class Words : public testing::Test {
protected:
  void SetUp() override
  {
    project_.write("sluice.policy.toml",
                   "[[rule]]\nname = \"ai\"\nwhen = { authorship = [\"ai\"] }\nrequire = { approvals = 1 }\n");
    project_.commit("A policy");
    project_.TempRepo::run({"checkout", "-q", "-b", "change"});
  }
  SluiceResult command(const std::vector<std::string>& words)
  {
    return project_.sluice().with("GITHUB_ACTIONS", "true").with("TF_BUILD", "True").command(words);
  }
  void expect_harmless(const std::string& text)
  {
    for (const char* const mark : {"##vso[", "\x1b", "\xc2\x9b", "\xe2\x80\xae", "\n::"})
      EXPECT_THAT("\n" + text, Not(HasSubstr(mark)));
  }
  ShellProject project_;
};

TEST_F(Words, OfPeopleAndFilesAreNoCommands)
{
  project_.write(k_evil + "\n::set-output name=v::passed", "x");
  project_.test(k_evil, "exit 0\n");
  project_.TempRepo::run({"add", "--all"});
  project_.commit_staged("Add\n\nCo-authored-by: " + k_evil + " Claude <noreply@anthropic.com>", {k_evil, "a@b.org"});
  for (const std::vector<std::string>& words : {std::vector<std::string>{"authorship", "main..HEAD"},
                                                {"policy", "explain", "main..HEAD"},
                                                {"affected", "--base", "main"},
                                                {"plan", "-v", "--base", "main"},
                                                {"run", "--plain", "--base", "main"},
                                                {"why", k_evil},
                                                {"stats"}}) {
    SCOPED_TRACE(words.front());
    const SluiceResult said = command(words);
    EXPECT_NE(said.out + said.err, "");
    expect_harmless(said.out);
    expect_harmless(said.err);
  }
}

TEST_F(Words, OfItsConfigurationAreNoCommands)
{
  project_.configure("\"x\\n::set-output name=v::passed\\n\\u001b]0;t\\u0007##vso[task.complete]\" = 1\n");
  project_.commit("A key");
  const SluiceResult run = command({"run", "--base", "main", "--head", "HEAD"});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("set-output"));
  expect_harmless(run.err);
}

// Programs read what --json asks for: there a name is what it is.
TEST_F(Words, InJsonStayAsTheyAre)
{
  project_.test("##vso[x]", "exit 0\n");
  project_.commit("A test");
  EXPECT_THAT(command({"affected", "--json", "--base", "main"}).out, HasSubstr("cases/##vso[x].sh"));
}

} // namespace

} // namespace sluice::tests
