// What a command does to the signals of the calling thread, undone when it is over. Neither type installs a handler,
// so callers that use signalfd, handlers or defaults are all left as they were.
#pragma once

#include "adapters/process/fd.h"

#include <csignal>

namespace sluice::process {

// Keeps every signal from the calling thread while a child is started, so that none of the parent's handlers runs in
// the child before it has become another program.
class AllSignalsBlocked {
public:
  AllSignalsBlocked();
  ~AllSignalsBlocked();
  AllSignalsBlocked(const AllSignalsBlocked&) = delete;
  AllSignalsBlocked& operator=(const AllSignalsBlocked&) = delete;

private:
  sigset_t before_{};
};

// Writing to a program that no longer reads gives EPIPE instead of ending the caller.
class BrokenPipeBlocked {
public:
  BrokenPipeBlocked();
  ~BrokenPipeBlocked();
  BrokenPipeBlocked(const BrokenPipeBlocked&) = delete;
  BrokenPipeBlocked& operator=(const BrokenPipeBlocked&) = delete;

private:
  sigset_t before_{};
  bool was_pending_ = false;
};

// A descriptor that becomes readable when one of SIGINT, SIGTERM and SIGHUP waits for a caller that has blocked it.
// It is only watched, never read: the signal stays for the caller's own loop. Invalid when none is blocked.
Fd watch_blocked_stops();

// In the child, before it becomes another program: default handlers (they could not survive anyway, but one must not
// run here) and an empty mask. SIGPIPE and SIGCHLD are reset even if ignored, because programs rely on them.
// Async-signal-safe.
void reset_signals_in_child();

} // namespace sluice::process
