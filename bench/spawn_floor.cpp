// The floor under every runner: posix_spawn() and wait4() of one program, one after another, nothing else.
//   spawn_floor COUNT PROGRAM     prints the processor time of the whole tree per start, in microseconds
#include <cstdio>
#include <cstdlib>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

namespace {

double processor_seconds(int who)
{
  rusage usage{};
  ::getrusage(who, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

} // namespace

int main(int argc, char** argv)
{
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s COUNT PROGRAM [ARGUMENT...]\n", argv[0]);
    return 2;
  }
  const int count = std::atoi(argv[1]);
  const double before = processor_seconds(RUSAGE_SELF) + processor_seconds(RUSAGE_CHILDREN);
  for (int i = 0; i < count; ++i) {
    pid_t pid = 0;
    rusage usage{};
    if (::posix_spawn(&pid, argv[2], nullptr, nullptr, argv + 2, environ) != 0) return 1;
    if (::wait4(pid, nullptr, 0, &usage) != pid) return 1;
  }
  const double spent = processor_seconds(RUSAGE_SELF) + processor_seconds(RUSAGE_CHILDREN) - before;
  std::printf("%.2f\n", 1e6 * spent / count);
  return 0;
}
