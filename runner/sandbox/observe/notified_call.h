// One system call that waits for an answer: its arguments by the table's shape, and the answer. It does not read the
// caller's memory.
#pragma once

#include "runner/sandbox/observe/path_calls.h"

#include <cstdint>
#include <linux/types.h>
#include <sys/types.h>

namespace sluice::sandbox {

// The one answer to a notification.
class Reply {
public:
  Reply(int listener, std::uint64_t id) : listener_(listener), id_(id) {}

  enum class Sent : std::uint8_t {
    yes,  // it waited for the answer, so what was read of it was its own
    gone, // killed or interrupted meanwhile: the call was not made, or will be notified again
    lost, // the listener is broken
  };
  // Lets the call go on. Sends once, however often it is called.
  Sent proceed();
  // Answers with a descriptor of its own for the same file, closed on exec. Where that fails the call still has to go
  // on.
  void give(int file);

private:
  int listener_;
  std::uint64_t id_;
  bool done_ = false;
  Sent sent_ = Sent::yes;
};

// One notified system call.
struct NotifiedCall {
  const PathCall& shape;
  pid_t pid;
  std::uint32_t arch;
  const __u64* arguments;
  Reply& reply;
  std::uint64_t instruction = 0; // where it came from

  bool compat() const; // of a 32-bit process
  std::uint64_t argument(std::int8_t index) const;
  bool of_fast_path() const;
  int descriptor(std::int8_t index) const; // AT_FDCWD for k_none
  std::uint64_t flags() const;             // 0 where the table has none
};

} // namespace sluice::sandbox
