// What the executor takes over from this process while it lives, and gives back when it goes: SIGINT, SIGTERM and
// SIGHUP are blocked and read from a descriptor, SIGCHLD is at its default (an ignored one would let the kernel reap
// behind our back), orphaned descendants become our children (subreaper), and programs write no core files.
#pragma once

#include "runner/sandbox/fd.h"

#include <csignal>
#include <optional>
#include <sys/resource.h>

namespace sluice::sandbox {

class Takeover {
public:
  // Throws Error{world}.
  Takeover();
  ~Takeover();
  Takeover(const Takeover&) = delete;
  Takeover& operator=(const Takeover&) = delete;

  int descriptor() const { return signals_.get(); }

  // The next stop signal that has arrived; nullopt when there is none. Never blocks.
  std::optional<int> next_signal();

private:
  Fd signals_;
  sigset_t mask_before_;
  struct sigaction child_before_ {};
  rlimit core_before_{};
  int subreaper_before_ = 0;
};

} // namespace sluice::sandbox
