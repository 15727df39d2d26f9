// What tests of a run ran in, as far as a verdict may hang on it. It does not know how a sandbox is made
// (runner/sandbox) nor what was wanted of it (model/config.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

// How much of a sandbox there is, best first; docs/design/sandbox.md has the table.
enum class SandboxLevel : std::uint8_t {
  full,    // all namespaces, all mounts
  partial, // own processes and mounts, but something is missing
  bare,    // no namespaces: private folders, write protection by Landlock, limits, certain ends
  none,    // programs run as they are
};

struct SandboxReport {
  SandboxLevel level = SandboxLevel::none;
  std::string refused;             // why there is no better level; empty at `full`
  std::vector<std::string> losses; // what is missing, one line each
  std::string limits;              // who holds memory and processes down: "cgroup v2", "resource limits"
  bool observed = false;           // what tests use is watched; BatchFinished::unobserved tells of exceptions

  // What sluice.toml opens in the walls, one line each as it stands there: `network = "host"`, `devices = "/dev/kvm"`.
  std::vector<std::string> openings;
  friend bool operator==(const SandboxReport&, const SandboxReport&) = default;
};

// Of two runs that count as one: the worse of each.
SandboxReport worse_of(const SandboxReport& one, const SandboxReport& other);

std::string_view to_string(SandboxLevel level); // "full", "partial", "bare", "none"

} // namespace sluice
