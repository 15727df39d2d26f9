// The executor whose programs run in sandboxes: one lane for each folder of exchange, made when it is first needed,
// used again and again, made anew when it cannot be restored. Where the machine lacks what a full sandbox needs it goes
// down level by level, and says so. docs/design/sandbox.md has the picture.
#pragma once

#include "runner/executor.h"
#include "runner/sandbox/sandbox_spec.h"

#include <memory>
#include <string>
#include <vector>

namespace sluice::sandbox {

// What the lanes of this machine turned out to be.
struct SandboxState {
  SandboxLevel level = SandboxLevel::none;
  std::string refused;             // why a better level is not to be had; empty at level `full`
  std::vector<std::string> losses; // what is missing at this level
  std::string limits;              // "cgroup v2", "cgroup v1", "resource limits": who holds memory and processes down
  bool observed = false;           // lanes are watched
  bool fast_paths = false;         // with the fast path where it pays
};

class SandboxExecutor : public runner::Executor {
public:
  // Makes the first lane if there is none yet. Throws Error{world} when the demanded level cannot be had.
  virtual const SandboxState& prepare() = 0;
};

// Takes over the same as make_process_executor(). Throws Error{world}.
std::unique_ptr<SandboxExecutor> make_sandbox_executor(SandboxSpec spec);

} // namespace sluice::sandbox
