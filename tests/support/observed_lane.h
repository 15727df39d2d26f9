// A lane without walls for tests and benchmarks of the observer: one child under the filter, its listener in our hands,
// one thread that receives and answers until nothing runs under the filter any more. Real lanes have namespaces, too
// (runner/sandbox/lane.h); this knows only the filter and the observer.
#pragma once

#include "model/observation.h"
#include "runner/sandbox/lane_view.h"
#include "runner/sandbox/observe/observer.h"
#include "runner/sandbox/observe/path_filter.h"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace sluice::tests {

struct LaneOptions {
  sandbox::LaneView view;
  sandbox::FilterOptions filter;
  std::chrono::seconds limit{60};
  bool fast = false; // with the fast path: preloaded in what the body executes, as `preload` if that is not empty
  std::string preload;
  // Called instead of the observer's handle(); for faults. Empty: handle().
  std::function<void(sandbox::Observer&, const seccomp_notif&, int listener)> handle;
};

struct LaneResult {
  Observation observation;
  int status = 0; // of waitpid()
  std::size_t notifications = 0;
  std::size_t noted = 0; // names, by the fast path
  bool exited_with(int code) const;
};

// Runs `body` in a forked child under the filter; its result is the exit code. Only what the body does is observed.
LaneResult observe(const std::function<int()>& body, const LaneOptions& options = {});

// The same for a program, as execvp() finds it, silent unless `loud`.
LaneResult observe_program(const std::vector<std::string>& arguments, const LaneOptions& options = {},
                           bool loud = false);

// Where the kernel cannot do it (no user notification, a listener of somebody else): why. Empty: it can.
std::string why_no_observation();

} // namespace sluice::tests
