// What a test has written to the copied trees, copied to a folder of the host before it is dropped: whoever looks into
// a failure wants the files that the test left. Only files and folders: a link or a device may lead anywhere.
#include "runner/sandbox/zygote/zygote.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <initializer_list>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace sluice::sandbox::zygote {

namespace {

constexpr const char* k_folder = "written";
constexpr int k_most_depth = 64;
constexpr int k_most_files = 1000;
constexpr std::uint64_t k_most_bytes = std::uint64_t{64} << 20;

struct Room {
  int files = k_most_files;
  std::uint64_t bytes = k_most_bytes;
};

// The folder `name` in `base`, made if it is not there; a descriptor, or -1.
int folder_in(int base, const char* name)
{
  if (::mkdirat(base, name, 0755) != 0 && errno != EEXIST) return -1;
  return ::openat(base, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

void copy_file(int from, int to, const char* name, Room& room)
{
  const int source = ::openat(from, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  struct stat status {};
  if (source >= 0 && ::syscall(SYS_fstat, source, &status) == 0 && S_ISREG(status.st_mode) &&
      static_cast<std::uint64_t>(status.st_size) <= room.bytes) {
    const int copy = ::openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
    room.bytes -= static_cast<std::uint64_t>(status.st_size);
    --room.files;
    for (off_t left = status.st_size; copy >= 0 && left > 0;) {
      const ssize_t sent = ::sendfile(copy, source, nullptr, static_cast<std::size_t>(left));
      if (sent <= 0) break;
      left -= sent;
    }
    if (copy >= 0) ::close(copy);
  }
  if (source >= 0) ::close(source);
}

void copy_folder(int from, int to, int depth, Room& room) // NOLINT(misc-no-recursion)
{
  alignas(8) char entries[2048];
  if (::lseek(from, 0, SEEK_SET) != 0) return;
  for (long got; (got = ::syscall(SYS_getdents64, from, entries, sizeof entries)) > 0;)
    for (long at = 0; at < got && room.files > 0;) {
      unsigned short length = 0;
      ::memcpy(&length, entries + at + 16, sizeof length);
      const unsigned char type = static_cast<unsigned char>(entries[at + 18]);
      const char* const name = entries + at + 19;
      at += length;
      if (is_dot(name)) continue;
      if (type == 8) copy_file(from, to, name, room);   // DT_REG
      if (type != 4 || depth == k_most_depth) continue; // DT_DIR
      const int below = ::openat(from, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
      const int made = below >= 0 ? folder_in(to, name) : -1;
      if (made >= 0) copy_folder(below, made, depth + 1, room);
      for (const int each : {below, made})
        if (each >= 0) ::close(each);
    }
}

int upper_folder(const StepRecord& step)
{
  // Steps keep it by O_PATH or open; either way it can be opened from itself.
  return ::openat(slots[step.other], ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

} // namespace

bool keep_written(const LaneOrders& orders, const char* folder)
{
  const int base = ::open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (base < 0) return false;
  if (!remove_entry(base, k_folder)) { // the test may have made one
    ::close(base);
    return false;
  }
  Room room;
  const int written = folder_in(base, k_folder);
  for (std::uint32_t i = 0; written >= 0 && i < orders.step_count; ++i) {
    const StepRecord& step = orders.steps[i];
    if (step.kind != StepKind::overlay || orders.errors[i] != 0) continue;
    const int upper = upper_folder(step);
    const int to = upper >= 0 ? make_below(written, step.text, 0755, false, false) : -1;
    if (to >= 0) copy_folder(upper, to, 0, room);
    for (const int each : {upper, to})
      if (each >= 0) ::close(each);
  }
  if (written >= 0) ::close(written);
  if (room.files == k_most_files) remove_entry(base, k_folder);
  ::close(base);
  return room.files < k_most_files;
}

} // namespace sluice::sandbox::zygote
