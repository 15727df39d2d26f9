// What a test may leave behind in its lane, and its removal. Most tests leave nothing, and to know that must cost next
// to nothing: the private folders lie on one tmpfs, whose counts of blocks and inodes are compared; renames and changes
// of mode, which move no count, show in the ctime of the few folders that are there before a test.
#include "runner/sandbox/zygote/zygote.h"

#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <initializer_list>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace sluice::sandbox::zygote {

namespace {

constexpr int k_most_watched = 96;
constexpr int k_most_depth = 100;
constexpr int k_most_rounds = 10'000; // of two kilobytes of names each
constexpr int k_most_host_folders = 8;

struct State {
  struct timespec changed;
  mode_t mode;
  uid_t owner;
  gid_t group;
};

struct Watched {
  int folder = -1;
  int group = -1; // >= 0: holds what was written to that copy-on-write folder
  ino_t inode = 0;
  State state{};
};

struct Counts {
  std::uint64_t blocks, inodes;
};

Watched watched[k_most_watched];
int watched_count = 0;
bool all_watched = true;
int scratch = -1;
int queues = -1;
struct timespec queues_changed;
Counts baseline{};
const char* host_folders[k_most_host_folders];
int host_folder_count = 0;

// Not newfstatat() with an empty path, which an observed lane would report.
bool status_of(int descriptor, struct stat& status)
{
  return ::syscall(SYS_fstat, descriptor, &status) == 0;
}

Counts counts()
{
  struct statfs now {};
  if (::fstatfs(scratch, &now) != 0) return {};
  return {now.f_bfree, now.f_ffree};
}

bool same(const struct timespec& a, const struct timespec& b)
{
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool is_ours(ino_t inode)
{
  for (int i = 0; i < watched_count; ++i)
    if (watched[i].inode == inode) return true;
  return false;
}

// Empties the folder, but for the folders that were there at first. Returns how many entries were kept; -1 when
// something resists, and the lane must go.
int empty_folder(int folder, bool on_scratch, int depth) // NOLINT(misc-no-recursion)
{
  alignas(8) char entries[2048];
  int kept = 0;
  bool again = true;
  for (int round = 0; again; ++round) {
    if (round == k_most_rounds) return -1;
    again = false;
    kept = 0;
    if (::lseek(folder, 0, SEEK_SET) != 0) return -1;
    for (long got; (got = ::syscall(SYS_getdents64, folder, entries, sizeof entries)) > 0;)
      for (long at = 0; at < got;) {
        ino_t inode = 0;
        unsigned short length = 0;
        ::memcpy(&inode, entries + at, sizeof inode);
        ::memcpy(&length, entries + at + 16, sizeof length);
        const char* const name = entries + at + 19;
        const bool folder_there = entries[at + 18] == DT_DIR;
        at += length;
        if (is_dot(name)) continue;
        const bool original = on_scratch && is_ours(inode);
        if (!original && ::unlinkat(folder, name, 0) == 0) {
          again = true;
          continue;
        }
        const bool mounted_on = !original && errno == EBUSY;
        const int below = ::openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        if (below < 0) {
          if (original || mounted_on) { // a file that something is mounted on
            ++kept;
            continue;
          }
          // Of a folder only: a link would be followed. The next round removes it.
          if (folder_there && ::fchmodat(folder, name, 0700, 0) == 0) again = true;
          else return -1;
          continue;
        }
        if (!original) ::fchmod(below, 0700);
        const int left = depth < k_most_depth ? empty_folder(below, on_scratch, depth + 1) : -1;
        ::close(below);
        if (left < 0) return -1;
        if (original || left > 0) {
          ++kept;
          if (!original) return -1; // one of ours was moved away
        } else if (::unlinkat(folder, name, AT_REMOVEDIR) != 0) {
          return -1;
        } else {
          again = true;
        }
      }
  }
  return kept;
}

void remember(Watched& entry)
{
  struct stat status {};
  if (!status_of(entry.folder, status)) return;
  entry.inode = status.st_ino;
  entry.state = {status.st_ctim, status.st_mode, status.st_uid, status.st_gid};
}

bool folder_changed(const Watched& entry)
{
  struct stat status {};
  return !status_of(entry.folder, status) || !same(status.st_ctim, entry.state.changed);
}

// Mode, owner and extended attributes are what they were.
bool folder_is_right(const Watched& entry)
{
  struct stat status {};
  if (!status_of(entry.folder, status) || status.st_nlink == 0) return false;
  if (status.st_mode != entry.state.mode && ::fchmod(entry.folder, entry.state.mode & 07777) != 0) return false;
  if (status.st_uid != entry.state.owner || status.st_gid != entry.state.group) return false;
  if (entry.group != -1) return true; // overlays keep attributes of their own there
  char names[8];
  const ssize_t attributes = ::flistxattr(entry.folder, names, sizeof names);
  return attributes == 0 || (attributes < 0 && errno == ENOTSUP);
}

bool remove_attributes(int folder)
{
  char names[1024];
  const ssize_t size = ::flistxattr(folder, names, sizeof names);
  for (const char* name = names; name < names + size; name += ::strlen(name) + 1)
    if (::fremovexattr(folder, name) != 0) return false;
  return size >= 0 || errno == ENOTSUP;
}

// The outermost folder of the group is unmounted with all that is mounted in it; then the mounts are made again.
bool remove_overlay_changes(const LaneOrders& orders, int group)
{
  bool unmounted = false;
  for (std::uint32_t i = 0; i < orders.step_count; ++i) {
    const StepRecord& step = orders.steps[i];
    if (step.kind != StepKind::overlay || step.group != group || orders.errors[i] != 0) continue;
    if (!unmounted && ::umount2(step.text, MNT_DETACH) != 0) return false;
    unmounted = true;
    for (const int slot : {step.other, step.other + 1})
      if (empty_folder(slots[slot], false, 0) != 0) return false;
    if (!remove_attributes(slots[step.other])) return false;
  }
  for (std::uint32_t i = 0; i < orders.step_count; ++i) {
    const StepRecord& step = orders.steps[i];
    if (step.group == group && (step.flags & k_step_again) && orders.errors[i] == 0 && do_step(step) != 0) return false;
  }
  return unmounted;
}

// Objects of the IPC namespace outlive their makers.
bool remove_ipc()
{
  shm_info memory{};
  seminfo semaphores{};
  msginfo messages{};
  const int last_memory = ::shmctl(0, SHM_INFO, reinterpret_cast<shmid_ds*>(&memory));
  const int last_semaphore = ::semctl(0, 0, SEM_INFO, &semaphores);
  const int last_message = ::msgctl(0, MSG_INFO, reinterpret_cast<msqid_ds*>(&messages));
  const bool any = memory.used_ids > 0 || semaphores.semusz > 0 || messages.msgpool > 0;
  if (!any) return false;
  shmid_ds one_memory;
  semid_ds one_semaphore;
  msqid_ds one_message;
  for (int i = 0; i <= last_memory; ++i)
    if (const int id = ::shmctl(i, SHM_STAT, &one_memory); id >= 0) ::shmctl(id, IPC_RMID, nullptr);
  for (int i = 0; i <= last_semaphore; ++i)
    if (const int id = ::semctl(i, 0, SEM_STAT, &one_semaphore); id >= 0) ::semctl(id, 0, IPC_RMID);
  for (int i = 0; i <= last_message; ++i)
    if (const int id = ::msgctl(i, MSG_STAT, &one_message); id >= 0) ::msgctl(id, IPC_RMID, nullptr);
  return true;
}

bool remove_queues()
{
  struct stat status {};
  if (queues < 0 || !status_of(queues, status) || same(status.st_ctim, queues_changed)) return true;
  if (empty_folder(queues, false, 0) != 0) return false;
  if (status_of(queues, status)) queues_changed = status.st_ctim;
  return true;
}

std::uint32_t restore_scratch(const LaneOrders& orders)
{
  const Counts now = counts();
  bool touched = now.blocks != baseline.blocks || now.inodes != baseline.inodes;
  std::uint32_t flags = now.blocks == 0 || now.inodes == 0 ? k_ended_full : 0;
  for (int i = 0; i < watched_count && !touched; ++i) touched = folder_changed(watched[i]);
  if (!touched) return flags;
  flags |= k_ended_touched;
  int renewed = -1;
  for (int i = 0; i < watched_count; ++i) {
    const int group = watched[i].group;
    if (group <= renewed || !folder_changed(watched[i])) continue; // groups are numbered upwards in this order
    if (!remove_overlay_changes(orders, group)) return flags | k_ended_renew;
    renewed = group;
  }
  for (int i = 0; i < watched_count; ++i) {
    if (watched[i].group == -1 && empty_folder(watched[i].folder, true, 0) < 0) return flags | k_ended_renew;
    if (!folder_is_right(watched[i])) return flags | k_ended_renew;
    remember(watched[i]);
  }
  const Counts after = counts();
  if (after.blocks != baseline.blocks || after.inodes != baseline.inodes) return flags | k_ended_renew;
  return flags;
}

// False when something resists. Its path leads to it still: the folders above are not the tests' to change.
bool empty_host_folder(const char* path)
{
  const int folder = ::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (folder < 0) return false;
  const bool empty = empty_folder(folder, false, 0) == 0;
  const bool open = ::fchmod(folder, 0700) == 0;
  ::close(folder);
  return empty && open;
}

} // namespace

bool remove_entry(int folder, const char* name)
{
  if (::unlinkat(folder, name, 0) == 0 || errno == ENOENT) return true;
  const int below = ::openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (below < 0) return false;
  const bool empty = empty_folder(below, false, 0) == 0;
  ::close(below);
  return empty && ::unlinkat(folder, name, AT_REMOVEDIR) == 0;
}

void watch_scratch(int descriptor)
{
  scratch = descriptor;
}

bool watch_folder(int slot, int group)
{
  if (watched_count == k_most_watched) return false;
  Watched& entry = watched[watched_count++];
  entry.group = group;
  // Steps open what others walk with O_PATH; to list and to change it takes an open folder.
  char path[32] = "/proc/self/fd/";
  char* end = path + ::strlen(path);
  int number = slots[slot];
  char digits[12];
  int count = 0;
  do digits[count++] = static_cast<char>('0' + number % 10);
  while ((number /= 10) != 0);
  while (count > 0) *end++ = digits[--count];
  *end = 0;
  entry.folder = ::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (entry.folder < 0) {
    --watched_count;
    return false;
  }
  remember(entry);
  for (int i = 0; i + 1 < watched_count; ++i)
    if (watched[i].inode == entry.inode) { // a parent that several mount points share
      ::close(entry.folder);
      --watched_count;
      break;
    }
  return true;
}

void lack_a_watch()
{
  all_watched = false;
}

void watch_host_folder(const char* path)
{
  if (host_folder_count < k_most_host_folders) host_folders[host_folder_count++] = path;
}

void watch_message_queues(int slot)
{
  queues = slots[slot];
  struct stat status {};
  if (status_of(queues, status)) queues_changed = status.st_ctim;
}

void take_baseline()
{
  for (int i = 0; i < watched_count; ++i) remember(watched[i]);
  if (scratch >= 0) baseline = counts();
}

std::uint32_t restore(const LaneOrders& orders)
{
  std::uint32_t flags = all_watched ? 0 : k_ended_renew;
  for (int i = 0; i < host_folder_count; ++i)
    if (!empty_host_folder(host_folders[i])) flags |= k_ended_renew;
  if (!own_processes) return flags;
  if (remove_ipc()) flags |= k_ended_touched;
  if (!remove_queues()) flags |= k_ended_renew;
  if (scratch >= 0) flags |= restore_scratch(orders);
  return flags;
}

} // namespace sluice::sandbox::zygote
