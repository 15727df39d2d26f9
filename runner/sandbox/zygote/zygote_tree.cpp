#include "runner/sandbox/zygote/zygote.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sluice::sandbox::zygote {

namespace {

constexpr int k_most_listed = 4096;
constexpr int k_most_depth = 64;

pid_t number_at(const char*& at)
{
  while (*at == ' ') ++at;
  pid_t number = 0;
  while (*at >= '0' && *at <= '9') number = number * 10 + (*at++ - '0');
  return number;
}

char* append_number(char* to, pid_t number)
{
  char digits[16];
  int count = 0;
  do digits[count++] = static_cast<char>('0' + number % 10);
  while ((number /= 10) != 0);
  while (count > 0) *to++ = digits[--count];
  return to;
}

// "PREFIX PID SUFFIX" in one path.
void proc_path(char* to, const char* prefix, pid_t pid, const char* middle, pid_t thread, const char* suffix)
{
  to = ::stpcpy(to, prefix);
  to = append_number(to, pid);
  to = ::stpcpy(to, middle);
  if (thread != 0) to = append_number(to, thread);
  ::strcpy(to, suffix);
}

ssize_t read_small(const char* path, char* text, std::size_t size)
{
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  const ssize_t got = ::read(file, text, size - 1);
  ::close(file);
  text[got > 0 ? got : 0] = 0;
  return got;
}

// Without a PID namespace: what is below a process, by the kernel's list of children of its first thread. A child of
// another thread is missed here and found when its parent has ended and it is ours.
void signal_below(pid_t pid, int signal, int depth)
{
  char path[96];
  char children[k_most_listed];
  proc_path(path, "/proc/", pid, "/task/", pid, "/children");
  if (depth > k_most_depth || read_small(path, children, sizeof children) <= 0) return;
  const char* at = children;
  while (const pid_t child = number_at(at)) {
    signal_below(child, signal, depth + 1);
    ::kill(child, signal);
  }
}

// The first processes that run, by name, for the report.
void name_processes(char* names, std::size_t size)
{
  char* const end = names + size - 20;
  char* to = names;
  alignas(8) char entries[4096];
  const int folder = own_processes ? ::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  if (folder < 0) return;
  for (long got; (got = ::syscall(SYS_getdents64, folder, entries, sizeof entries)) > 0;)
    for (long at = 0; at < got;) {
      unsigned short length = 0;
      ::memcpy(&length, entries + at + 16, sizeof length);
      const char* digits = entries + at + 19;
      at += length;
      const pid_t pid = number_at(digits);
      char path[64];
      char name[32];
      if (*digits != 0 || pid < 2 || to >= end) continue;
      proc_path(path, "/proc/", pid, "/comm", 0, "");
      const ssize_t size_of_name = read_small(path, name, sizeof name);
      if (size_of_name <= 1) continue;
      if (to != names) *to++ = ' ';
      for (ssize_t i = 0; i < size_of_name && name[i] != '\n'; ++i)
        *to++ = name[i] > ' ' && name[i] < 127 ? name[i] : '?';
      *to = 0;
    }
  ::close(folder);
}

} // namespace

std::uint64_t cpu_of(const rusage& usage)
{
  return static_cast<std::uint64_t>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1'000'000 +
         static_cast<std::uint64_t>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

void signal_tree(int signal)
{
  if (own_processes) {
    ::kill(-1, signal);
    if (signal != SIGKILL) ::kill(-1, SIGCONT); // a stopped process acts on nothing but SIGKILL
    return;
  }
  signal_below(::getpid(), signal, 0);
  if (signal != SIGKILL) signal_below(::getpid(), SIGCONT, 0);
}

bool sweep(char* names, std::size_t size, std::uint64_t& cpu)
{
  bool left = false;
  while (true) {
    rusage usage;
    pid_t reaped = ::wait4(-1, nullptr, WNOHANG | __WALL, &usage);
    if (reaped == 0) {
      if (!left) name_processes(names, size);
      left = true;
      signal_tree(SIGKILL);
      // Without a PID namespace new ones may have come meanwhile: look again after each.
      reaped = ::wait4(-1, nullptr, __WALL, &usage);
    }
    if (reaped > 0) cpu += cpu_of(usage);
    else if (errno != EINTR) return left;
  }
}

} // namespace sluice::sandbox::zygote
