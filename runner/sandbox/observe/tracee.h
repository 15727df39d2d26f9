// What can be learnt of a process that waits for the answer to its notification: strings and records in its memory,
// where its links in /proc lead, what it may do. It remembers nothing and decides nothing.
// Everything here is true only if the answer is still wanted afterwards (SECCOMP_IOCTL_NOTIF_SEND succeeds): until then
// the process may have died and its number may belong to another. Reading may block for as long as the process wants
// (userfaultfd, FUSE), so a thread that does it must not be the one that enforces limits.
#pragma once

#include "runner/sandbox/fd.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

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

// Their memory. A process that asks often is read through its /proc/PID/mem, kept open, which spares the kernel the
// question whether we may. What is kept open goes with the memory, not with the process: it is dropped as soon as
// anybody executes a program, and after a while, since numbers of processes come round.
class TraceeMemory {
public:
  void begin();

  // As for TraceeFolders: to be called for every notification of a thread, and when one is about to execute a program.
  void heard_from(pid_t thread)
  {
    if (!executing_.empty()) settle(thread);
  }
  void executes(pid_t thread);

  // Up to the 0 byte, which is not part of the result.
  ReadResult read_path(pid_t pid, std::uint64_t address, PathBuffer& path);
  // Exactly `size` bytes, or false.
  bool read_record(pid_t pid, std::uint64_t address, void* record, std::size_t size);

private:
  struct Opened {
    pid_t pid = 0;
    std::uint32_t epoch = 0;
    std::uint32_t uses = 0;
    std::int64_t since = 0;
    Fd fd;
  };
  ssize_t read(pid_t pid, std::uint64_t address, void* buffer, std::size_t size);
  void settle(pid_t thread);

  std::vector<pid_t> executing_;
  std::uint32_t epoch_ = 1;
  std::array<Opened, 64> opened_; // by process, the last that had the place
};

// Milliseconds of a clock that is cheap to read and a few milliseconds late.
std::int64_t coarse_clock();

// What is remembered of a process by its number is asked for again after this long: by then the number may be
// another's. It comes round only after 32,768 new processes, which take ten times as long.
constexpr std::int64_t k_memory_milliseconds = 100;

// Takes out `thread`, and those that have ended when there are many: asking costs a system call each.
void erase_settled(std::vector<pid_t>& threads, pid_t thread);

// The text of /proc/PID/NAME ("cwd", "root", "fd/7"), empty if there is none.
std::string proc_link(pid_t pid, std::string_view name);

// True if the process has this capability (CAP_SYS_ADMIN ...) in its own user namespace, or if that cannot be learnt.
bool may(pid_t pid, int capability);

} // namespace sluice::sandbox
