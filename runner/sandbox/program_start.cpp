#include "runner/sandbox/program_start.h"

#include "model/error.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sluice::sandbox {

namespace {

constexpr std::size_t k_stack_size = 64 * 1024;
constexpr std::size_t k_guard_size = 4096;
constexpr std::string_view k_default_path = "/usr/local/bin:/usr/bin:/bin";

enum class Stage { nothing, directory, program };

// All that the child needs, prepared before it exists: it must not allocate.
struct ChildPlan {
  const std::vector<int>* reset_signals;
  const char* const* candidates; // null-terminated
  char** arguments;              // arguments[-1] is a spare place
  char* const* environment;
  const char* directory; // or null
  int input;
  int output;
  Stage failed = Stage::nothing;
  int error = 0;
};

// As execvp() does: a candidate that may not be executed does not hide a later one that may, and a text file without
// "#!" goes to the shell.
void try_candidates(ChildPlan& plan)
{
  int error = ENOENT;
  for (const char* const* path = plan.candidates; *path; ++path) {
    ::execve(*path, plan.arguments, plan.environment);
    if (errno == ENOEXEC) {
      static char shell[] = "/bin/sh";
      char* const first = plan.arguments[0];
      plan.arguments[-1] = shell;
      plan.arguments[0] = const_cast<char*>(*path);
      ::execve(shell, plan.arguments - 1, plan.environment);
      plan.arguments[0] = first;
      errno = ENOEXEC;
    }
    if (error != EACCES) error = errno;
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) break;
  }
  plan.failed = Stage::program;
  plan.error = error;
}

// Runs in our memory while we are suspended: only system calls, nothing that allocates or locks.
__attribute__((no_sanitize("address", "thread", "undefined"))) int child_main(void* argument)
{
  ChildPlan& plan = *static_cast<ChildPlan*>(argument);
  struct sigaction by_default {};
  by_default.sa_handler = SIG_DFL;
  for (const int signal : *plan.reset_signals) ::sigaction(signal, &by_default, nullptr);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setsid();
  ::dup2(plan.input, STDIN_FILENO);
  ::dup2(plan.output, STDOUT_FILENO);
  ::dup2(plan.output, STDERR_FILENO);
  // Our own descriptors are close-on-exec; this one catches what libraries opened and what we inherited.
  ::syscall(SYS_close_range, 3u, ~0u, 0u);
  if (plan.directory && ::chdir(plan.directory) != 0) {
    plan.failed = Stage::directory;
    plan.error = errno;
    ::_exit(127);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  try_candidates(plan);
  ::_exit(127);
}

// Blocks every signal for its lifetime: no handler of ours may run in the child while it shares our memory.
class SignalsBlocked {
public:
  SignalsBlocked()
  {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
  sigset_t before_;
};

std::string_view name_of(std::string_view assignment)
{
  return assignment.substr(0, assignment.find('='));
}

std::string_view search_path(const runner::Command& command)
{
  for (const std::string& variable : command.environment)
    if (variable.compare(0, 5, "PATH=") == 0) return std::string_view(variable).substr(5);
  return k_default_path;
}

runner::StartFailure failure(const runner::Command& command, const ChildPlan& plan)
{
  const char* reason = std::strerror(plan.error);
  if (plan.failed == Stage::directory)
    return {plan.error, fmt::format("cannot enter {} to start {}: {}", command.working_directory,
                                    command.arguments.front(), reason)};
  return {plan.error, fmt::format("cannot start {}: {}", command.arguments.front(), reason)};
}

} // namespace

ProgramStarter::ProgramStarter()
{
  // Descriptors 0 to 2 must be taken, or a pipe of ours could land there and be lost when the child arranges its own.
  int null = -1;
  do {
    null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0)
      throw Error(ErrorKind::world, fmt::format("cannot open /dev/null: {}", std::strerror(errno)),
                  "raise the limit of open files (ulimit -n)");
  } while (null < 3);
  input_ = Fd(null);

  void* const memory = ::mmap(nullptr, k_stack_size + k_guard_size, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (memory == MAP_FAILED) throw Error(ErrorKind::world, "no memory for the stack that programs are started on");
  stack_ = memory;
  ::mprotect(stack_, k_guard_size, PROT_NONE);

  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction now {};
    if (::sigaction(signal, nullptr, &now) == 0 && now.sa_handler != SIG_DFL) handled_signals_.push_back(signal);
  }
}

ProgramStarter::~ProgramStarter()
{
  if (stack_) ::munmap(stack_, k_stack_size + k_guard_size);
}

void ProgramStarter::collect_candidates(const runner::Command& command)
{
  const std::string& program = command.arguments.front();
  candidate_paths_.clear();
  candidates_.clear();
  if (program.find('/') != std::string::npos) {
    candidates_.push_back(program.c_str());
  } else if (!program.empty()) {
    std::string_view rest = search_path(command);
    while (true) {
      const std::size_t colon = rest.find(':');
      const std::string_view folder = rest.substr(0, colon);
      candidate_paths_.push_back(folder.empty() ? program : fmt::format("{}/{}", folder, program));
      if (colon == std::string_view::npos) break;
      rest.remove_prefix(colon + 1);
    }
    for (const std::string& path : candidate_paths_) candidates_.push_back(path.c_str());
  }
  candidates_.push_back(nullptr);
}

void ProgramStarter::collect_arguments(const runner::Command& command)
{
  arguments_.clear();
  arguments_.push_back(nullptr);
  for (const std::string& argument : command.arguments) arguments_.push_back(const_cast<char*>(argument.c_str()));
  arguments_.push_back(nullptr);
}

void ProgramStarter::collect_environment(const runner::Command& command, const std::string& mark)
{
  const std::string_view marked = name_of(mark);
  environment_.clear();
  for (const std::string& variable : command.environment)
    if (name_of(variable) != marked) environment_.push_back(const_cast<char*>(variable.c_str()));
  environment_.push_back(const_cast<char*>(mark.c_str()));
  environment_.push_back(nullptr);
}

std::variant<Child, runner::StartFailure> ProgramStarter::start(const runner::Command& command, const std::string& mark,
                                                                int output)
{
  if (command.arguments.empty()) return runner::StartFailure{EINVAL, "cannot start a command without a program"};
  collect_candidates(command);
  collect_arguments(command);
  collect_environment(command, mark);
  ChildPlan plan{&handled_signals_,
                 candidates_.data(),
                 arguments_.data() + 1,
                 environment_.data(),
                 command.working_directory.empty() ? nullptr : command.working_directory.c_str(),
                 input_.get(),
                 output};

  int pidfd = -1;
  int pid = -1;
  int clone_error = 0;
  {
    const SignalsBlocked blocked;
    char* const top = static_cast<char*>(stack_) + k_stack_size + k_guard_size;
    pid = ::clone(child_main, top, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &plan, &pidfd);
    clone_error = errno;
  }
  if (pid < 0) {
    plan.failed = Stage::program;
    plan.error = clone_error;
    return failure(command, plan);
  }
  Child child{pid, Fd(pidfd)};
  if (plan.failed == Stage::nothing) return child;
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  return failure(command, plan);
}

} // namespace sluice::sandbox
