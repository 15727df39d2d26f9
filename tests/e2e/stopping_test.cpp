#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

#include <csignal>

namespace sluice::tests {

namespace {

using testing::HasSubstr;

// A test that says that it has begun, with a process below it whose arguments nobody else has, and then hangs.
class Stopping : public testing::Test {
protected:
  Stopping()
  {
    project_.write(".gitignore", "begun\n");
    project_.configure(ShellProject::k_writable_tree);
    project_.test("hangs", "tail -f \"$PWD/begun\" & echo x >begun; wait\n");
    project_.commit("A test that hangs");
  }
  bool begun() const { return appears(project_ / "begun"); }
  bool child_is_alive() const
  {
    return shell("pgrep -f " + shell_quoted("[t]ail -f " + (project_ / "begun"))).first == 0;
  }
  RunningSluice start() const { return project_.sluice().start({"run", "--plain", "--jobs", "3", "--junit", "r.xml"}); }
  std::string junit() const
  {
    std::ifstream in(project_ / "r.xml", std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  ShellProject project_;
};

TEST_F(Stopping, CtrlCOnceEndsWithWhatIsKnown)
{
  RunningSluice running = start();
  ASSERT_TRUE(begun());
  running.signal(SIGINT);
  const SluiceResult run = running.wait();
  EXPECT_EQ(run.code, 130) << run.out << run.err;
  EXPECT_EQ(run.status, "FAILED");
  EXPECT_GT(junit_count(junit(), "errors") + junit_count(junit(), "failures"), 0) << junit();
  EXPECT_THAT(junit(), HasSubstr("Interrupted"));
  EXPECT_FALSE(child_is_alive());
}

// The log is written in one go for what is heard together, but always before the next test begins.
TEST_F(Stopping, TheLogOfAKilledRunHoldsWhatEndedBeforeTheLastTestBegan)
{
  const std::string second = "test -e began && kill -9 $PPID; echo x >began; exit 0\n"; // of Sluice: no sandbox
  for (const char* name : {"hangs", "one", "two"}) project_.test(name, second);
  project_.write(".gitignore", "began\n");
  project_.commit("The second test to begin kills its runner");
  const SluiceResult killed = project_.run({"--no-sandbox", "--jobs", "1"});
  EXPECT_EQ(killed.status, "");
  const auto [code, log] = shell("cat " + shell_quoted(project_.path()) + "/.sluice/runs/*/events.ndjson");
  ASSERT_EQ(code, 0);
  EXPECT_THAT(log, HasSubstr("\"test_finished\""));
  EXPECT_THAT(log, HasSubstr("\"outcome\":\"passed\""));
  EXPECT_THAT(log, HasSubstr("\"batch_finished\""));
}

TEST_F(Stopping, AnEndedRunDoesNotSpoilTheNext)
{
  RunningSluice running = start();
  ASSERT_TRUE(begun());
  running.signal(SIGTERM);
  const SluiceResult stopped = running.wait();
  EXPECT_NE(stopped.code, 0);
  project_.test("hangs", "exit 0\n");
  EXPECT_EQ(project_.run().code, 0);
}

TEST_F(Stopping, AKilledRunLeavesARedReportAndItsLog)
{
  RunningSluice running = start();
  ASSERT_TRUE(begun());
  running.signal(SIGKILL);
  const SluiceResult killed = running.wait();
  EXPECT_GT(junit_count(junit(), "errors"), 0) << junit();
  EXPECT_THAT(junit(), HasSubstr("RunNotCompleted"));
  EXPECT_EQ(killed.status, "");
  for (int round = 0; round < 500 && child_is_alive(); ++round) shell("sleep 0.01");
  EXPECT_FALSE(child_is_alive());

  EXPECT_EQ(project_.sluice().command({"report", "latest"}).code, 1);
  const SluiceResult next = project_.run({"--filter", "not hangs"});
  EXPECT_EQ(next.code, 0) << next.out << next.err;
  EXPECT_EQ(next.started.size(), 2u) << "the log of a killed run proves nothing";
}

// CTest's TIMEOUT_AFTER_MATCH: what is printed first begins the time anew, and what is printed later does not.
TEST(TimeLimit, IsAnotherAfterAMatch)
{
  TempRepo repo;
  repo.write(".gitignore", "/build/\n");
  repo.write("sluice.toml", "[build]\nconfigure = [\"cmake\", \"-S\", \".\", \"-B\", \"build\", \"-G\", \"Ninja\"]\n"
                            "[[tests]]\nframework = \"ctest\"\n");
  repo.write("CMakeLists.txt",
             "cmake_minimum_required(VERSION 3.20)\nproject(scripts LANGUAGES NONE)\nenable_testing()\n"
             "add_test(NAME hangs COMMAND sh -c \"echo ready; sleep 60\")\n"
             "set_tests_properties(hangs PROPERTIES TIMEOUT_AFTER_MATCH \"0.5;ready\")\n"
             "add_test(NAME repeats COMMAND sh -c \"for i in 1 2 3 4 5 6; do echo ready; sleep 0.3; done; sleep 60\")\n"
             "set_tests_properties(repeats PROPERTIES TIMEOUT_AFTER_MATCH \"0.8;ready\")\n"
             "add_test(NAME slow COMMAND sh -c \"sleep 0.1; echo ready; sleep 1.5\")\n"
             "set_tests_properties(slow PROPERTIES TIMEOUT 1 TIMEOUT_AFTER_MATCH \"30;ready\")\n"
             "add_test(NAME other COMMAND sh -c \"echo read; sleep 1\")\n"
             "set_tests_properties(other PROPERTIES TIMEOUT_AFTER_MATCH \"0.2;ready\")\n");
  repo.commit("Four scripts");
  SluiceResult run = Sluice(repo.path()).run();
  EXPECT_EQ(run.outcomes["hangs"], "timed-out") << run.out;
  EXPECT_EQ(run.outcomes["repeats"], "timed-out");
  EXPECT_THAT(run.out, testing::HasSubstr("time limit of 0.8 s after what it printed"));
  EXPECT_EQ(run.outcomes["slow"], "passed");
  EXPECT_EQ(run.outcomes["other"], "passed");
}

TEST_F(Stopping, ATimeLimitEndsTheWholeTree)
{
  project_.write("sluice.toml", "[[tests]]\nname = \"t\"\nframework = \"command\"\nfiles = [\"cases/*.sh\"]\n"
                                "command = [\"sh\", \"{file}\"]\ntimeout = \"1s\"\n[run]\ngrace = \"100ms\"\n" +
                                  std::string(ShellProject::k_writable_tree));
  const SluiceResult run = project_.run();
  EXPECT_EQ(run.code, 1) << run.out;
  EXPECT_EQ(run.outcomes.at(ShellProject::id("hangs")), "timed-out");
  EXPECT_FALSE(child_is_alive());
}

TEST(TwoAtOnce, BothComeToTheirVerdictInOneRepository)
{
  ShellProject project;
  project.test("one", "sleep 0.3\n");
  RunningSluice first = project.sluice().start({"run", "--plain"});
  RunningSluice second = project.sluice().start({"run", "--plain"});
  const SluiceResult a = first.wait(), b = second.wait();
  EXPECT_EQ(a.code, 0) << a.out << a.err;
  EXPECT_EQ(b.code, 0) << b.out << b.err;
  const SluiceResult after = project.run();
  EXPECT_EQ(after.status, "PASSED");
  EXPECT_THAT(after.started, testing::IsEmpty());
}

} // namespace

} // namespace sluice::tests
