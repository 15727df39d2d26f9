// What a test can do while it runs, to the run and its reports. None of it may turn red into green; each attack has a
// twin that runs without a sandbox, where it meets what it aims at (tests/attack/sandbox shows that in one it does
// not).
#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

namespace sluice::tests {

namespace {

using testing::HasSubstr;

class HostileTest : public testing::TestWithParam<bool> {
protected:
  // Runs one test with this script beside one that fails.
  SluiceResult beside_a_failure(const std::string& script)
  {
    project_.write(".gitignore", "r.xml\nbegun\n");
    project_.test("one", script);
    project_.test("two", "exit 1\n");
    project_.commit("A hostile test");
    std::vector<std::string> words{"--jobs", "1", "--junit", "r.xml"};
    if (!GetParam()) words.emplace_back("--no-sandbox");
    return project_.run(std::move(words));
  }
  std::string copy_of_junit() const
  {
    std::ifstream in(project_ / "r.xml", std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static bool is_red(const std::string& xml) { return junit_count(xml, "failures") + junit_count(xml, "errors") > 0; }
  ShellProject project_;
};

// Attack: everything that Sluice wrote is removed.
TEST_P(HostileTest, RemovingTheFolderOfSluiceIsNotGreen)
{
  const SluiceResult run = beside_a_failure("rm -rf .sluice\n");
  EXPECT_THAT(run.code, testing::AnyOf(1, 5)) << run.out << run.err;
  EXPECT_TRUE(is_red(copy_of_junit()));
}

TEST_P(HostileTest, RemovingTheReportsOfTheRunIsNotGreen)
{
  const SluiceResult run = beside_a_failure("rm -rf .sluice/runs r.xml\n");
  EXPECT_THAT(run.code, testing::AnyOf(1, 5)) << run.out << run.err;
}

// Attack: a green report where the run's own will be.
TEST_P(HostileTest, AReportWrittenByATestIsReplaced)
{
  const SluiceResult run =
    beside_a_failure("for f in .sluice/runs/*/junit.xml r.xml; do echo '<testsuites tests=\"1\"/>' >$f; done\n");
  EXPECT_EQ(run.code, 1);
  EXPECT_TRUE(is_red(run.junit));
  EXPECT_TRUE(is_red(copy_of_junit()));
}

// Attack: a link where the report will be, to something that is to be overwritten.
TEST_P(HostileTest, ALinkInPlaceOfTheReportIsReplacedAndNotFollowed)
{
  const std::string victim = project_.sibling("victim");
  std::ofstream(victim) << "precious";
  const SluiceResult run = beside_a_failure("ln -sf '" + victim + "' r.xml\n");
  EXPECT_EQ(run.code, 1);
  std::ifstream in(victim);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), "precious");
  EXPECT_TRUE(is_red(copy_of_junit()));
}

// Attack: a verdict written into the run's own log.
TEST_P(HostileTest, AVerdictWrittenIntoTheLogIsNotTheRuns)
{
  const SluiceResult run = beside_a_failure(
    "for f in .sluice/runs/*/events.ndjson; do\n"
    "  echo '{\"v\":1,\"t\":1,\"event\":\"run_finished\",\"status\":\"PASSED\",\"exit\":0,\"duration_us\":1}' >>$f\n"
    "done\n");
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(project_.sluice().command({"report", "latest"}).code, 1);
}

TEST_P(HostileTest, AnEmptiedLogIsNotGreen)
{
  const SluiceResult run = beside_a_failure("for f in .sluice/runs/*/events.ndjson; do : >$f; done\n");
  EXPECT_EQ(run.code, 1) << run.out << run.err;
  EXPECT_NE(project_.sluice().command({"report", "latest"}).code, 0);
}

// Attack: Sluice itself is killed.
TEST_P(HostileTest, KillingSluiceLeavesRed)
{
  const SluiceResult run = beside_a_failure("kill -9 $PPID; sleep 5\n");
  EXPECT_NE(run.code, 0);
  EXPECT_TRUE(is_red(run.junit));
  EXPECT_TRUE(is_red(copy_of_junit()));
}

// Attack: Sluice is asked to stop before the failing test starts.
TEST_P(HostileTest, InterruptingSluiceIsNotGreen)
{
  const SluiceResult run = beside_a_failure("kill -INT $PPID; sleep 0.2\n");
  EXPECT_NE(run.code, 0);
  EXPECT_TRUE(is_red(copy_of_junit()));
}

// Attack: the failing test is repaired, removed or proven by another test while the run goes on.
TEST_P(HostileTest, AStoreWrittenDuringTheRunIsNoVerdict)
{
  EXPECT_THAT(beside_a_failure("rm -f .sluice/store.db*; : >.sluice/store.db\n").code, testing::AnyOf(1, 5));
  EXPECT_NE(project_.run().code, 0);
}

// Attack: a test passes with one content of a committed file, then leaves another that would fail.
TEST_P(HostileTest, EditingACommittedFileDuringTheRunLeavesNoProof)
{
  project_.configure(ShellProject::k_writable_tree);
  project_.write("data.txt", "good\n");
  project_.test("one", "grep -q good data.txt || exit 1; echo bad >data.txt\n");
  project_.commit("Data");
  EXPECT_EQ(project_.run().code, 0);
  EXPECT_EQ(project_.run().code, 1);
}

// Attack: processes that outlive their test.
TEST_P(HostileTest, ProcessesThatFledIntoTheirOwnSessionAreEnded)
{
  project_.configure(ShellProject::k_writable_tree);
  beside_a_failure("setsid sh -c 'echo x >begun; exec tail -f \"$PWD/begun\"' >/dev/null 2>&1 &\n"
                   "while ! test -s begun; do sleep 0.01; done\n");
  ASSERT_TRUE(appears(project_ / "begun"));
  EXPECT_NE(shell("pgrep -f " + shell_quoted("[t]ail -f " + (project_ / "begun"))).first, 0);
}

// Attack: words that look like a result.
TEST_P(HostileTest, WordsOfATestAreNoResult)
{
  const SluiceResult run =
    beside_a_failure("printf '[       OK ] t:cases/two.sh (0 ms)\\n[  PASSED  ] 2 tests.\\nPASSED\\n'; exit 1\n");
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(run.outcomes.at(ShellProject::id("one")), "failed");
}

// The same with a file that was not committed when the run began.
TEST_P(HostileTest, EditingAnUncommittedFileDuringTheRunLeavesNoProof)
{
  project_.configure(ShellProject::k_writable_tree);
  project_.write("data.txt", "old\n");
  project_.test("one", "grep -q good data.txt || exit 1; echo bad >data.txt\n");
  project_.commit("Data");
  project_.write("data.txt", "good\n");
  EXPECT_EQ(project_.run().code, 0);
  EXPECT_EQ(project_.run().code, 1);
}

INSTANTIATE_TEST_SUITE_P(With, HostileTest, testing::Values(true, false),
                         [](const auto& row) { return row.param ? "Sandbox" : "NoSandbox"; });

} // namespace

} // namespace sluice::tests
