// The control group of one lane, which holds the memory and the number of processes of a test down: version 2 where a
// part of the tree is ours to give out, else version 1 as root, else none (then resource limits are all there is).
// One for each lane, not for each test: making one costs half of what starting a small test costs.
#pragma once

#include "runner/sandbox/fd.h"
#include "runner/sandbox/sandbox_spec.h"

#include <cstdint>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

namespace sluice::sandbox {

class ControlGroup {
public:
  // Null when nothing is to be limited or nothing can be. `member` and all that it will start belong to it.
  static std::unique_ptr<ControlGroup> make(const SandboxLimits& limits, const std::string& name, pid_t member);

  // Groups of runs that were killed, which no longer hold anybody.
  static void remove_old();

  ~ControlGroup();
  ControlGroup(const ControlGroup&) = delete;
  ControlGroup& operator=(const ControlGroup&) = delete;

  const char* kind() const { return kind_; }

  // A test begins: what others ran into is not its doing. Costs a look at two files.
  void begin() { before_ = counts(); }
  // Which limit was run into since begin(); empty: none.
  std::string reached() const;

private:
  ControlGroup() = default;
  struct Counts {
    std::uint64_t out_of_memory = 0, refused_processes = 0;
  };
  Counts counts() const;

  const char* kind_ = "";
  std::vector<std::string> folders_;
  Fd memory_events_, process_events_; // kept open: they are read for every test
  Counts before_;
};

} // namespace sluice::sandbox
