// What can be learnt of a process that waits for the answer to its notification: strings and records in its memory,
// where its links in /proc lead, what it may do. It remembers nothing and decides nothing.
// Everything here is true only if the answer is still wanted afterwards (SECCOMP_IOCTL_NOTIF_SEND succeeds): until then
// the process may have died and its number may belong to another. Reading may block for as long as the process wants
// (userfaultfd, FUSE), so a thread that does it must not be the one that enforces limits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace sluice::sandbox {

enum class ReadResult : std::uint8_t {
  done,
  null,       // the address is 0
  too_long,   // no end within PATH_MAX: the kernel refuses it too
  unreadable, // not ours to read, or not mapped
};

constexpr std::size_t k_path_max = 4096; // its final 0 included

// Paths are read into buffers of this size.
struct PathBuffer {
  std::size_t size = 0;
  char bytes[k_path_max];
  std::string_view view() const { return {bytes, size}; }
};

// Up to the 0 byte, which is not part of the result.
ReadResult read_path(pid_t pid, std::uint64_t address, PathBuffer& path);

// Exactly `size` bytes, or false.
bool read_record(pid_t pid, std::uint64_t address, void* record, std::size_t size);

// The text of /proc/PID/NAME ("cwd", "root", "fd/7"), empty if there is none.
std::string proc_link(pid_t pid, std::string_view name);

// True if the process has this capability (CAP_SYS_ADMIN ...) in its own user namespace, or if that cannot be learnt.
bool may(pid_t pid, int capability);

} // namespace sluice::sandbox
