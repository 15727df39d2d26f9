// Each kind of step as the system calls that it is. Mounts are made by the calls of Linux 5.2 and 5.12, which take
// descriptors: what a path meant before it was covered is still at hand.
#include "runner/sandbox/zygote/zygote.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <linux/securebits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef O_PATH
#define O_PATH 010000000
#endif

namespace sluice::sandbox::zygote {

int slots[k_most_slots];

namespace {

int result(long value)
{
  return value < 0 ? errno : 0;
}

int set_attributes(int folder, const char* path, unsigned flags, std::uint64_t set, std::uint64_t cleared)
{
  mount_attr attributes{};
  attributes.attr_set = set;
  attributes.attr_clr = cleared;
  return result(::syscall(SYS_mount_setattr, folder, path, flags, &attributes, sizeof attributes));
}

int keep(const StepRecord& step)
{
  slots[step.slot] = ::open(step.text, O_PATH | O_CLOEXEC);
  return slots[step.slot] < 0 ? errno : 0;
}

// By a slot that is free, for as long as it takes.
bool watch(int folder)
{
  for (int slot = static_cast<int>(k_most_slots) - 1; slot > 0; --slot) {
    if (slots[slot] >= 0) continue;
    slots[slot] = folder;
    const bool watched = watch_folder(slot, -1);
    slots[slot] = -1;
    return watched;
  }
  return false;
}

} // namespace

int make_below(int base, const char* path, unsigned mode, bool watched, bool file)
{
  char name[256];
  int at = ::fcntl(base, F_DUPFD_CLOEXEC, 0);
  while (at >= 0 && *path) {
    const char* const end = ::strchrnul(path, '/');
    const auto length = static_cast<std::size_t>(end - path);
    if (length == 0 || length >= sizeof name) {
      path = *end ? end + 1 : end;
      continue;
    }
    ::memcpy(name, path, length);
    name[length] = 0;
    path = *end ? end + 1 : end;
    if (file && !*path) {
      const int made = ::openat(at, name, O_CREAT | O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
      ::close(at);
      return made;
    }
    ::mkdirat(at, name, mode);
    const int next = ::openat(at, name, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    ::close(at);
    at = next;
    if (watched && at >= 0 && !watch(at)) lack_a_watch();
  }
  return at;
}

namespace {

int scratch_folder(const StepRecord& step)
{
  if (::mkdirat(slots[step.other], step.text, 0700) != 0 && errno != EEXIST) return errno;
  const int made = ::openat(slots[step.other], step.text, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (made < 0) return errno;
  slots[step.slot] = made;
  if (step.number2 != 0) {
    const std::uint64_t owner = step.number2 - 1;
    if (::fchown(made, static_cast<uid_t>(owner & 0xffff'ffff), static_cast<gid_t>(owner >> 32)) != 0) return errno;
  }
  if (::fchmod(made, static_cast<mode_t>(step.number)) != 0) return errno;
  return watch_folder(step.slot, step.group) ? 0 : ENOSPC;
}

int attach(const StepRecord& step)
{
  const unsigned recursive = step.flags & k_step_recursive ? AT_RECURSIVE : 0;
  const int tree =
    static_cast<int>(::syscall(SYS_open_tree, slots[step.slot], "",
                               AT_EMPTY_PATH | OPEN_TREE_CLONE | static_cast<unsigned>(OPEN_TREE_CLOEXEC) | recursive));
  if (tree < 0) return errno;
  int error = set_attributes(tree, "", AT_EMPTY_PATH | recursive, step.number, step.number2);
  if (error == 0) error = result(::syscall(SYS_move_mount, tree, "", AT_FDCWD, step.text, MOVE_MOUNT_F_EMPTY_PATH));
  ::close(tree);
  return error;
}

int overlay(const StepRecord& step)
{
  // "xino=off" and "index=off" keep it to what copy-on-write needs; a kernel that does not know userxattr cannot mount
  // an overlay as an ordinary user anyhow.
  char options[256];
  std::snprintf(options, sizeof options,
                "userxattr,lowerdir=/proc/self/fd/%d,upperdir=/proc/self/fd/%d,workdir=/proc/self/fd/%d",
                slots[step.slot], slots[step.other], slots[step.other + 1]);
  return result(::mount("overlay", step.text, "overlay", MS_NOSUID | MS_NODEV, options));
}

int loopback()
{
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return errno;
  ifreq request{};
  ::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  const int error = result(::ioctl(socket, SIOCSIFFLAGS, &request));
  ::close(socket);
  return error;
}

int write_file(const char* path, const char* text)
{
  const int file = ::open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return errno;
  const int error = result(::write(file, text, ::strlen(text)));
  ::close(file);
  return error;
}

int new_folder_mount(const StepRecord& step, const char* type, const char* options, unsigned long flags)
{
  if (::mount(type, step.text, type, flags, options) != 0) return errno;
  if (step.slot < 0) return 0;
  slots[step.slot] = ::open(step.text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return slots[step.slot] < 0 ? errno : 0;
}

int message_queues(const StepRecord& step)
{
  if (const int error = new_folder_mount(step, "mqueue", nullptr, MS_NOSUID | MS_NODEV | MS_NOEXEC)) return error;
  watch_message_queues(step.slot);
  return result(::umount2(step.text, MNT_DETACH));
}

constexpr std::uint64_t k_write_access = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                         LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                                         LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
                                         LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                                         LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
constexpr std::uint64_t k_refer = std::uint64_t{1} << 13;    // ABI 2
constexpr std::uint64_t k_truncate = std::uint64_t{1} << 14; // ABI 3
constexpr std::uint64_t k_scopes = 3;                        // ABI 6: abstract sockets, signals

int rules = -1;
std::uint64_t handled = 0;

int write_only_below(const StepRecord& step)
{
  if (rules < 0) {
    const long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 1) return errno;
    struct {
      std::uint64_t files, network, scopes;
    } what{k_write_access | (abi >= 2 ? k_refer : 0) | (abi >= 3 ? k_truncate : 0), 0, abi >= 6 ? k_scopes : 0};
    handled = what.files;
    const std::size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
    rules = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &what, size, 0));
    if (rules < 0) return errno;
    ::fcntl(rules, F_SETFD, FD_CLOEXEC);
  }
  landlock_path_beneath_attr below{};
  below.parent_fd = slots[step.slot];
  below.allowed_access = handled;
  if (step.number != 0) below.allowed_access &= LANDLOCK_ACCESS_FS_WRITE_FILE | k_truncate; // a file
  return result(::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &below, 0));
}

int landlock()
{
  if (rules < 0) return EOPNOTSUPP;
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); // without it only root may restrict itself
  const int error = result(::syscall(SYS_landlock_restrict_self, rules, 0));
  ::close(rules);
  rules = -1;
  return error;
}

int limit(const StepRecord& step)
{
  const rlimit64 wanted{step.number2, step.number2};
  rlimit64 now{};
  ::syscall(SYS_prlimit64, 0, static_cast<int>(step.number), nullptr, &now);
  rlimit64 set = wanted;
  if (set.rlim_max > now.rlim_max) set.rlim_cur = set.rlim_max = now.rlim_max;
  return result(::syscall(SYS_prlimit64, 0, static_cast<int>(step.number), &set, nullptr));
}

} // namespace

// Nothing is dropped for us, who must mount and clean; all of it goes at the execve() of a test: no capability is
// inheritable, root is no reason to get any, and no program can give any.
int drop_rights()
{
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  int error = 0;
  for (unsigned long capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
    if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) error = errno;
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  if (::prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED, 0, 0, 0) != 0) error = errno;
  struct __user_cap_header_struct header {
    _LINUX_CAPABILITY_VERSION_3, 0
  };
  struct __user_cap_data_struct sets[2]{};
  if (::syscall(SYS_capget, &header, sets) == 0) {
    sets[0].inheritable = sets[1].inheritable = 0;
    ::syscall(SYS_capset, &header, sets);
  }
  // Tests must not read or trace us. In namespaces the capabilities that we keep and they lack see to that, and an
  // observer who is no root must be able to read what a test asks for before it has replaced our memory by its own.
  const bool readable = own_processes && ::getuid() != 0;
  ::prctl(PR_SET_DUMPABLE, readable ? 1 : 0, 0, 0, 0);
  return error;
}

int do_step(const StepRecord& step)
{
  const auto needs = [](int slot) { return slot >= 0 && slots[slot] < 0; };
  if (step.kind != StepKind::keep && step.kind != StepKind::scratch && step.kind != StepKind::device_folder &&
      step.kind != StepKind::scratch_folder && step.kind != StepKind::message_queues && needs(step.slot))
    return 0;
  switch (step.kind) {
  case StepKind::private_propagation:
    return result(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr));
  case StepKind::keep:
    return keep(step);
  case StepKind::protect:
    return set_attributes(AT_FDCWD, step.text, step.flags & k_step_recursive ? AT_RECURSIVE : 0, step.number,
                          step.number2);
  case StepKind::scratch: {
    const int error = new_folder_mount(step, "tmpfs", step.text2, MS_NOSUID | MS_NODEV);
    if (error == 0) watch_scratch(slots[step.slot]);
    return error;
  }
  case StepKind::scratch_folder:
    return scratch_folder(step);
  case StepKind::mount_point:
  case StepKind::mount_point_file: {
    const int made = make_below(slots[step.other], step.text, 0755, true, step.kind == StepKind::mount_point_file);
    if (made < 0) return errno;
    ::close(made);
    return 0;
  }
  case StepKind::attach:
    return attach(step);
  case StepKind::overlay:
    return overlay(step);
  case StepKind::proc:
    return result(::mount("proc", step.text, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr));
  case StepKind::device_folder:
    return new_folder_mount(step, "tmpfs", "size=64k,nr_inodes=64,mode=0755", MS_NOSUID | MS_NOEXEC);
  case StepKind::device_terminals:
    ::mkdir(step.text, 0755);
    return result(::mount("devpts", step.text, "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620"));
  case StepKind::link:
    return result(::symlink(step.text2, step.text));
  case StepKind::loopback:
    return loopback();
  case StepKind::write:
    return write_file(step.text, step.text2);
  case StepKind::host_name:
    return result(::sethostname(step.text, ::strlen(step.text)));
  case StepKind::message_queues:
    return message_queues(step);
  case StepKind::write_only_below:
    return write_only_below(step);
  case StepKind::landlock:
    return landlock();
  case StepKind::limit:
    return limit(step);
  case StepKind::drop_rights:
    return drop_rights();
  }
  return ENOSYS;
}

} // namespace sluice::sandbox::zygote
