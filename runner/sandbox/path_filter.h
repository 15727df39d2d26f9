// The seccomp filter that makes a lane's processes report every system call that names a file or reaches outside, and
// refuses the few that would pass by the observer. A pure function from options to BPF; it installs nothing.
// What it does with each call is one table (path_calls.h), explained in docs/design/observation.md. Calls that it lets
// pass are decided by number and architecture alone, so that the kernel remembers them and they stay free.
#pragma once

#include <cstdint>
#include <linux/filter.h>
#include <optional>
#include <vector>

namespace sluice::sandbox {

struct FilterOptions {
  // Numbers of native calls that are always notified: the engine's own channel to the zygote. Take them from
  // k_first_unknown_call upwards, where the kernel has nothing.
  std::vector<std::uint32_t> control_calls;

  // Path calls whose instruction lies in this page are let through: the stub of the preloaded fast path. None: no fast
  // path. See docs/design/observation.md for what a hostile test can do with it.
  std::optional<std::uint64_t> stub_page;
};

// System calls from this number on are unknown to this program. They are answered ENOSYS, as by an older kernel.
constexpr std::uint32_t k_first_unknown_call = 470;

// At most 4096 instructions; the same for the same options.
std::vector<sock_filter> path_filter(const FilterOptions& options);

} // namespace sluice::sandbox
