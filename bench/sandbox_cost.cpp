// What a sandboxed program costs, beside the same program bare: processor time of everything, microseconds a run.
//   sandbox_cost bare  COUNT PROGRAM [ARGUMENT...]   clone(VM|VFORK), exec, wait: the floor
//   sandbox_cost lane  COUNT PROGRAM [ARGUMENT...]   in one lane of the sandbox executor; making the lane is taken off
//   sandbox_cost watch COUNT PROGRAM [ARGUMENT...]   the same, observed
//   sandbox_cost end   COUNT PROGRAM [ARGUMENT...]   ends the tree of a program that has printed "ready"
//   sandbox_cost group COUNT PROGRAM [ARGUMENT...]   the same tree, ended by cgroup.kill and reaped
//   sandbox_cost soak  COUNT PROGRAM [ARGUMENT...]   prints what is left of COUNT runs: descriptors, processes, mounts
#include "runner/sandbox/sandbox_executor.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sched.h>
#include <signal.h>
#include <string>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace {

using namespace sluice;

double processor_seconds()
{
  double sum = 0;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    ::getrusage(who, &usage);
    for (const timeval& time : {usage.ru_utime, usage.ru_stime})
      sum += static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  }
  return sum;
}

double spent(const std::function<void()>& what)
{
  const double before = processor_seconds();
  what();
  return processor_seconds() - before;
}

int become(void* argument)
{
  char** const words = static_cast<char**>(argument);
  ::execve(words[0], words, environ);
  ::_exit(127);
}

pid_t start_bare(char** words)
{
  alignas(16) static char stack[64 * 1024];
  return ::clone(become, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, words);
}

void run_bare(int count, char** words)
{
  for (int i = 0, status = 0; i < count; ++i)
    if (::waitpid(start_bare(words), &status, 0) < 0 || status != 0) std::exit(1);
}

runner::Command command_of(char** words)
{
  runner::Command command;
  for (char** word = words; *word; ++word) command.arguments.emplace_back(*word);
  command.environment = {"PATH=/usr/bin:/bin", "HOME=/nonexistent"};
  return command;
}

std::unique_ptr<sandbox::SandboxExecutor> make(bool observe)
{
  sandbox::SandboxSpec spec;
  spec.trees = {std::filesystem::current_path().string()};
  spec.home = std::getenv("HOME") ? std::getenv("HOME") : "";
  spec.limits.processes = 4096;
  spec.observe = observe;
  auto executor = sandbox::make_sandbox_executor(spec);
  executor->prepare();
  return executor;
}

// Until the program has ended; `on_output` may end it.
void finish(runner::Executor& executor, const std::function<void(runner::ProcessId)>& on_output = {})
{
  std::vector<runner::ProcessEvent> events;
  while (true) {
    events.clear();
    executor.wait(std::nullopt, events);
    for (const auto& event : events) {
      if (const auto* output = std::get_if<runner::Output>(&event); output && on_output) on_output(output->process);
      const auto* const ended = std::get_if<runner::Ended>(&event);
      if (ended && (ended->not_started || ended->lost || (!on_output && ended->exit_code != 0))) std::exit(1);
      if (ended) return;
    }
  }
}

void run_in_lane(bool observe, int count, char** words)
{
  const auto executor = make(observe);
  const runner::Command command = command_of(words);
  for (int i = 0; i < count; ++i) {
    executor->start(command);
    finish(*executor);
  }
}

void end_in_lane(int count, char** words)
{
  const auto executor = make(false);
  for (int i = 0; i < count; ++i) {
    executor->start(command_of(words));
    finish(*executor, [&](runner::ProcessId process) { executor->end(process, runner::Ending::kill); });
  }
}

// False when there is no control group of version 2 that is ours.
bool end_by_group(int count, char** words)
{
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  std::string parent = "/sys/fs/cgroup/unified";
  if (!std::filesystem::exists(parent)) parent = "/sys/fs/cgroup";
  const std::string group = parent + "/bench-" + std::to_string(::getpid());
  if (::mkdir(group.c_str(), 0755) != 0) return false;
  for (int i = 0; i < count; ++i) {
    int ends[2];
    if (::pipe(ends) != 0) return false;
    const pid_t pid = ::fork();
    if (pid == 0) {
      std::ofstream(group + "/cgroup.procs") << ::getpid();
      ::dup2(ends[1], 1);
      become(words);
    }
    char byte = 0;
    if (::read(ends[0], &byte, 1) != 1) return false;
    std::ofstream(group + "/cgroup.kill") << 1;
    while (::waitpid(-1, nullptr, __WALL) > 0) {
    }
    ::close(ends[0]);
    ::close(ends[1]);
  }
  return ::rmdir(group.c_str()) == 0;
}

long entries(const char* folder)
{
  return std::distance(std::filesystem::directory_iterator(folder), {});
}

long lines(const char* file)
{
  std::ifstream in(file);
  long count = 0;
  for (std::string line; std::getline(in, line);) ++count;
  return count;
}

long children()
{
  std::ifstream in("/proc/self/task/" + std::to_string(::getpid()) + "/children");
  long count = 0;
  for (long pid = 0; in >> pid;) ++count;
  return count;
}

void soak(int count, char** words)
{
  const long files = entries("/proc/self/fd"), mounts = lines("/proc/self/mountinfo"), temporary = entries("/tmp");
  run_in_lane(false, count, words);
  std::printf("descriptors %ld processes %ld mounts %ld temporary %ld\n", entries("/proc/self/fd") - files, children(),
              lines("/proc/self/mountinfo") - mounts, entries("/tmp") - temporary);
}

} // namespace

int main(int argc, char** argv)
{
  if (argc < 4) {
    std::fprintf(stderr, "usage: %s bare|lane|watch|end|group|soak COUNT PROGRAM [ARGUMENT...]\n", argv[0]);
    return 2;
  }
  const std::string mode = argv[1];
  const int count = std::atoi(argv[2]);
  char** const words = argv + 3;
  double seconds = 0;
  if (mode == "soak") return soak(count, words), 0;
  if (mode == "bare") seconds = spent([&] { run_bare(count, words); });
  if (mode == "group") {
    bool done = false;
    seconds = spent([&] { done = end_by_group(count, words); });
    if (!done) return 1;
  }
  if (mode == "end") seconds = spent([&] { end_in_lane(count, words); }) - spent([&] { end_in_lane(0, words); });
  if (mode == "lane" || mode == "watch") {
    const bool observe = mode == "watch";
    seconds = spent([&] { run_in_lane(observe, count, words); }) - spent([&] { run_in_lane(observe, 0, words); });
  }
  std::printf("%.2f\n", 1e6 * seconds / count);
  return 0;
}
