// The seam to processes: start one, hear from all, end one with its whole tree.
// The executor knows nothing about tests, batches or limits; the runner decides when a process must end. The plain
// executor (runner/sandbox/process_executor.h) starts programs as they are; sandboxes come in behind the same seam.
// Not thread-safe: one thread drives it.
#pragma once

#include "model/observation.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sluice::runner {

using SteadyTime = std::chrono::steady_clock::time_point;

// What to start. Standard input is /dev/null; standard output and error are one stream, in the order written.
struct Command {
  std::vector<std::string> arguments;   // [0] is the program: a path with '/', or a name looked up in PATH
  std::string working_directory;        // absolute; empty: the caller's
  std::vector<std::string> environment; // the complete environment, "NAME=value"
  // Existing folder that the program shares with its starter (its results): absolute; empty: none. At most one process
  // at a time for each.
  std::string exchange{};
  // It works with other tests by way of files (a fixture, an order between tests): what it writes in the folders that
  // the sandbox shares (the build folder) stays.
  bool shares = false;
  friend bool operator==(const Command&, const Command&) = default;
};

// Identifies a started process; never reused within one executor.
enum class ProcessId : std::uint64_t {};

// A program that could not be started at all (missing, not executable, no memory): data, not an error.
struct StartFailure {
  int error = 0;       // errno
  std::string message; // "cannot start /x/y: No such file or directory"
};

// How a process ended, with its tree.
struct Ended {
  ProcessId process{};
  int exit_code = 0;                // when it exited by itself
  int signal = 0;                   // when a signal ended it; else 0
  std::chrono::microseconds cpu{0}; // user + system of the process and the children it waited for
  bool left_processes = false;      // something of its tree outlived it and was ended by the executor

  // What the tree used; null when the executor does not observe. Shared, because an event is handed on by value and an
  // observation may hold ten thousand paths.
  std::shared_ptr<const Observation> observation{};

  // It turned out only after start() that the program cannot be executed: nothing ran. (A sandbox starts programs out
  // of sight of its caller, who does not wait for it.)
  std::optional<StartFailure> not_started{};

  // Folder with what it wrote and nobody else sees, where that is kept; empty: nothing. To be taken at once: it is
  // removed with the exchange folder's content.
  std::string written{};

  // How it ended is not known, since its sandbox was destroyed or its end was told to somebody else: an accident of the
  // world. `signal` is SIGKILL then.
  bool lost = false;
};

struct Output {
  ProcessId process{};
  std::string bytes;
};

// The user asked to stop (SIGINT, SIGTERM, SIGHUP); delivered once for each signal.
struct StopRequest {
  int signal = 0;
};

using ProcessEvent = std::variant<Output, Ended, StopRequest>;

enum class Ending {
  terminate, // SIGTERM to the whole tree
  kill,      // SIGKILL to the whole tree, children that left the group included
};

class Executor {
public:
  virtual ~Executor() = default;

  virtual std::variant<ProcessId, StartFailure> start(const Command& command) = 0;

  // Returns at once; what happens shows in wait(). Ending a process that has ended is no error.
  virtual void end(ProcessId process, Ending how) = 0;

  // Blocks until something happened or `until` has passed (nullopt: for ever) and appends it to `events`. All output of
  // a process comes before its Ended, which comes exactly once.
  virtual void wait(std::optional<SteadyTime> until, std::vector<ProcessEvent>& events) = 0;
};

class Clock {
public:
  virtual ~Clock() = default;
  virtual SteadyTime now() = 0;
  virtual std::chrono::system_clock::time_point wall() = 0;
};

} // namespace sluice::runner
