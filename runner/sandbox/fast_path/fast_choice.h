// Which library a process gets that opens the fast path's: the real one, or one with nothing in it, because another
// library must see the calls (sanitizers, other preloaded ones). Looks at the process while it waits; what cannot be
// learnt speaks against the fast path.
#pragma once

#include "runner/sandbox/fast_path/fast_image.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <sys/types.h>
#include <tuple>

namespace sluice::sandbox {

class FastChoice {
public:
  // One of `images`, opened for this process alone: its loader reads from where the last reader stopped. Empty: there
  // is none for it.
  Fd library_for(pid_t pid, std::uint32_t arch, const FastImages& images);

private:
  bool is_checked(pid_t pid);

  using Program = std::tuple<std::uint64_t, std::uint64_t, std::int64_t, std::int64_t>; // device, inode, change
  std::map<Program, bool> checked_;
};

// Reads up to that many bytes of a file from the offset on; returns how many it read.
using FileBytes = std::function<std::size_t(std::uint64_t offset, void* to, std::size_t size)>;

// Whether the ELF file asks for a library that must come before all others to see every call. True also for what cannot
// be read.
bool needs_first_place(const FileBytes& elf);

} // namespace sluice::sandbox
