// The table of system calls that name a file or reach outside: numbers, where the names stand among the arguments, and
// what the call does to them. The filter is made from it and the observer reads by it, so that the two cannot disagree.
// It knows nothing of processes or paths. Numbers follow arch/x86/entry/syscalls of Linux 6.18;
// docs/design/observation.md explains each row and each call that is missing here.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace sluice::sandbox {

enum class Verb : std::uint8_t {
  open,          // flags as of open(2), the file's content follows
  open_how,      // openat2: the flags stand in memory
  create,        // creat: opens to write anew
  ask,           // whether it is there, of which kind, its attributes
  ask_tree,      // open_tree: asks, or makes a mount of its own
  read_link,     // the text of a symbolic link
  execute,       // its content and that of its interpreters
  enter,         // becomes the working folder
  enter_fd,      // the same by descriptor
  change_root,   // chroot
  make,          // a name that must not be there yet: mkdir, mknod
  make_link,     // symlink: the first name is a text
  link,          // link: the first file gets a second name
  rename,        // may replace the second name
  remove,        // unlink, rmdir
  alter,         // attributes
  cut,           // truncate: part of the content stays
  bind,          // a socket address, to be made
  connect,       // a socket address, to be reached
  send_to,       // the same, when there is an address
  send_message,  // the same, inside a msghdr
  socketcall,    // i386: one of the four above
  mount,         // changes what names mean; with the right to do so the observation ends
  opaque,        // makes content visible in a way that is not followed
  refuse_enosys, // answered by the filter
  refuse_eperm,
};

// How the call treats a symbolic link as the last component, and where it says so.
enum class Last : std::uint8_t {
  follow,
  keep,       // never followed
  at_flags,   // followed unless AT_SYMLINK_NOFOLLOW; AT_EMPTY_PATH may make it a call on the descriptor
  at_keep,    // linkat: not followed unless AT_SYMLINK_FOLLOW
  open_flags, // O_NOFOLLOW, or O_CREAT with O_EXCL
};

constexpr std::int8_t k_none = -1;

struct PathCall {
  std::string_view name;
  std::int16_t x86_64; // k_none: there is no such call
  std::int16_t i386;
  Verb verb;
  Last last = Last::follow;
  std::int8_t path = 0;      // index of the argument
  std::int8_t base = k_none; // descriptor of the folder that `path` is relative to; k_none: the working folder
  std::int8_t flags = k_none;
  std::int8_t path2 = k_none;
  std::int8_t base2 = k_none;
};

std::span<const PathCall> path_calls();

// Null for a call that is not in the table. `arch` is AUDIT_ARCH_X86_64 or AUDIT_ARCH_I386. Constant time.
const PathCall* find_path_call(std::uint32_t arch, int number);

} // namespace sluice::sandbox
