// The known traps of Boost.Process v2 in 1.81, of pipes and of signals, each shown to be closed.
#include "adapters/process/command.h"

#include "model/error.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <string>
#include <thread>

#include <dirent.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sluice::process {
namespace {

using sluice::tests::TempDir;

CommandLine shell(const std::string& script)
{
  CommandLine command;
  command.arguments = {"sh", "-c", script};
  return command;
}

// A program that passes every check made beforehand and still cannot be executed.
std::string with_missing_interpreter(const TempDir& folder)
{
  std::string path = folder.write("broken", "#!/sluice/no/such/interpreter\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  return path;
}

bool have_children()
{
  siginfo_t child{};
  return ::waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) == 0;
}

std::ptrdiff_t open_descriptors()
{
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return std::distance(begin(all), end(all));
}

void start_what_cannot_start(const std::string& program)
{
  CommandLine command;
  command.arguments = {program};
  EXPECT_THROW(run_command(command), Error);
}

TEST(CommandTraps, FailedStartLeavesNoZombieAndNoDescriptor)
{
  TempDir folder;
  const std::string broken = with_missing_interpreter(folder);
  const auto before = open_descriptors();
  for (int i = 0; i < 5; ++i) {
    start_what_cannot_start(broken);
    start_what_cannot_start("/sluice/no/such/program");
  }
  EXPECT_FALSE(have_children());
  EXPECT_EQ(open_descriptors(), before);
}

int g_exit_handler_runs = -1; // written by an exit handler, so it outlives everything

// Runs in a process of its own: buffered text and an exit handler are in place when starts fail.
void fail_to_start_with_buffered_output(const std::string& broken, const std::string& capture)
{
  const int file = ::open(capture.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
  ::dup2(file, STDOUT_FILENO);
  static char buffer[4096];
  std::setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
  std::printf("once\n");
  std::atexit([] { std::printf("handler\n"); });
  for (int i = 0; i < 3; ++i) start_what_cannot_start(broken);
  std::exit(g_exit_handler_runs == -1 ? 0 : 1);
}

TEST(CommandTraps, FailedStartWritesBufferedOutputOnceAndRunsNoExitHandler)
{
  TempDir folder;
  const std::string broken = with_missing_interpreter(folder);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) fail_to_start_with_buffered_output(broken, folder / "captured");
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(folder.read("captured"), "once\nhandler\n");
}

TEST(CommandTraps, NoZombieAfterSuccessSignalOrLimit)
{
  const auto before = open_descriptors();
  run_command(shell("true"));
  run_command(shell("kill -9 $$"));
  CommandLine limited = shell("sleep 30");
  limited.time_limit = std::chrono::milliseconds(50);
  EXPECT_TRUE(run_command(limited).timed_out);
  EXPECT_FALSE(have_children());
  EXPECT_EQ(open_descriptors(), before);
}

TEST(CommandTraps, BackgroundProcessThatHoldsThePipeDoesNotHangUs)
{
  const CommandResult result = run_command(shell("sleep 60 & echo $!"));
  const pid_t left = std::stoi(result.output);
  // Still running: the return did not wait for it. It also shows that commands may leave a server behind.
  EXPECT_EQ(::kill(left, SIGKILL), 0);
}

TEST(CommandTraps, BackgroundProcessThatWritesForEverDoesNotHangUs)
{
  TempDir folder;
  CommandLine command = shell("yes & echo $! >pid; exit 3");
  command.working_directory = folder.path();
  EXPECT_EQ(run_command(command).exit_code, 3);
  ::kill(std::stoi(folder.read("pid")), SIGKILL);
}

TEST(CommandTraps, LastWordsAreCompleteAlthoughAPipeStaysOpen)
{
  // 60,000 bytes fit the pipe, so the program ends before they have been read.
  for (int i = 0; i < 20; ++i) {
    const CommandResult result = run_command(shell("sleep 1 & head -c 60000 /dev/zero"));
    ASSERT_EQ(result.output.size(), 60000u);
  }
}

TEST(CommandTraps, ChildHasAnEmptyMaskAndDefaultBrokenPipe)
{
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ASSERT_EQ(::pthread_sigmask(SIG_BLOCK, &all, &before), 0);
  const auto old = std::signal(SIGPIPE, SIG_IGN);
  const CommandResult result = run_command(shell("grep -E '^Sig(Blk|Ign)' /proc/self/status"));
  std::signal(SIGPIPE, old);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_NE(result.output.find("SigBlk:\t0000000000000000"), std::string::npos) << result.output;
  const auto ignored = std::stoull(result.output.substr(result.output.find("SigIgn:\t") + 8), nullptr, 16);
  EXPECT_EQ(ignored & (1ull << (SIGPIPE - 1)), 0u);
}

TEST(CommandTraps, BlockedStopEndsTheCommandAndStaysForTheCaller)
{
  sigset_t stop;
  sigset_t before;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  ASSERT_EQ(::pthread_sigmask(SIG_BLOCK, &stop, &before), 0);
  const pthread_t self = ::pthread_self();
  CommandLine command = shell("echo ready; sleep 60");
  command.on_output = [&](std::string_view) { ::pthread_kill(self, SIGINT); };
  const CommandResult result = run_command(command);
  EXPECT_TRUE(result.interrupted);
  EXPECT_EQ(result.exit_code, 128 + SIGTERM);
  const timespec now{};
  EXPECT_EQ(::sigtimedwait(&stop, nullptr, &now), SIGINT);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST(CommandTraps, SignalMaskAndPendingBrokenPipeAreAsBefore)
{
  sigset_t before;
  sigset_t after;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &before);
  CommandLine command = shell("exec 0<&-; sleep 0.1");
  command.input.assign(1u << 20, 'x');
  run_command(command);
  ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
  EXPECT_EQ(sigismember(&before, SIGPIPE), sigismember(&after, SIGPIPE));
  sigset_t pending;
  sigpending(&pending);
  EXPECT_EQ(sigismember(&pending, SIGPIPE), 0);
}

TEST(CommandTraps, IgnoredChildSignalIsAnErrorAndNeverSuccess)
{
  const auto old = std::signal(SIGCHLD, SIG_IGN);
  EXPECT_THROW(run_command(shell("exit 1")), Error);
  std::signal(SIGCHLD, old);
}

TEST(CommandTraps, ThrowingListenerEndsTheCommand)
{
  TempDir folder;
  CommandLine command = shell("echo $$ >pid; echo go; sleep 60");
  command.working_directory = folder.path();
  command.on_output = [](std::string_view) { throw std::runtime_error("enough"); };
  EXPECT_THROW(run_command(command), std::runtime_error);
  EXPECT_FALSE(have_children());
  EXPECT_NE(::kill(std::stoi(folder.read("pid")), 0), 0);
}

TEST(CommandTraps, ChildInheritsNoDescriptorButItsStreams)
{
  const int open = ::open("/dev/null", O_RDONLY); // deliberately without close-on-exec
  const CommandResult result = run_command(shell("ls -l /proc/self/fd | grep -c ' -> '"));
  ::close(open);
  EXPECT_EQ(result.output, "4\n"); // the three streams and ls's own folder
}

TEST(CommandTraps, ManyThreadsAtOnce)
{
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        CommandLine command = shell("cat; exit " + std::to_string(t));
        command.input = std::string(100000, static_cast<char>('a' + t));
        const CommandResult result = run_command(command);
        if (result.exit_code == t && result.output == command.input) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 100);
  EXPECT_FALSE(have_children());
}

} // namespace
} // namespace sluice::process
