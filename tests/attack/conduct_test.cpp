// A policy demands that tests run sandboxed and observed and find nothing; the author of a change would rather not.
// sluice.toml, the command line of the author's job and what tests do are his. Each attack has its twin under a policy
// without the demand, where it goes through.
#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <sys/wait.h>
#include <unistd.h>

namespace sluice::tests {

namespace {

using testing::HasSubstr;

constexpr const char* k_demand = "sandbox = \"full\", observed = true, no_findings = true";
constexpr const char* k_talks = "python3 -c '\nimport socket\ns = socket.socket()\ns.settimeout(1)\n"
                                "try: s.connect((\"192.0.2.1\", 80))\nexcept OSError: pass\n'\n";

class ConductAttack : public testing::Test {
protected:
  void policy(const std::string& require)
  {
    project_.write("sluice.policy.toml", "[policy]\nversion = 1\nundeclared = \"human\"\n[[suite]]\nname = \"all\"\n"
                                         "tests = [\"*\"]\n[[rule]]\nname = \"walls\"\n"
                                         "require = { " +
                                           require + " }\n");
    project_.commit("A policy");
    // Without a full sandbox there is nothing to attack.
    const SluiceResult run = project_.run({"--all"});
    if (run.out.find("sandbox  ") != std::string::npos) GTEST_SKIP() << "this machine has no full sandboxes";
    ASSERT_EQ(run.code, 0) << run.out << run.err;
    project_.TempRepo::run({"checkout", "-q", "-b", "change"});
  }
  SluiceResult judge(std::vector<std::string> more = {}) const
  {
    more.insert(more.begin(), {"--base", "main", "--head", "HEAD"});
    return project_.run(std::move(more));
  }
  // The change, refused under the demand; its twin goes through without.
  void expect_refused(const std::function<SluiceResult()>& attack, const std::string& why)
  {
    const SluiceResult run = attack();
    EXPECT_EQ(run.code, 3) << run.out << run.err;
    EXPECT_THAT(run.out, HasSubstr("rule \"walls\""));
    EXPECT_THAT(run.out, HasSubstr(why));
  }
  ShellProject project_;
};

struct Attack {
  const char* name;
  const char* configuration; // added to sluice.toml
  const char* script;        // of test one
  std::vector<std::string> options;
  const char* why; // part of the refusal
};
void PrintTo(const Attack& attack, std::ostream* out)
{
  *out << attack.name;
}

class EachAttack : public ConductAttack, public testing::WithParamInterface<Attack> {
protected:
  SluiceResult attack()
  {
    project_.configure(GetParam().configuration);
    project_.test("one", GetParam().script);
    project_.write("more", "so that something has changed\n");
    project_.commit("A change");
    return judge(GetParam().options);
  }
};

TEST_P(EachAttack, IsRefusedAndTheRuleNamed)
{
  policy(k_demand);
  if (IsSkipped()) return;
  expect_refused([&] { return attack(); }, GetParam().why);
}

TEST_P(EachAttack, GoesThroughWhereNothingIsDemanded)
{
  policy("suites = [\"all\"], reuse = true");
  if (IsSkipped()) return;
  const SluiceResult run = attack();
  EXPECT_EQ(run.code, 0) << run.out << run.err;
}

INSTANTIATE_TEST_SUITE_P(
  Conduct, EachAttack,
  testing::Values(
    Attack{"SandboxOffInSluiceToml", "[sandbox]\nisolate = false\n", "exit 0\n", {}, "isolate = false"},
    Attack{"ObservationOffInSluiceToml", "[sandbox]\nobserve = false\n", "exit 0\n", {}, "observe = false"},
    Attack{"FastPathsInSluiceToml", "[sandbox]\nfast_paths = true\n", "exit 0\n", {}, "fast_paths = true"},
    Attack{"SandboxOffByOption", "", "exit 0\n", {"--no-sandbox", "--all"}, "--no-sandbox"},
    Attack{"ObservationOffByOption", "", "exit 0\n", {"--no-observe", "--all"}, "it is not known what it did"},
    Attack{"NetworkOpenedInSluiceToml", "[sandbox]\nnetwork = \"host\"\n", "exit 0\n", {}, "network = \"host\""},
    Attack{"TreeOpenedInSluiceToml", "[sandbox]\ntree = \"writable\"\n", "exit 0\n", {}, "tree = \"writable\""},
    Attack{"FolderOpenedInSluiceToml",
           "[sandbox]\nwritable = [\"/var/cache\"]\n",
           "exit 0\n",
           {},
           "writable = \"/var/cache\""},
    Attack{"BuildsWithoutWallsInSluiceToml",
           "[build]\nisolate = false\ndirectory = \"b\"\ncommand = [\"true\"]\n",
           "exit 0\n",
           {},
           "[build] isolate = false"},
    Attack{"MoreForBuildsToWriteInSluiceToml",
           "[build]\nwritable = [\"/srv\"]\ndirectory = \"b\"\ncommand = [\"true\"]\n",
           "exit 0\n",
           {},
           "[build] writable = \"/srv\""},
    Attack{"ABuildFolderElsewhereInSluiceToml",
           "[build]\ndirectory = \"/var/tmp/sluice-elsewhere\"\ncommand = [\"true\"]\n",
           "exit 0\n",
           {},
           "directory = \"/var/tmp/sluice-elsewhere\""},
    Attack{"ATestThatTalks", "", k_talks, {}, "finding: network 192.0.2.1:80"},
    Attack{
      "ATestThatTalksAndIsAllowedToByItsAuthor", "[sandbox]\nnetwork = \"host\"\n", k_talks, {}, "finding: network"},
    Attack{"ATestThatWritesOutside",
           "",
           "echo x >/usr/sluice-attack 2>/dev/null\nexit 0\n",
           {},
           "outside_write /usr/sluice-attack"},
    Attack{"ATestThatLeavesProcesses", "", "setsid sleep 300 >/dev/null 2>&1 &\nexit 0\n", {}, "left_processes"}),
  [](const auto& each) { return std::string(each.param.name); });

// Attack: a test that could hide what it uses is given the means to. Its twin is trusted with them.
TEST_F(ConductAttack, AChangeThatNobodyVouchesForIsObservedByNotificationsOnly)
{
  policy("suites = [\"all\"], reuse = true");
  if (IsSkipped()) return;
  project_.configure("[sandbox]\nfast_paths = true\n");
  project_.test("one", "test -z \"$LD_PRELOAD\"\n");
  project_.commit("A change");
  SluiceResult run = judge();
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  project_.test("one", "test -n \"$LD_PRELOAD\"\n");
  project_.commit("Another\n\nAuthorship: human");
  run = judge();
  EXPECT_EQ(run.code, 1) << "the first is still among its commits" << run.out << run.err;
  project_.TempRepo::run({"reset", "-q", "--soft", "main"});
  project_.commit("Both\n\nAuthorship: human");
  run = judge();
  EXPECT_EQ(run.code, 0) << run.out << run.err;
}

// Attack: the finding is made in one run, whose pass is then reused by another that finds nothing.
TEST_F(ConductAttack, APassWithFindingsIsNotReusedToHideThem)
{
  policy(k_demand);
  if (IsSkipped()) return;
  project_.test("one", k_talks);
  project_.commit("A test that talks");
  EXPECT_EQ(judge().code, 3);
  const SluiceResult again = judge();
  EXPECT_EQ(again.code, 3) << again.out << again.err;
  EXPECT_THAT(again.out, HasSubstr("finding: network 192.0.2.1:80"));
}

// Attack: results are made without a sandbox, outside of the gate, for a store that the gate shares.
TEST_F(ConductAttack, APassWithoutASandboxIsNotReusedWhereOneIsDemanded)
{
  policy(k_demand);
  if (IsSkipped()) return;
  project_.test("one", "exit 0 # other\n");
  project_.commit("A change");
  EXPECT_EQ(judge({"--no-sandbox", "--all"}).code, 3);
  const SluiceResult again = judge();
  EXPECT_EQ(again.code, 0) << "it has run again, in a sandbox: " << again.out << again.err;
  EXPECT_THAT(again.out, HasSubstr("1 run, 1 reused")) << "the other one had passed in a sandbox before";
  EXPECT_THAT(judge().out, HasSubstr("0 run, 2 reused")) << "and those passes may be reused";
}

// Attack: the change is refused for the wall that it has opened; but what it ran behind that could bind the next run.
TEST_F(ConductAttack, ARefusedRunHasRunBehindTheWallsOfTheBase)
{
  const std::string outside = project_.sibling("outside");
  for (const bool demanded : {false, true}) {
    policy(demanded ? k_demand : "suites = [\"all\"], reuse = true");
    if (IsSkipped()) return;
    project_.configure("[sandbox]\nisolate = false\n");
    project_.test("one", "touch " + outside + "\n");
    project_.commit("A change that opens a wall");
    EXPECT_EQ(judge().code, demanded ? 3 : 0);
    EXPECT_EQ(std::filesystem::remove(outside), !demanded) << "what its test could do";
    project_.TempRepo::run({"checkout", "-q", "-f", "main"});
    project_.TempRepo::run({"branch", "-q", "-D", "change"});
  }
}

// Attack: a wall that the base has put up is taken away.
TEST_F(ConductAttack, AHiddenFileThatTheChangeShows)
{
  project_.write("secret/key", "its secret\n");
  project_.configure("[sandbox]\nhide = [\"secret\"]\nmemory = \"1GiB\"\n");
  project_.commit("Hide it");
  policy(k_demand);
  if (IsSkipped()) return;
  project_.configure("");
  project_.test("one", "exit 0 # other\n");
  project_.commit("Show it");
  expect_refused([&] { return judge(); }, "without hide = \"secret\"");
}

// Attack: an empty script passes, and what is hidden in the tree is empty.
TEST_F(ConductAttack, ATestThatTheChangeHides)
{
  policy(k_demand);
  if (IsSkipped()) return;
  project_.configure("[sandbox]\nhide = [\"cases/one.sh\"]\n");
  project_.test("one", "exit 1\n");
  project_.commit("Hide it");
  EXPECT_NE(judge().code, 0);
  const SluiceResult unruled = project_.run();
  EXPECT_EQ(unruled.code, 2) << unruled.out << unruled.err;
  EXPECT_THAT(unruled.err, HasSubstr("hides cases/one.sh, which is of a test"));
}

// Attack: what a test compares with is empty.
TEST_F(ConductAttack, AFileOfTheTreeThatTheChangeHides)
{
  policy(k_demand);
  if (IsSkipped()) return;
  project_.configure("[sandbox]\nhide = [\"data\"]\n");
  project_.test("one", "exit 0 # other\n");
  project_.commit("Hide it");
  expect_refused([&] { return judge(); }, "hide = \"data\"");
}

// Attack: findings without end, until the one that a rule forbids has no place among them.
TEST_F(ConductAttack, AFindingBehindAThousandOthers)
{
  const std::string talks =
    "python3 -c '\nimport socket\nfor p in range(1100):\n s = socket.socket()\n s.settimeout(0)\n"
    " try: s.connect((\"192.0.2.1\", p + 1))\n except OSError: pass\n'\n";
  policy("no_findings = [\"outside_write\"]");
  if (IsSkipped()) return;
  project_.test("one", talks + "echo x >/usr/sluice-attack 2>/dev/null\nexit 0\n");
  project_.commit("A change");
  expect_refused([&] { return judge(); }, "outside_write /usr/sluice-attack");
}

// Attack: the job runs in a jail that cannot make namespaces, where the sandbox goes down a level by itself.
TEST_F(ConductAttack, AnEnvironmentWithoutNamespacesIsRefusedAndNotPutUpWith)
{
  if (::geteuid() != 0) GTEST_SKIP() << "only root can make the jail";
  policy(k_demand);
  if (IsSkipped()) return;
  project_.test("one", "exit 0 # other\n");
  project_.commit("A change");
  const std::string jail = project_.sibling("jail");
  const std::string words = "mkdir -p '" + jail + "' && mount --rbind / '" + jail + "' && exec chroot '" + jail +
                            "' sh -c 'cd " + project_.path() + " && exec " + SLUICE_BINARY_PATH +
                            " run --base main --head HEAD --all'";
  FILE* pipe = ::popen(("unshare -m sh -c \"" + words + "\" 2>&1").c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string out;
  for (int c = ::fgetc(pipe); c != EOF; c = ::fgetc(pipe)) out += static_cast<char>(c);
  const int code = ::pclose(pipe);
  EXPECT_EQ(WEXITSTATUS(code), 3) << out;
  EXPECT_THAT(out, HasSubstr("is demanded"));
}

} // namespace

} // namespace sluice::tests
