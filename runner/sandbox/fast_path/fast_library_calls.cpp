// library: stands in for the C library's reading path calls, with the same system calls, results and errno. glibc calls
// these of its own by other ways: what it does inside is notified.
#include "runner/sandbox/fast_path/fast_library.h"

#include <cstdarg>
#include <cstddef>
#include <cstdio>

// The rest of the process's C library that is needed.
extern "C" {
__attribute__((weak)) void __chk_fail();
__attribute__((weak)) void pthread_testcancel();
}
#pragma weak fdopen

namespace sluice::sandbox::fast {

namespace {

constexpr int k_makes_temporary = O_TMPFILE & ~O_DIRECTORY;

FastKind kind_of(long result, const struct stat& status)
{
  if (result == -ENOENT) return FastKind::absent;
  if (is_error(result)) return FastKind::unknown;
  switch (status.st_mode & S_IFMT) {
  case S_IFREG:
    return FastKind::file;
  case S_IFDIR:
    return FastKind::folder;
  case S_IFLNK:
    return FastKind::link;
  default:
    return FastKind::special;
  }
}

long status_at(int folder, const char* name, void* status, int flags)
{
  const auto call = [&](bool by_page) {
    return by_page ? page_call(SYS_newfstatat, folder, word(name), word(status), flags)
                   : raw_call(SYS_newfstatat, folder, word(name), word(status), flags);
  };
  const bool keep = (flags & AT_SYMLINK_NOFOLLOW) != 0;
  const Noted noted = note(folder, name, keep ? k_fast_keep : k_fast_ask);
  const long result = call(noted.yes);
  if (noted.slot && keep) note_kind(noted, kind_of(result, *static_cast<struct stat*>(status)));
  return given(result);
}

long open_at(int folder, const char* name, int flags, unsigned mode)
{
  if (pthread_testcancel) pthread_testcancel();
  if ((flags & (O_ACCMODE | O_CREAT | O_TRUNC | k_makes_temporary)) != O_RDONLY)
    return raw_call(SYS_openat, folder, word(name), flags, mode);
  std::uint8_t intent = k_fast_open;
  if (flags & O_PATH) intent |= k_fast_path_only;
  if (flags & O_NOFOLLOW) intent |= k_fast_no_follow;
  if (flags & O_DIRECTORY) intent |= k_fast_only_folder;
  return path_call(folder, name, intent, SYS_openat, folder, word(name), flags, mode);
}

long read_link_at(int folder, const char* name, char* text, std::size_t size)
{
  return path_call(folder, name, k_fast_keep, SYS_readlinkat, folder, word(name), word(text), static_cast<long>(size));
}

bool makes(int flags)
{
  return (flags & O_CREAT) != 0 || (flags & k_makes_temporary) != 0;
}

// "r" with nothing after it that fdopen() would not do alike.
bool only_reads(const char* mode, int& flags)
{
  if (mode[0] != 'r') return false;
  flags = O_RDONLY;
  for (int i = 1; mode[i] != 0; ++i) {
    if (mode[i] == 'e') flags |= O_CLOEXEC;
    else if (mode[i] != 'b') return false;
  }
  return true;
}

FILE* open_stream(const char* name, const char* mode, const char* own_name)
{
  int flags = 0;
  if (!ready() || !fdopen || !only_reads(mode, flags)) {
    using Open = FILE* (*)(const char*, const char*);
    const auto next = next_function<Open>(own_name);
    if (next) return next(name, mode);
    if (!only_reads(mode, flags) || !fdopen) {
      *__errno_location() = EINVAL;
      return nullptr;
    }
  }
  const long file = given(open_at(AT_FDCWD, name, flags, 0666));
  if (file < 0) return nullptr;
  FILE* const stream = fdopen(static_cast<int>(file), mode);
  if (!stream) {
    const int error = *__errno_location();
    raw_call(SYS_close, file);
    *__errno_location() = error;
  }
  return stream;
}

} // namespace

} // namespace sluice::sandbox::fast

using namespace sluice::sandbox;
using namespace sluice::sandbox::fast;

