// Who asks: threads, children, other architectures, descriptors from elsewhere, nested filters, processes that die.
#include "tests/unit/observer/observed_fixture.h"

#include <atomic>
#include <csignal>
#include <cstring>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <utime.h>

namespace sluice::tests {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Processes : public Observed {
protected:
  void SetUp() override
  {
    Observed::SetUp();
    for (const char* name : {"a/f", "b/f", "c/f", "d/f"}) folder_.write(name, "x");
  }
};

int wait_for(pid_t child)
{
  int status = 0;
  return ::waitpid(child, &status, 0) == child ? status : -1;
}

bool can_open(const char* name)
{
  const int fd = ::open(name, O_RDONLY);
  if (fd >= 0) ::close(fd);
  return fd >= 0;
}

TEST_F(Processes, RelativeNamesFollowTheWorkingFolder)
{
  const Observation seen = see([] {
    const int c = ::open("c", O_PATH);
    const int d = ::open("d", O_PATH);
    return !(::chdir("a") == 0 && can_open("f") && can_open("../b/f") && ::fchdir(c) == 0 && can_open("f") &&
             ::openat(d, "f", O_RDONLY) >= 0 && ::openat(d, "../sub/inner", O_RDONLY) >= 0);
  });
  EXPECT_EQ(seen.incomplete, "");
  EXPECT_THAT(seen.read, ElementsAre("a/f", "b/f", "c/f", "d/f", "sub/inner"));
}

TEST_F(Processes, ThreadsShareAFolderUntilTheyDoNot)
{
  const Observation seen = see([] {
    ::chdir("a");
    if (!can_open("f")) return 1;
    std::thread([] { ::chdir("../b"); }).join(); // moves all
    if (!can_open("f")) return 2;
    std::thread([] {
      ::unshare(CLONE_FS);
      ::chdir("../c"); // moves itself
      can_open("f");
    }).join();
    return can_open("../d/f") && can_open("f") ? 0 : 3;
  });
  EXPECT_THAT(seen.read, ElementsAre("a/f", "b/f", "c/f", "d/f"));
  EXPECT_THAT(seen.absent, IsEmpty());
}

// The working folder gets another name by a rename of what lies above it.
TEST_F(Processes, AWorkingFolderThatIsMoved)
{
  const Observation seen = see([] {
    return ::mkdir("own", 0755) != 0 || ::mkdir("own/x", 0755) != 0 || ::chdir("own/x") != 0 || !can_open("../../a/f") ||
           ::rename("../../own/x", "../../b/x") != 0 || !can_open("../f");
  });
  EXPECT_THAT(seen.read, ElementsAre("a/f", "b/f"));
  EXPECT_EQ(seen.incomplete, "");
}

// Others move the folder while one asks: every name must have been looked for where the asking thread then was.
TEST_F(Processes, FoldersThatMoveAllTheTime)
{
  const Observation seen = see([] {
    ::chdir("a");
    std::atomic<bool> stop = false;
    std::thread mover([&] {
      for (int i = 0; i < 200; ++i) ::chdir(i % 2 == 0 ? "../b" : "../a");
      stop = true;
    });
    while (!stop) can_open("f");
    mover.join();
    return ::chdir("../c") == 0 && can_open("f") ? 0 : 1;
  });
  EXPECT_THAT(seen.read, Contains("c/f"));
  EXPECT_EQ(seen.incomplete, "");
}

TEST_F(Processes, HundredsOfThreadsAndDeepForks)
{
  for (int i = 0; i < 200; ++i) folder_.write("t" + std::to_string(i), "x");
  const Observation seen = see([] {
    std::vector<std::thread> threads;
    for (int i = 0; i < 200; ++i) threads.emplace_back([i] { can_open(("t" + std::to_string(i)).c_str()); });
    for (std::thread& thread : threads) thread.join();
    for (int depth = 0; depth < 30; ++depth) {
      const pid_t child = ::fork();
      if (child != 0) return depth == 0 ? wait_for(child) : (wait_for(child), ::_exit(0), 0);
      ::mkdir("deep", 0755);
      if (::chdir("deep") != 0) ::_exit(1);
    }
    ::_exit(can_open("../../file"));
  });
  EXPECT_EQ(seen.incomplete, "");
  EXPECT_EQ(seen.read.size(), 200u);
  EXPECT_THAT(seen.absent, ElementsAre("deep"));
}

TEST_F(Processes, VforkAndPosixSpawnAndScripts)
{
  folder_.write("script", "#!./second with arguments\n");
  folder_.write("second", "#!/bin/sh\ncat file\n");
  ::chmod(at("script").c_str(), 0755);
  ::chmod(at("second").c_str(), 0755);
  const Observation seen = see([] {
    ::chdir("sub");
    pid_t child = ::vfork();
    if (child == 0) {
      ::chdir("..");
      ::execl("./script", "./script", nullptr);
      ::_exit(1);
    }
    if (wait_for(child) != 0) return 1;
    char program[] = "cat";
    char name[] = "inner";
    char* arguments[] = {program, name, nullptr};
    char* nothing[] = {nullptr};
    return static_cast<int>(::posix_spawnp(&child, "cat", nullptr, nullptr, arguments, nothing) != 0 ||
                            wait_for(child) != 0);
  });
  EXPECT_EQ(seen.incomplete, "");
  EXPECT_THAT(seen.read, ElementsAre("file", "script", "second", "sub/inner"));
}

TEST_F(Processes, ADescriptorThatCameOverASocket)
{
  const Observation seen = see([] {
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) return 1;
    char byte = 0;
    iovec data{&byte, 1};
    alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int))] = {};
    msghdr message{nullptr, 0, &data, 1, space, sizeof space, 0};
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    const pid_t child = ::fork();
    if (child == 0) {
      const int folder = ::open("a", O_PATH);
      *header = {CMSG_LEN(sizeof folder), SOL_SOCKET, SCM_RIGHTS};
      std::memcpy(CMSG_DATA(header), &folder, sizeof folder);
      ::_exit(::sendmsg(pair[0], &message, 0) != 1);
    }
    if (::recvmsg(pair[1], &message, 0) != 1 || wait_for(child) != 0) return 2;
    int folder = -1;
    std::memcpy(&folder, CMSG_DATA(header), sizeof folder);
    if (::openat(folder, "f", O_RDONLY) < 0 || ::fchdir(folder) != 0) return 3;
    return can_open("../b/f") ? 0 : 4;
  });
  EXPECT_EQ(seen.incomplete, "");
  EXPECT_THAT(seen.read, ElementsAre("a/f", "b/f"));
}

