// How programs start: what they get, what they do not get, and what comes of those that cannot start.
#include "tests/unit/sandbox/executor_fixture.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>

namespace sluice::sandbox {
namespace {

using ProgramStart = ExecutorFixture;

bool has_zombies_or_children()
{
  siginfo_t info{};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

TEST_F(ProgramStart, GathersOutputAndExitCode)
{
  const Result result = run("printf one; printf two >&2; printf three; exit 7");
  EXPECT_EQ(result.output, "onetwothree");
  EXPECT_EQ(result.ended->exit_code, 7);
  EXPECT_EQ(result.ended->signal, 0);
  EXPECT_FALSE(result.ended->left_processes);
}

TEST_F(ProgramStart, TellsTheSignalThatEndedIt)
{
  const Result result = run("kill -SEGV $$");
  EXPECT_EQ(result.ended->signal, SIGSEGV);
}

TEST_F(ProgramStart, PassesBytesAsTheyAre)
{
  const Result result = run(R"(printf '\000\377\n\001')");
  EXPECT_EQ(result.output, std::string("\0\xff\n\x01", 4));
}

TEST_F(ProgramStart, GivesAnEmptyInputAndItsOwnSession)
{
  const Result result = run("cat; ps -o sid= -p $$ | tr -d ' '; echo $$");
  const std::size_t line = result.output.find('\n');
  EXPECT_EQ(result.output.substr(0, line + 1), result.output.substr(line + 1));
}

TEST_F(ProgramStart, UsesWorkingDirectoryAndEnvironment)
{
  Command what = shell("pwd; echo $COLOUR; env | grep -c ^SLUICE_PROCESS=");
  what.working_directory = folder_.path();
  what.environment.push_back("COLOUR=blue");
  what.environment.push_back("SLUICE_PROCESS=forged");
  EXPECT_EQ(run(what).output, folder_.path() + "\nblue\n1\n");
}

TEST_F(ProgramStart, LooksUpNamesInItsOwnPath)
{
  folder_.write("bin/hello-there", "#!/bin/sh\necho from the folder\n");
  std::filesystem::permissions(folder_ / "bin/hello-there", std::filesystem::perms::owner_all);
  Command what = command({"hello-there"});
  what.environment = {"PATH=/nowhere:" + (folder_ / "bin") + ":/bin"};
  EXPECT_EQ(run(what).output, "from the folder\n");
}

TEST_F(ProgramStart, ACandidateThatMayNotBeExecutedIsRemembered)
{
  folder_.write("bin/tool", "x");
  Command what = command({"tool"});
  what.environment = {"PATH=" + (folder_ / "bin") + ":/nowhere"};
  EXPECT_EQ(start_failing(what).error, EACCES);
}

TEST_F(ProgramStart, GivesAScriptWithoutInterpreterLineToTheShell)
{
  const std::string script = folder_.write("script", "echo \"$0 $1\"\n");
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  EXPECT_EQ(run(command({script, "argument"})).output, script + " argument\n");
}

TEST_F(ProgramStart, LeaksNoDescriptor)
{
  const int leaky = ::open("/dev/null", O_RDONLY); // without O_CLOEXEC, as libraries do
  const ProcessId other = start(shell("sleep 60"));
  const Result result = run("exec ls /proc/self/fd");
  ::close(leaky);
  EXPECT_EQ(result.output, "0\n1\n2\n3\n"); // 3 is the folder that it lists
  executor_->end(other, Ending::kill);
  finish(other);
}

TEST_F(ProgramStart, ResetsSignalsAndCoreLimit)
{
  executor_.reset();
  struct sigaction ignore {
  }, before{};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &before);
  sigset_t blocked, mask_before;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGUSR1);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &mask_before);
  executor_ = make_process_executor();
  const Result result = run("grep -E 'Sig(Blk|Ign)' /proc/self/status; ulimit -c");
  ::pthread_sigmask(SIG_SETMASK, &mask_before, nullptr);
  ::sigaction(SIGPIPE, &before, nullptr);
  EXPECT_EQ(result.output, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n0\n");
}

TEST_F(ProgramStart, ReportsWhatCannotStartAndLeavesNoZombie)
{
  const std::string text = folder_.write("not-executable", "x");
  EXPECT_EQ(start_failing(command({folder_ / "missing"})).error, ENOENT);
  EXPECT_EQ(start_failing(command({"no-such-program-anywhere"})).error, ENOENT);
  EXPECT_EQ(start_failing(command({text})).error, EACCES);
  EXPECT_EQ(start_failing(command({folder_.path()})).error, EACCES);
  EXPECT_EQ(start_failing(command({})).error, EINVAL);
  EXPECT_EQ(start_failing(command({""})).error, ENOENT);
  Command lost = shell("true");
  lost.working_directory = folder_ / "nowhere";
  const StartFailure failure = start_failing(lost);
  EXPECT_EQ(failure.error, ENOENT);
  EXPECT_NE(failure.message.find("cannot enter"), std::string::npos);
  EXPECT_FALSE(has_zombies_or_children());
}

TEST_F(ProgramStart, ReportsTooManyArgumentsAsFailure)
{
  const StartFailure failure = start_failing(command({"/bin/true", std::string(1u << 20, 'x')}));
  EXPECT_EQ(failure.error, E2BIG);
}

TEST_F(ProgramStart, ReportsExhaustedDescriptorsAsFailure)
{
  // Two are left: enough for the pipe, not for the pidfd.
  const int first = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int second = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::close(first);
  ::close(second);
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  rlimit tight = before;
  tight.rlim_cur = static_cast<rlim_t>(second) + 1;
  ::setrlimit(RLIMIT_NOFILE, &tight);
  auto started = executor_->start(shell("true"));
  ::setrlimit(RLIMIT_NOFILE, &before);
  ASSERT_TRUE(std::holds_alternative<StartFailure>(started));
  EXPECT_EQ(std::get<StartFailure>(started).error, EMFILE);
  EXPECT_EQ(run("echo fine").output, "fine\n");
}

TEST_F(ProgramStart, TenThousandStartsLeakNothing)
{
  run("true");
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 10'000; ++i) {
    auto started = executor_->start(command({i % 4 == 0 ? "/bin/true" : "/missing"}));
    if (auto* process = std::get_if<ProcessId>(&started)) finish(*process);
    results_.clear();
  }
  EXPECT_EQ(open_descriptors(), before);
  EXPECT_FALSE(has_zombies_or_children());
}

TEST_F(ProgramStart, CountsProcessorTimeOfTheTree)
{
  const Result result = run("i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done");
  EXPECT_GT(result.ended->cpu.count(), 1000);
}

} // namespace
} // namespace sluice::sandbox
