// Standard output is a pipe that never waits (as programs built on event loops hand it on) and whose reader is slow.
#include "tests/support/shell_project.h"

#include <chrono>
#include <fcntl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace sluice::tests {

namespace {

// Far less than the events of one run, so that the pipe is full whenever the reader sleeps.
constexpr int k_room = 4096;
constexpr std::chrono::milliseconds k_nap{5};

// What a reader gets of `sluice run --message-format=json` through such a pipe.
std::string read_slowly(const std::string& repository)
{
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return "no pipe";
  ::fcntl(ends[0], F_SETFL, 0); // the flag belongs to each end of its own
  ::fcntl(ends[1], F_SETPIPE_SZ, k_room);
  const pid_t sluice = ::fork();
  if (sluice == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::execl(SLUICE_BINARY_PATH, "sluice", "run", "-C", repository.c_str(), "--message-format=json",
            static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::close(ends[1]);
  std::string text;
  char piece[512];
  for (ssize_t got; (got = ::read(ends[0], piece, sizeof piece)) > 0;) {
    text.append(piece, static_cast<std::size_t>(got));
    std::this_thread::sleep_for(k_nap);
  }
  ::close(ends[0]);
  ::waitpid(sluice, nullptr, 0);
  return text;
}

TEST(SlowReader, OfAPipeThatNeverWaitsMissesNoByte)
{
  const ShellProject project;
  for (int number = 0; number < 40; ++number) project.test("more" + std::to_string(number), "exit 0\n");
  project.commit("More events than the pipe has room for");
  const std::string read = read_slowly(project.path());
  const std::vector<std::string> runs = run_folders(project.path());
  ASSERT_EQ(runs.size(), 1u) << read;
  std::ifstream log(runs.front() + "/events.ndjson", std::ios::binary);
  const std::string written{std::istreambuf_iterator<char>(log), {}};
  ASSERT_GT(written.size(), std::size_t{2} * k_room);
  EXPECT_EQ(read, written);
}

} // namespace

} // namespace sluice::tests
