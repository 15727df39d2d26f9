#include "runner/sandbox/observe/path_calls.h"

#include "runner/sandbox/observe/path_filter.h"

#include <array>
#include <linux/audit.h>

namespace sluice::sandbox {

namespace {

constexpr std::int8_t no = k_none;

constexpr PathCall k_calls[] = {
  // name, x86_64, i386, verb, last component, path, base, flags, path2, base2
  {"open", 2, 5, Verb::open, Last::open_flags, 0, no, 1},
  {"openat", 257, 295, Verb::open, Last::open_flags, 1, 0, 2},
  {"openat2", 437, 437, Verb::open_how, Last::open_flags, 1, 0, 2},
  {"creat", 85, 8, Verb::create, Last::open_flags, 0},
  {"uselib", 134, 86, Verb::open, Last::open_flags, 0},

  {"stat", 4, 106, Verb::ask, Last::follow},
  {"oldstat", no, 18, Verb::ask, Last::follow},
  {"stat64", no, 195, Verb::ask, Last::follow},
  {"lstat", 6, 107, Verb::ask, Last::keep},
  {"oldlstat", no, 84, Verb::ask, Last::keep},
  {"lstat64", no, 196, Verb::ask, Last::keep},
  {"newfstatat", 262, no, Verb::ask, Last::at_flags, 1, 0, 3},
  {"fstatat64", no, 300, Verb::ask, Last::at_flags, 1, 0, 3},
  {"statx", 332, 383, Verb::ask, Last::at_flags, 1, 0, 2},
  {"access", 21, 33, Verb::ask, Last::follow},
  {"faccessat", 269, 307, Verb::ask, Last::follow, 1, 0},
  {"faccessat2", 439, 439, Verb::ask, Last::at_flags, 1, 0, 3},
  {"statfs", 137, 99, Verb::ask, Last::follow},
  {"statfs64", no, 268, Verb::ask, Last::follow},
  {"name_to_handle_at", 303, 341, Verb::ask, Last::at_keep, 1, 0, 4},
  {"getxattr", 191, 229, Verb::ask, Last::follow},
  {"lgetxattr", 192, 230, Verb::ask, Last::keep},
  {"listxattr", 194, 232, Verb::ask, Last::follow},
  {"llistxattr", 195, 233, Verb::ask, Last::keep},
  {"getxattrat", 464, 464, Verb::ask, Last::at_flags, 1, 0, 2},
  {"listxattrat", 465, 465, Verb::ask, Last::at_flags, 1, 0, 2},
  {"file_getattr", 468, 468, Verb::ask, Last::at_flags, 1, 0, 4},
  {"inotify_add_watch", 254, 292, Verb::ask, Last::follow, 1},
  {"fanotify_mark", 301, no, Verb::ask, Last::follow, 4, 3},
  {"fanotify_mark", no, 339, Verb::ask, Last::follow, 5, 4}, // the mask takes two registers
  {"quotactl", 179, 131, Verb::ask, Last::follow, 1},
  {"acct", 163, 51, Verb::ask, Last::follow},
  {"swapon", 167, 87, Verb::ask, Last::follow},
  {"swapoff", 168, 115, Verb::ask, Last::follow},
  {"readlink", 89, 85, Verb::read_link, Last::keep},
  {"readlinkat", 267, 305, Verb::read_link, Last::keep, 1, 0},

  {"execve", 59, 11, Verb::execute, Last::follow},
  {"execveat", 322, 358, Verb::execute, Last::at_flags, 1, 0, 4},

  {"chdir", 80, 12, Verb::enter, Last::follow},
  {"fchdir", 81, 133, Verb::enter_fd, Last::follow, no},
  {"chroot", 161, 61, Verb::change_root, Last::follow},

  {"mkdir", 83, 39, Verb::make, Last::keep},
  {"mkdirat", 258, 296, Verb::make, Last::keep, 1, 0},
  {"mknod", 133, 14, Verb::make, Last::keep},
  {"mknodat", 259, 297, Verb::make, Last::keep, 1, 0},
  {"symlink", 88, 83, Verb::make_link, Last::keep, 0, no, no, 1},
  {"symlinkat", 266, 304, Verb::make_link, Last::keep, 0, no, no, 2, 1},
  {"link", 86, 9, Verb::link, Last::keep, 0, no, no, 1},
  {"linkat", 265, 303, Verb::link, Last::at_keep, 1, 0, 4, 3, 2},
  {"rename", 82, 38, Verb::rename, Last::keep, 0, no, no, 1},
  {"renameat", 264, 302, Verb::rename, Last::keep, 1, 0, no, 3, 2},
  {"renameat2", 316, 353, Verb::rename, Last::keep, 1, 0, no, 3, 2},
  {"unlink", 87, 10, Verb::remove, Last::keep},
  {"unlinkat", 263, 301, Verb::remove, Last::keep, 1, 0},
  {"rmdir", 84, 40, Verb::remove, Last::keep},

  {"truncate", 76, 92, Verb::cut, Last::follow},
  {"truncate64", no, 193, Verb::cut, Last::follow},
  {"chmod", 90, 15, Verb::alter, Last::follow},
  {"fchmodat", 268, 306, Verb::alter, Last::follow, 1, 0},
  {"fchmodat2", 452, 452, Verb::alter, Last::at_flags, 1, 0, 3},
  {"chown", 92, 182, Verb::alter, Last::follow},
  {"chown32", no, 212, Verb::alter, Last::follow},
  {"lchown", 94, 16, Verb::alter, Last::keep},
  {"lchown32", no, 198, Verb::alter, Last::keep},
  {"fchownat", 260, 298, Verb::alter, Last::at_flags, 1, 0, 4},
  {"utime", 132, 30, Verb::alter, Last::follow},
  {"utimes", 235, 271, Verb::alter, Last::follow},
  {"futimesat", 261, 299, Verb::alter, Last::follow, 1, 0},
  {"utimensat", 280, 320, Verb::alter, Last::at_flags, 1, 0, 3},
  {"utimensat_time64", no, 412, Verb::alter, Last::at_flags, 1, 0, 3},
  {"setxattr", 188, 226, Verb::alter, Last::follow},
  {"lsetxattr", 189, 227, Verb::alter, Last::keep},
  {"removexattr", 197, 235, Verb::alter, Last::follow},
  {"lremovexattr", 198, 236, Verb::alter, Last::keep},
  {"setxattrat", 463, 463, Verb::alter, Last::at_flags, 1, 0, 2},
  {"removexattrat", 466, 466, Verb::alter, Last::at_flags, 1, 0, 2},
  {"file_setattr", 469, 469, Verb::alter, Last::at_flags, 1, 0, 4},

  {"bind", 49, 361, Verb::bind, Last::keep, 1},
  {"connect", 42, 362, Verb::connect, Last::follow, 1},
  {"sendto", 44, 369, Verb::send_to, Last::follow, 4},
  {"sendmsg", 46, 370, Verb::send_message, Last::follow, 1},
  {"sendmmsg", 307, 345, Verb::send_message, Last::follow, 1},
  {"socketcall", no, 102, Verb::socketcall, Last::follow, 1},

  {"mount", 165, 21, Verb::mount},
  {"umount", no, 22, Verb::mount},
  {"umount2", 166, 52, Verb::mount},
  {"pivot_root", 155, 217, Verb::mount},
  {"setns", 308, 346, Verb::mount},
  {"open_tree", 428, 428, Verb::ask_tree, Last::at_flags, 1, 0, 2},
  {"open_tree_attr", 467, 467, Verb::ask_tree, Last::at_flags, 1, 0, 2},
  {"move_mount", 429, 429, Verb::mount},
  {"fsopen", 430, 430, Verb::mount},
  {"fsmount", 432, 432, Verb::mount},
  {"fspick", 433, 433, Verb::mount},
  {"mount_setattr", 442, 442, Verb::mount},

  {"bpf", 321, 357, Verb::opaque},
  {"open_by_handle_at", 304, 342, Verb::refuse_eperm}, // as without CAP_DAC_READ_SEARCH
  {"io_uring_setup", 425, 425, Verb::refuse_enosys},   // its requests pass by every filter
  {"io_uring_enter", 426, 426, Verb::refuse_enosys},
  {"io_uring_register", 427, 427, Verb::refuse_enosys},
};

using Index = std::array<std::uint8_t, k_first_unknown_call>; // 0: none, else position + 1

constexpr Index index_by(std::int16_t PathCall::*number)
{
  static_assert(std::size(k_calls) < 255);
  Index index{};
  for (std::size_t i = 0; i < std::size(k_calls); ++i)
    if (k_calls[i].*number != k_none)
      index[static_cast<std::size_t>(k_calls[i].*number)] = static_cast<std::uint8_t>(i + 1);
  return index;
}

constexpr Index k_x86_64 = index_by(&PathCall::x86_64);
constexpr Index k_i386 = index_by(&PathCall::i386);

} // namespace

std::span<const PathCall> path_calls()
{
  return k_calls;
}

const PathCall* find_path_call(std::uint32_t arch, int number)
{
  if (number < 0 || static_cast<std::size_t>(number) >= k_first_unknown_call) return nullptr;
  const Index& index = arch == AUDIT_ARCH_X86_64 ? k_x86_64 : k_i386;
  const std::uint8_t position = index[static_cast<std::size_t>(number)];
  return position == 0 ? nullptr : &k_calls[position - 1];
}

} // namespace sluice::sandbox
