// The seccomp filter that makes a lane's processes report every system call that names a file or reaches outside, and
// refuses the few that would bypass the observer. A pure function from options to BPF; it installs nothing.
// One table says what it does with each call (path_calls.h; explained in docs/design/observation.md). Calls that pass
// are decided by number and architecture alone, so that the kernel caches the answer and they cost nothing.
#pragma once

#include <array>
#include <cstdint>
#include <linux/filter.h>
#include <optional>
#include <vector>

namespace sluice::sandbox {

// The fourth to sixth argument that the lane's first process gives to execve() and chdir(), which have no such
// arguments, when the observer was told of the call before. Random, made for one lane: no test can guess or read it.
using Pass = std::array<std::uint64_t, 3>;

struct FilterOptions {
  // Numbers of native calls that are always notified, by which processes of the lane speak to its observer
  // (k_fast_call). Take them from k_first_unknown_call upwards, where the kernel has no calls.
  std::vector<std::uint32_t> control_calls;
  std::optional<Pass> pass{}; // execve() and chdir() with these arguments are not notified
  // Address of the fast path's page (fast_protocol.h): calls from there that only read are not notified. 0: no page.
  std::uint64_t fast_page = 0;
};

// System calls from this number on are unknown to this program. They fail with ENOSYS, as on an older kernel.
constexpr std::uint32_t k_first_unknown_call = 470;

// At most 4096 instructions; the same for the same options.
std::vector<sock_filter> path_filter(const FilterOptions& options);

} // namespace sluice::sandbox