#define SLUICE_MODE(flags, last)                                                                                       \
  unsigned mode = 0;                                                                                                   \
  if (makes(flags)) {                                                                                                  \
    va_list more;                                                                                                      \
    va_start(more, last);                                                                                              \
    mode = va_arg(more, unsigned);                                                                                     \
    va_end(more);                                                                                                      \
  }

SLUICE_INSTEAD int open(const char* name, int flags, ...)
{
  SLUICE_MODE(flags, flags)
  return static_cast<int>(given(open_at(AT_FDCWD, name, flags, mode)));
}

SLUICE_INSTEAD int open64(const char* name, int flags, ...)
{
  SLUICE_MODE(flags, flags)
  return static_cast<int>(given(open_at(AT_FDCWD, name, flags, mode)));
}

SLUICE_INSTEAD int openat(int folder, const char* name, int flags, ...)
{
  SLUICE_MODE(flags, flags)
  return static_cast<int>(given(open_at(folder, name, flags, mode)));
}

SLUICE_INSTEAD int openat64(int folder, const char* name, int flags, ...)
{
  SLUICE_MODE(flags, flags)
  return static_cast<int>(given(open_at(folder, name, flags, mode)));
}

// What <bits/fcntl2.h> makes of calls without a mode.
SLUICE_INSTEAD int __openat_2(int folder, const char* name, int flags)
{
  if (makes(flags) && __chk_fail) __chk_fail();
  return static_cast<int>(given(open_at(folder, name, flags, 0)));
}

SLUICE_INSTEAD int __open_2(const char* name, int flags)
{
  return __openat_2(AT_FDCWD, name, flags);
}

SLUICE_INSTEAD int __open64_2(const char* name, int flags)
{
  return __openat_2(AT_FDCWD, name, flags);
}

SLUICE_INSTEAD int __openat64_2(int folder, const char* name, int flags)
{
  return __openat_2(folder, name, flags);
}

SLUICE_INSTEAD int fstatat(int folder, const char* name, struct stat* status, int flags) noexcept
{
  return static_cast<int>(status_at(folder, name, status, flags));
}

SLUICE_INSTEAD int fstatat64(int folder, const char* name, struct stat64* status, int flags) noexcept
{
  return static_cast<int>(status_at(folder, name, status, flags));
}

SLUICE_INSTEAD int stat(const char* name, struct stat* status) noexcept
{
  return static_cast<int>(status_at(AT_FDCWD, name, status, 0));
}

SLUICE_INSTEAD int stat64(const char* name, struct stat64* status) noexcept
{
  return static_cast<int>(status_at(AT_FDCWD, name, status, 0));
}

SLUICE_INSTEAD int lstat(const char* name, struct stat* status) noexcept
{
  return static_cast<int>(status_at(AT_FDCWD, name, status, AT_SYMLINK_NOFOLLOW));
}

SLUICE_INSTEAD int lstat64(const char* name, struct stat64* status) noexcept
{
  return static_cast<int>(status_at(AT_FDCWD, name, status, AT_SYMLINK_NOFOLLOW));
}

// Names nothing, so nobody is asked; glibc makes it newfstatat() with an empty name, which is notified.
SLUICE_INSTEAD int fstat(int file, struct stat* status) noexcept
{
  return static_cast<int>(given(file < 0 ? -EBADF : raw_call(SYS_fstat, file, word(status))));
}

SLUICE_INSTEAD int fstat64(int file, struct stat64* status) noexcept
{
  return static_cast<int>(given(file < 0 ? -EBADF : raw_call(SYS_fstat, file, word(status))));
}

// How programs call these that were linked with a glibc before 2.33. Versions 0 and 1 are the same here.
SLUICE_INSTEAD int __xstat(int version, const char* name, struct stat* status) noexcept
{
  return static_cast<int>(version > 1 || version < 0 ? given(-EINVAL) : status_at(AT_FDCWD, name, status, 0));
}

SLUICE_INSTEAD int __xstat64(int version, const char* name, struct stat64* status) noexcept
{
  return static_cast<int>(version > 1 || version < 0 ? given(-EINVAL) : status_at(AT_FDCWD, name, status, 0));
}

