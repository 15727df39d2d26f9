// library: reading folders, with a DIR of our own. glibc's opendir() asks for the status of the open descriptor by an
// empty name, from inside, which is notified: half of what a walk of a tree would save. All functions that take a DIR
// stand here, so that none of ours reaches the C library's; what it reads by itself (glob, ftw, scandir) stays its own.
#include "runner/sandbox/fast_path/fast_library.h"

#include <cstddef>
#include <dirent.h>
#include <sched.h>

extern "C" {
__attribute__((weak)) void* malloc(std::size_t size);
__attribute__((weak)) void free(void* memory);
}

// As the kernel's linux_dirent64, which glibc hands on as it comes.
static_assert(offsetof(dirent, d_reclen) == 16 && offsetof(dirent, d_name) == 19);

struct __dirstream {
  int file;
  int lock;
  std::uint32_t at, end; // in `entries`
  int error;             // of readdir_r()
  long position;         // of the next entry, as the kernel counts
  alignas(16) char entries[32768];
};

namespace sluice::sandbox::fast {

namespace {

class Locked {
public:
  explicit Locked(DIR* folder) : folder_(folder)
  {
    while (__atomic_exchange_n(&folder_->lock, 1, __ATOMIC_ACQUIRE) != 0) raw_call(SYS_sched_yield);
  }
  ~Locked() { __atomic_store_n(&folder_->lock, 0, __ATOMIC_RELEASE); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

private:
  DIR* folder_;
};

DIR* made_for(int file)
{
  auto* const folder = static_cast<DIR*>(malloc(sizeof(DIR)));
  if (!folder) return nullptr;
  folder->file = file;
  folder->lock = 0;
  folder->at = folder->end = 0;
  folder->error = 0;
  folder->position = 0;
  return folder;
}

// Null at the end, or with `error`. A folder that was removed is at its end.
dirent* next(DIR* folder, int& error)
{
  error = 0;
  if (folder->at >= folder->end) {
    const long got = raw_call(SYS_getdents64, folder->file, word(folder->entries), sizeof folder->entries);
    if (got <= 0) {
      if (got < 0 && got != -ENOENT) error = static_cast<int>(-got);
      folder->at = folder->end = 0;
      return nullptr;
    }
    folder->at = 0;
    folder->end = static_cast<std::uint32_t>(got);
  }
  auto* const entry = reinterpret_cast<dirent*>(folder->entries + folder->at);
  folder->at += entry->d_reclen;
  folder->position = entry->d_off;
  return entry;
}

dirent* read_next(DIR* folder)
{
  const Locked locked(folder);
  int error = 0;
  dirent* const entry = next(folder, error);
  if (error != 0) *__errno_location() = error;
  return entry;
}

// The old way to be safe with threads.
int read_copy(DIR* folder, dirent* to, dirent** result)
{
  const Locked locked(folder);
  *result = nullptr;
  while (true) {
    int error = 0;
    const dirent* const entry = next(folder, error);
    if (error != 0) folder->error = error;
    if (!entry) return folder->error;
    std::size_t size = entry->d_reclen;
    if (size > sizeof(dirent)) {
      std::size_t name = 0;
      while (entry->d_name[name] != 0) ++name;
      if (offsetof(dirent, d_name) + name + 1 > sizeof(dirent)) {
        folder->error = ENAMETOOLONG; // told at the end
        continue;
      }
      size = offsetof(dirent, d_name) + name + 1;
    }
    for (std::size_t i = 0; i < size; ++i) reinterpret_cast<char*>(to)[i] = reinterpret_cast<const char*>(entry)[i];
    to->d_reclen = static_cast<unsigned short>(size);
    *result = to;
    return 0;
  }
}

void go_to(DIR* folder, long position)
{
  const Locked locked(folder);
  raw_call(SYS_lseek, folder->file, position, 0 /* SEEK_SET */);
  folder->at = folder->end = 0;
  folder->position = position;
  if (position == 0) folder->error = 0;
}

} // namespace

} // namespace sluice::sandbox::fast

using namespace sluice::sandbox;
using namespace sluice::sandbox::fast;

SLUICE_INSTEAD DIR* opendir(const char* name)
{
  constexpr int flags = O_RDONLY | O_NONBLOCK | O_DIRECTORY | O_CLOEXEC;
  const long file =
    given(path_call(AT_FDCWD, name, k_fast_open | k_fast_only_folder, SYS_openat, AT_FDCWD, word(name), flags));
  if (file < 0) return nullptr;
  DIR* const folder = made_for(static_cast<int>(file));
  if (folder) return folder;
  raw_call(SYS_close, file);
  given(-ENOMEM);
  return nullptr;
}

SLUICE_INSTEAD DIR* fdopendir(int file)
{
  struct stat status {};
  long result = file < 0 ? -EBADF : raw_call(SYS_fstat, file, word(&status));
  if (!is_error(result) && !S_ISDIR(status.st_mode)) result = -ENOTDIR;
  if (!is_error(result)) result = raw_call(SYS_fcntl, file, F_GETFL);
  if (!is_error(result) && (result & O_PATH) != 0) result = -EBADF;
  if (!is_error(result) && (result & O_ACCMODE) == O_WRONLY) result = -EINVAL;
  DIR* folder = nullptr;
  if (!is_error(result)) {
    folder = made_for(file);
    result = folder ? 0 : -ENOMEM;
  }
  given(result);
  return folder;
}

SLUICE_INSTEAD int closedir(DIR* folder)
{
  if (word(folder) == 0) return static_cast<int>(given(-EINVAL));
  const long file = folder->file;
  free(folder);
  return static_cast<int>(given(raw_call(SYS_close, file)));
}

SLUICE_INSTEAD dirent* readdir(DIR* folder)
{
  return read_next(folder);
}

SLUICE_INSTEAD dirent64* readdir64(DIR* folder)
{
  return reinterpret_cast<dirent64*>(read_next(folder));
}

SLUICE_INSTEAD int readdir_r(DIR* folder, dirent* to, dirent** result)
{
  return read_copy(folder, to, result);
}

SLUICE_INSTEAD int readdir64_r(DIR* folder, dirent64* to, dirent64** result)
{
  return read_copy(folder, reinterpret_cast<dirent*>(to), reinterpret_cast<dirent**>(result));
}

SLUICE_INSTEAD void rewinddir(DIR* folder) noexcept
{
  go_to(folder, 0);
}

SLUICE_INSTEAD void seekdir(DIR* folder, long position) noexcept
{
  go_to(folder, position);
}

SLUICE_INSTEAD long telldir(DIR* folder) noexcept
{
  return folder->position;
}

SLUICE_INSTEAD int dirfd(DIR* folder) noexcept
{
  return folder->file;
}
