// Runs an ordinary command (git, a build, a listing) to its end and returns what it printed.
// Not for tests: those go through runner/executor.h. Boost.Process v2 does the work; its traps on this version
// (zombies and twice-written output when the program is missing) are closed in launch() of command.cpp and tested.
// The command leads a process group of its own, starts with default signals and an
// empty mask whatever the caller has set, and ends when the caller's thread dies. It inherits no descriptor but its
// three streams. Safe to call from several threads at once.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::process {

struct CommandLine {
  std::vector<std::string> arguments; // [0]: path with '/' or a name looked up in PATH
  // What the command is started under ("nice -n 5"), as words before it; it is looked up first all the same.
  std::vector<std::string> wrapper;
  std::string working_directory;        // empty: the caller's
  std::vector<std::string> environment; // "NAME=value" added to or replacing the inherited ones
  std::vector<std::string> unset;       // names of inherited variables that are left out
  // A program of our own: found, and started with an environment, as adapters/process/own_programs.h says.
  bool own = false;
  std::string input; // standard input; empty: /dev/null
  std::optional<std::chrono::milliseconds> time_limit;
  bool merge_errors = false; // standard error goes into `output`, in the order written
  // How much of either stream the result holds: the first quarter and the last three, with a line between them that
  // says how much is missing. 0: all of it.
  std::size_t most_output = 0;
  // Called with each piece of output as it arrives; may be empty. All that is kept is in the result as well.
  std::function<void(std::string_view)> on_output;
};

struct CommandResult {
  int exit_code = 0; // 128 + signal when a signal ended it; never 0 where we have ended it
  std::string output;
  std::string errors;
  std::uint64_t left_out = 0; // bytes of both that are missing
  bool timed_out = false;
  // The caller has blocked SIGINT, SIGTERM or SIGHUP and one came: the command was ended, the signal still waits for
  // the caller's own loop.
  bool interrupted = false;
};

// Throws Error{world} when the program is missing or cannot be started. A non-zero exit code is no error here.
// What the program itself wrote is complete when this returns. A process that it left behind with a pipe open does not
// delay the return and is left alone, unless the time limit has passed: then the whole group is ended (SIGTERM, two
// seconds later SIGKILL).
CommandResult run_command(const CommandLine& command);

} // namespace sluice::process
