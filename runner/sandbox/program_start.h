// Starts one program as a child of this process without ever forking it: the child borrows our memory, on a stack of
// its own, until it has become the program (clone with CLONE_VM and CLONE_VFORK), so that starting costs the same
// whatever the size of this process. It knows nothing about trees, waiting or output.
// The child has its own session, /dev/null as input, one pipe as output and errors, no other descriptor, no blocked
// signal, every signal at its default, and dies with this process.
#pragma once

#include "runner/executor.h"
#include "runner/sandbox/fd.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <variant>
#include <vector>

namespace sluice::sandbox {

struct Child {
  pid_t pid = 0;
  Fd pidfd;
};

class ProgramStarter {
public:
  // Throws Error{world} when there is no memory for the stack or no /dev/null.
  ProgramStarter();
  ~ProgramStarter();
  ProgramStarter(const ProgramStarter&) = delete;
  ProgramStarter& operator=(const ProgramStarter&) = delete;

  // `mark` ("NAME=value") replaces the variable of that name. `output` becomes the child's standard output and errors.
  // A program that cannot be executed leaves nothing behind: the child is reaped before this returns.
  std::variant<Child, runner::StartFailure> start(const runner::Command& command, const std::string& mark, int output);

private:
  void collect_candidates(const runner::Command& command);
  void collect_arguments(const runner::Command& command);
  void collect_environment(const runner::Command& command, const std::string& mark);

  Fd input_;
  void* stack_ = nullptr;
  std::vector<int> handled_signals_; // not at their default in this process
  // Reused from start to start.
  std::vector<std::string> candidate_paths_;
  std::vector<const char*> candidates_;
  std::vector<char*> arguments_; // one spare place in front, for the shell of a script without "#!"
  std::vector<char*> environment_;
};

} // namespace sluice::sandbox