SLUICE_INSTEAD int __lxstat(int version, const char* name, struct stat* status) noexcept
{
  return static_cast<int>(version > 1 || version < 0 ? given(-EINVAL)
                                                     : status_at(AT_FDCWD, name, status, AT_SYMLINK_NOFOLLOW));
}

SLUICE_INSTEAD int __lxstat64(int version, const char* name, struct stat64* status) noexcept
{
  return static_cast<int>(version > 1 || version < 0 ? given(-EINVAL)
                                                     : status_at(AT_FDCWD, name, status, AT_SYMLINK_NOFOLLOW));
}

SLUICE_INSTEAD int __fxstatat(int version, int folder, const char* name, struct stat* status, int flags) noexcept
{
  return static_cast<int>(version > 1 || version < 0 ? given(-EINVAL) : status_at(folder, name, status, flags));
}

SLUICE_INSTEAD int __fxstatat64(int version, int folder, const char* name, struct stat64* status, int flags) noexcept
{
  return static_cast<int>(version > 1 || version < 0 ? given(-EINVAL) : status_at(folder, name, status, flags));
}

SLUICE_INSTEAD int statx(int folder, const char* name, int flags, unsigned mask, struct statx* status) noexcept
{
  return static_cast<int>(given(path_call(folder, name, (flags & AT_SYMLINK_NOFOLLOW) != 0 ? k_fast_keep : k_fast_ask,
                                          SYS_statx, folder, word(name), flags, mask, word(status))));
}

SLUICE_INSTEAD int access(const char* name, int mode) noexcept
{
  return static_cast<int>(given(path_call(AT_FDCWD, name, k_fast_ask, SYS_access, word(name), mode)));
}

SLUICE_INSTEAD int faccessat(int folder, const char* name, int mode, int flags) noexcept
{
  const std::uint8_t intent = (flags & AT_SYMLINK_NOFOLLOW) != 0 ? k_fast_keep : k_fast_ask;
  // faccessat2() is older than what the observer needs to offer us anything.
  if (flags == 0)
    return static_cast<int>(given(path_call(folder, name, intent, SYS_faccessat, folder, word(name), mode)));
  return static_cast<int>(given(path_call(folder, name, intent, SYS_faccessat2, folder, word(name), mode, flags)));
}

SLUICE_INSTEAD ssize_t readlinkat(int folder, const char* name, char* text, std::size_t size) noexcept
{
  return given(read_link_at(folder, name, text, size));
}

SLUICE_INSTEAD ssize_t readlink(const char* name, char* text, std::size_t size) noexcept
{
  return given(read_link_at(AT_FDCWD, name, text, size));
}

SLUICE_INSTEAD ssize_t __readlink_chk(const char* name, char* text, std::size_t size, std::size_t room) noexcept
{
  if (size > room && __chk_fail) __chk_fail();
  return given(read_link_at(AT_FDCWD, name, text, size));
}

SLUICE_INSTEAD ssize_t __readlinkat_chk(int folder, const char* name, char* text, std::size_t size,
                                        std::size_t room) noexcept
{
  if (size > room && __chk_fail) __chk_fail();
  return given(read_link_at(folder, name, text, size));
}

SLUICE_INSTEAD FILE* fopen(const char* name, const char* mode)
{
  return open_stream(name, mode, "fopen");
}

SLUICE_INSTEAD FILE* fopen64(const char* name, const char* mode)
{
  return open_stream(name, mode, "fopen64");
}

// What moves folders: notified, but it is said when it is done.
SLUICE_INSTEAD int chdir(const char* name) noexcept
{
  return static_cast<int>(given(moving_call(SYS_chdir, word(name))));
}

SLUICE_INSTEAD int fchdir(int folder) noexcept
{
  return static_cast<int>(given(moving_call(SYS_fchdir, folder)));
}

SLUICE_INSTEAD int rename(const char* from, const char* to) noexcept
{
  return static_cast<int>(given(moving_call(SYS_rename, word(from), word(to))));
}

SLUICE_INSTEAD int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept
{
  return static_cast<int>(given(moving_call(SYS_renameat, from_folder, word(from), to_folder, word(to))));
}

SLUICE_INSTEAD int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept
{
  return static_cast<int>(given(moving_call(SYS_renameat2, from_folder, word(from), to_folder, word(to), flags)));
}
