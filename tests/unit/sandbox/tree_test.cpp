// Whole process trees end, however they try not to, and nobody else's processes do.
#include "tests/unit/sandbox/executor_fixture.h"

#include <gmock/gmock.h>
#include <spawn.h>
#include <sys/wait.h>

namespace sluice::sandbox {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ProcessTree = ExecutorFixture;

// A daemon as the books have it: forked twice, in a session of its own, with an empty environment. It writes its number
// to the file `name`, and keeps the output open. Its shell would say of its own child that it was killed.
std::string daemon(const std::string& name)
{
  return "(env -i setsid /bin/sh -c 'trap \"\" TERM HUP INT; echo $$ > " + name +
         "; exec 2> /dev/null; while :; do sleep 1; done' &) ; ";
}

// Waits until the file is there, so that the shell does not end before its daemon is one.
std::string until_written(const std::string& name)
{
  return "while ! [ -s " + name + " ]; do sleep 0.01; done; ";
}

TEST_F(ProcessTree, EndsADaemonThatOutlivesItsTest)
{
  const std::string file = folder_ / "daemon";
  const Result result = run(daemon(file) + until_written(file) + "echo done");
  EXPECT_EQ(result.output, "done\n");
  EXPECT_EQ(result.ended->exit_code, 0);
  EXPECT_TRUE(result.ended->left_processes);
  EXPECT_FALSE(alive(pid_in("daemon")));
}

TEST_F(ProcessTree, AnEndThatSomebodyElseWasToldIsNoPass)
{
  const ProcessId process = start(shell("echo $$; exec sleep 0.05"));
  wait_for_output(process, "\n");
  const pid_t leader = std::stoi(results_[process].output);
  ASSERT_EQ(::waitpid(leader, nullptr, 0), leader);
  const Result result = finish(process);
  EXPECT_TRUE(result.ended->lost);
  EXPECT_EQ(result.ended->signal, SIGKILL);
}

TEST_F(ProcessTree, ABackgroundChildDoesNotBlockTheEnd)
{
  const Result result = run("sleep 1000 & echo $!");
  EXPECT_TRUE(result.ended->left_processes);
  EXPECT_FALSE(alive(std::stoi(result.output)));
}

TEST_F(ProcessTree, KillsWhatIgnoresTermination)
{
  const ProcessId process = start(shell("trap '' TERM; echo ready; while :; do sleep 1; done"));
  wait_for_output(process, "ready");
  executor_->end(process, Ending::terminate);
  hear(50ms);
  EXPECT_FALSE(results_[process].ended);
  executor_->end(process, Ending::kill);
  EXPECT_EQ(finish(process).ended->signal, SIGKILL);
}

TEST_F(ProcessTree, TerminationLetsATestCleanUp)
{
  const ProcessId process = start(shell("trap 'echo cleaned; exit 3' TERM; echo ready; while :; do sleep 0.01; done"));
  wait_for_output(process, "ready");
  executor_->end(process, Ending::terminate);
  const Result result = finish(process);
  EXPECT_THAT(result.output, HasSubstr("cleaned\n"));
  EXPECT_EQ(result.ended->exit_code, 3);
}

TEST_F(ProcessTree, EndsStoppedProcesses)
{
  const ProcessId by_term = start(shell("echo ready; kill -STOP $$; sleep 1000"));
  const ProcessId by_kill = start(shell("echo ready; kill -STOP $$; sleep 1000"));
  wait_for_output(by_term, "ready");
  wait_for_output(by_kill, "ready");
  executor_->end(by_term, Ending::terminate);
  executor_->end(by_kill, Ending::kill);
  EXPECT_EQ(finish(by_term).ended->signal, SIGTERM);
  EXPECT_EQ(finish(by_kill).ended->signal, SIGKILL);
}

TEST_F(ProcessTree, KillReachesChildrenThatLeftTheGroup)
{
  const std::string file = folder_ / "daemon";
  const ProcessId process = start(shell(daemon(file) + until_written(file) + "echo ready; sleep 1000"));
  wait_for_output(process, "ready");
  executor_->end(process, Ending::kill);
  finish(process);
  EXPECT_FALSE(alive(pid_in("daemon")));
}

TEST_F(ProcessTree, TerminationReachesChildrenThatLeftTheGroup)
{
  const std::string file = folder_ / "child";
  const ProcessId process = start(shell("trap : TERM; setsid sh -c 'trap \"echo told; exit\" TERM; echo $$ > " + file +
                                        "; while :; do sleep 0.01; done' & wait; wait; echo over"));
  pid_in("child");
  executor_->end(process, Ending::terminate);
  EXPECT_THAT(finish(process).output, AllOf(HasSubstr("told\n"), HasSubstr("over\n")));
}

TEST_F(ProcessTree, EndsFiftyStubbornChildren)
{
  const ProcessId process =
    start(shell("for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do "
                "(trap '' TERM HUP; while :; do sleep 1; done) & echo $!;"
                "setsid sh -c 'trap \"\" TERM HUP; while :; do sleep 1; done' & echo $!;"
                "done; echo ready; wait"));
  wait_for_output(process, "ready");
  executor_->end(process, Ending::kill);
  const Result result = finish(process);
  std::istringstream numbers(result.output);
  int killed = 0;
  for (pid_t pid; numbers >> pid; ++killed) EXPECT_FALSE(alive(pid)) << pid;
  EXPECT_EQ(killed, 50);
}

TEST_F(ProcessTree, EndsAForkChainThatRunsAway)
{
  // Each link starts the next in a session of its own and ends, some thousand times at most.
  const std::string script = folder_.write("link", "#!/bin/sh\n[ $1 = 0 ] && exit\nsetsid \"$0\" $(($1-1)) &\n");
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  const Result result = run(command({script, "3000"}));
  EXPECT_TRUE(result.ended->left_processes);
  const Result census = run("pgrep -f '" + script + "' | grep -v $$ | wc -l");
  EXPECT_EQ(census.output, "0\n");
}

TEST_F(ProcessTree, SparesTheDaemonOfATestThatStillRuns)
{
  const std::string file = folder_ / "server";
  const ProcessId with_server = start(shell("(setsid sh -c 'echo $$ > " + file + "; while :; do sleep 1; done' &); " +
                                            until_written(file) + "echo ready; while ! [ -e " + (folder_ / "go") +
                                            " ]; do sleep 0.01; done; kill -0 $(cat " + file + ") && echo alive"));
  wait_for_output(with_server, "ready");
  run("true");
  run("sleep 1000 &");
  folder_.write("go", "");
  const Result result = finish(with_server);
  EXPECT_EQ(result.output, "ready\nalive\n");
  EXPECT_TRUE(result.ended->left_processes);
  EXPECT_FALSE(alive(pid_in("server")));
}

TEST_F(ProcessTree, ItsSessionTellsWhoseAChildWithoutEnvironmentIs)
{
  const ProcessId other = start(shell("echo ready; sleep 1000"));
  wait_for_output(other, "ready");
  const Result result = run("env -i sleep 1000 & echo $!; sleep 0.1");
  EXPECT_TRUE(result.ended->left_processes);
  EXPECT_FALSE(alive(std::stoi(result.output)));
  executor_->end(other, Ending::kill);
  finish(other);
}

TEST_F(ProcessTree, ItsMarkTellsWhoseADaemonIs)
{
  const ProcessId other = start(shell("echo ready; sleep 1000"));
  wait_for_output(other, "ready");
  const Result result = run("setsid sh -c 'echo $$; exec sleep 1000' & sleep 0.1");
  EXPECT_TRUE(result.ended->left_processes);
  EXPECT_FALSE(alive(std::stoi(result.output)));
  executor_->end(other, Ending::kill);
  finish(other);
}

TEST_F(ProcessTree, AnUnmarkedDaemonEndsWithTheLastTestItMayBelongTo)
{
  const std::string file = folder_ / "daemon";
  const ProcessId other = start(shell("echo ready; while ! [ -e " + (folder_ / "go") + " ]; do sleep 0.01; done"));
  wait_for_output(other, "ready");
  run(daemon(file) + until_written(file));
  folder_.write("go", "");
  finish(other);
  EXPECT_FALSE(alive(pid_in("daemon")));
}

TEST_F(ProcessTree, LeavesOtherChildrenAlone)
{
  executor_.reset();
  pid_t stranger = 0;
  char name[] = "sleep", time[] = "1000";
  char* const arguments[] = {name, time, nullptr};
  ASSERT_EQ(::posix_spawnp(&stranger, "sleep", nullptr, nullptr, arguments, environ), 0);
  executor_ = make_process_executor();
  run("sleep 1000 &");
  executor_.reset();
  EXPECT_EQ(::waitpid(stranger, nullptr, WNOHANG), 0);
  ::kill(stranger, SIGKILL);
  EXPECT_EQ(::waitpid(stranger, nullptr, 0), stranger);
}

TEST_F(ProcessTree, DestructionEndsEverything)
{
  const std::string file = folder_ / "daemon";
  const ProcessId process = start(shell(daemon(file) + until_written(file) + "echo $$; sleep 1000"));
  wait_for_output(process, "\n");
  const pid_t leader = std::stoi(results_[process].output);
  executor_.reset();
  EXPECT_FALSE(alive(leader));
  EXPECT_FALSE(alive(pid_in("daemon")));
}

} // namespace
} // namespace sluice::sandbox