long compat_call(long number, long first, long second, long third)
{
  long result = 0;
  asm volatile("int $0x80"
               : "=a"(result)
               : "a"(number), "b"(first), "c"(second), "d"(third)
               : "memory", "r8", "r9", "r10", "r11");
  return result;
}

TEST_F(Processes, CallsOf32Bits)
{
  const Observation seen = see([] {
    void* const low = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    char* const name = static_cast<char*>(low);
    const long address = reinterpret_cast<long>(low);
    if (compat_call(20, 0, 0, 0) == -ENOSYS) return 0; // getpid: no such calls here; the expectation below tells
    std::strcpy(name, "a/f");
    if (compat_call(5, address, O_RDONLY, 0) < 0) return 1; // open
    std::strcpy(name, "missing");
    if (compat_call(33, address, F_OK, 0) != -ENOENT) return 2; // access
    std::strcpy(name, "b/f");
    return compat_call(295, AT_FDCWD, address, O_RDONLY) < 0 ? 3 : 0; // openat
  });
  EXPECT_THAT(seen.read, ElementsAre("a/f", "b/f"));
  EXPECT_THAT(seen.absent, ElementsAre("missing"));
}

TEST_F(Processes, Openat2WithARootOfItsOwn)
{
  ::symlink("/f", at("a/absolute").c_str());
  const Observation seen = see([] {
    struct {
      std::uint64_t flags, mode, resolve;
    } how{O_RDONLY, 0, 0x10}; // RESOLVE_IN_ROOT
    const int a = ::open("a", O_PATH);
    if (::syscall(SYS_openat2, a, "absolute", &how, sizeof how) < 0) return 1;
    return ::syscall(SYS_openat2, a, "/../../f", &how, sizeof how) < 0 ? 2 : 0;
  });
  EXPECT_THAT(seen.read, ElementsAre("a/f"));
  EXPECT_THAT(seen.links, ElementsAre("a/absolute"));
}

TEST_F(Processes, RefusedCallsFailAsOnAnOlderKernel)
{
  const Observation seen = see([] {
    char parameters[120] = {};
    errno = 0;
    ::syscall(SYS_io_uring_setup, 1, parameters);
    if (errno != ENOSYS) return 1;
    ::syscall(600);
    if (errno != ENOSYS) return 2;
    errno = 0;
    ::syscall(SYS_open_by_handle_at, 0, nullptr, 0);
    return errno == EPERM ? 0 : 3;
  });
  EXPECT_EQ(seen.incomplete, "");
}

