// The control group of one lane, which limits the memory and the number of processes of a test. It is of version 2
// where a part of the tree is delegated to us, else of version 1 as root; else there is none, and only resource limits
// hold. There is one for each lane, not for each test: making one costs half of what starting a small test costs.
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
  // Null if nothing is to be limited or nothing can be. `member` and all that it will start belong to the group.
  static std::unique_ptr<ControlGroup> make(const SandboxLimits& limits, const std::string& name, pid_t member);

  // Removes empty groups that killed runs left behind.
  static void remove_old();

  ~ControlGroup();
  ControlGroup(const ControlGroup&) = delete;
  ControlGroup& operator=(const ControlGroup&) = delete;

  const char* kind() const { return kind_; }

  // Marks the start of a test; limits hit before are not attributed to it. Reads two files.
  void begin() { before_ = counts(); }
  // The limit that was hit since begin(); empty: none.
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
