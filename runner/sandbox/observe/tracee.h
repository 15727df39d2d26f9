// What can be learnt of a process that waits for the answer to its notification: strings and records in its memory,
// where its links in /proc lead, what it may do. It decides nothing; it remembers only how to read a process again, and
// not for long (TraceeMemory).
// Everything here is true only if the answer is still wanted afterwards (SECCOMP_IOCTL_NOTIF_SEND succeeds): until then
// the process may have died and its number may belong to another. Reading may block for as long as the process wants
// (userfaultfd, FUSE), so the thread that reads must not be the one that enforces limits.
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

// Reads the memory of such processes. A process that asks often is read through its /proc/PID/mem, which stays open and
// so spares the kernel the check of our rights. The open file belongs to the memory, not to the process. So all of them
// are dropped as soon as any process executes a program, and each after a while, since numbers of processes come round.
class TraceeMemory {
public:
  // A batch begins: forgets all processes.
  void begin();

  // As for TraceeFolders: call heard_from() for every notification of a thread, and executes() when a thread is about
  // to execute a program.
  void heard_from(pid_t thread)
  {
    if (!executing_.empty()) settle(thread);
  }
  void executes(pid_t thread);

  // Reads up to the 0 byte, which is not part of the result.
  ReadResult read_path(pid_t pid, std::uint64_t address, PathBuffer& path);
  // Reads exactly `size` bytes; false if it cannot.
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

// What is remembered of a process by its number is read again after this long, since the number may have come to
// another process. It comes round only after 32,768 new processes, which take ten times as long.
constexpr std::int64_t k_memory_milliseconds = 100;

// Removes `thread` from the list; when the list is long, also threads that have ended (one system call for each).
void erase_settled(std::vector<pid_t>& threads, pid_t thread);

// The text of /proc/PID/NAME ("cwd", "root", "fd/7"), empty if there is none.
std::string proc_link(pid_t pid, std::string_view name);

// True if the process has this capability (CAP_SYS_ADMIN ...) in its own user namespace, or if that cannot be learnt.
bool may(pid_t pid, int capability);

} // namespace sluice::sandbox
