// The seccomp filter that makes a lane's processes report every system call that names a file or reaches outside, and
// refuses the few that would pass by the observer. A pure function from options to BPF; it installs nothing.
// What it does with each call is one table (path_calls.h), explained in docs/design/observation.md. Calls that it lets
// pass are decided by number and architecture alone, so that the kernel remembers them and they stay free.
#pragma once

#include <array>
#include <cstdint>
#include <linux/filter.h>
#include <optional>
#include <vector>

namespace sluice::sandbox {

// What the lane's first process gives as the fourth to sixth argument of execve() and chdir(), which have no such
// arguments, where the observer was told of the call before. Chance, made for one lane: no test can guess or read it.
using Pass = std::array<std::uint64_t, 3>;

struct FilterOptions {
  // Numbers of native calls that are always notified: the engine's own channel to the zygote. Take them from
  // k_first_unknown_call upwards, where the kernel has nothing.
  std::vector<std::uint32_t> control_calls;
  std::optional<Pass> pass{}; // lets execve() and chdir() by that show it
  // Where the page of the fast path lies (fast_protocol.h): what comes from there and only reads is let through. 0:
  // there is none.
  std::uint64_t fast_page = 0;
};

// System calls from this number on are unknown to this program. They are answered ENOSYS, as by an older kernel.
constexpr std::uint32_t k_first_unknown_call = 470;

// At most 4096 instructions; the same for the same options.
std::vector<sock_filter> path_filter(const FilterOptions& options);

} // namespace sluice::sandbox