TEST_F(Processes, AFilterOfTheTestsOwnDoesNotHideOthers)
{
  const Observation seen = see([] {
    sock_filter allow[] = {{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
    const sock_fprog program{1, allow};
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) return 1;
    // A second listener is one too many for the kernel.
    errno = 0;
    ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
    return errno == EBUSY && can_open("file") ? 0 : 2;
  });
  EXPECT_EQ(seen.incomplete, "");
  EXPECT_THAT(seen.read, ElementsAre("file"));
}

TEST_F(Processes, ATracedChildIsObserved)
{
  const Observation seen = see([] {
    const pid_t child = ::fork();
    if (child == 0) {
      ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
      ::raise(SIGSTOP);
      ::_exit(can_open("a/f") ? 0 : 1);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) == child && WIFSTOPPED(status))
      ::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
    return status;
  });
  EXPECT_THAT(seen.read, ElementsAre("a/f"));
}

TEST_F(Processes, AProgramFromADescriptorOrFromMemory)
{
  folder_.write("program", "#!/bin/cat\n");
  ::chmod(at("program").c_str(), 0755);
  const Observation seen = see([] {
    pid_t child = ::fork();
    if (child == 0) {
      const int program = ::open("program", O_PATH);
      char* arguments[] = {nullptr};
      ::syscall(SYS_execveat, program, "", arguments, environ, AT_EMPTY_PATH);
      ::_exit(1);
    }
    if (wait_for(child) != 0) return 1;
    child = ::fork();
    if (child == 0) {
      const int memory = static_cast<int>(::syscall(SYS_memfd_create, "program", 0));
      const char text[] = "#!/bin/cat\n";
      if (::write(memory, text, sizeof text - 1) < 0) ::_exit(1);
      char* arguments[] = {nullptr};
      ::syscall(SYS_execveat, memory, "", arguments, environ, AT_EMPTY_PATH);
      ::_exit(1);
    }
    return wait_for(child);
  });
  EXPECT_EQ(seen.incomplete, "");
  EXPECT_THAT(seen.read, ElementsAre("program"));
}

TEST_F(Processes, ATestThatChangesItsRootIsTranslated)
{
  if (::getuid() != 0) GTEST_SKIP() << "only root may change its root";
  ::symlink("/f", at("a/absolute").c_str());
  const Observation seen = see([] {
    if (::chroot("a") != 0 || ::chdir("/") != 0) return 1;
    return can_open("/f") && can_open("absolute") && !can_open("/none") && can_open("../../f") ? 0 : 2;
  });
  EXPECT_EQ(seen.incomplete, "");
  EXPECT_THAT(seen.read, ElementsAre("a/f"));
  EXPECT_THAT(seen.absent, ElementsAre("a/none"));
}

TEST_F(Processes, MountingEndsTheObservation)
{
  if (::getuid() != 0) GTEST_SKIP() << "only root may mount";
  const Observation seen = see([] { return ::syscall(SYS_mount, "none", "nowhere", "none", 0, nullptr) == 0; });
  EXPECT_THAT(seen.incomplete, HasSubstr("mount"));
}

TEST_F(Processes, MountingWithoutTheRightToChangesNothing)
{
  if (::getuid() != 0) GTEST_SKIP() << "it would have to give up rights it does not have";
  const Observation seen = see([] {
    if (::setresuid(65534, 65534, 65534) != 0) return 1;
    ::prctl(PR_SET_DUMPABLE, 1);
    return ::syscall(SYS_mount, "none", "nowhere", "none", 0, nullptr) == 0 ? 2 : 0;
  });
  EXPECT_EQ(seen.incomplete, "");
}

// Killed at any moment, a process leaves what it asked for before, and no hang.
TEST_F(Processes, KilledInTheMiddle)
{
  const Observation seen = see([] {
    for (int i = 0; i < 50; ++i) {
      const pid_t child = ::fork();
      if (child == 0)
        while (true) can_open("a/f");
      ::usleep(static_cast<useconds_t>(i * 37));
      ::kill(child, SIGKILL);
      wait_for(child);
    }
    return 0;
  });
  EXPECT_EQ(seen.incomplete, "");
  EXPECT_THAT(seen.read, ElementsAre("a/f"));
}

TEST_F(Processes, ASignalStormLosesNothing)
{
  const Observation seen = see([] {
    struct sigaction quiet {};
    quiet.sa_handler = [](int) {};
    quiet.sa_flags = SA_RESTART; // without it the kernel may say EINTR, as docs/design/observation.md has it
    ::sigaction(SIGALRM, &quiet, nullptr);
    const itimerval often{{0, 200}, {0, 200}};
    ::setitimer(ITIMER_REAL, &often, nullptr);
    for (int i = 0; i < 500; ++i)
      if (!can_open("a/f") || ::access("missing", F_OK) == 0) return 1;
    return 0;
  });
  EXPECT_EQ(seen.incomplete, "");
  EXPECT_THAT(seen.read, ElementsAre("a/f"));
  EXPECT_THAT(seen.absent, ElementsAre("missing"));
}

} // namespace
} // namespace sluice::tests
