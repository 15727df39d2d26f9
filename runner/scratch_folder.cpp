#include "runner/scratch_folder.h"

#include "model/error.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

namespace sluice::runner {

namespace {

constexpr int k_most_depth = 100; // each level holds a descriptor
constexpr int k_most_names = 1000;

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

// Also one that was locked against us; never one behind a link.
int open_folder(int parent, const char* name)
{
  constexpr int k_flags = O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
  const int folder = ::openat(parent, name, O_RDONLY | k_flags);
  if (folder >= 0 || errno != EACCES) return folder;
  const int place = ::openat(parent, name, O_PATH | k_flags);
  if (place < 0) return -1;
  const bool unlocked = ::chmod(fmt::format("/proc/self/fd/{}", place).c_str(), 0700) == 0;
  ::close(place);
  return unlocked ? ::openat(parent, name, O_RDONLY | k_flags) : -1;
}

// Takes the descriptor. Whoever wants to know whether it worked looks.
void empty_folder(int descriptor, int depth) // NOLINT(misc-no-recursion)
{
  ::fchmod(descriptor, 0700); // before it is read: it may have been locked since it was opened
  const std::unique_ptr<DIR, CloseFolder> folder(::fdopendir(descriptor));
  if (!folder) {
    ::close(descriptor);
    return;
  }
  ::rewinddir(folder.get());
  while (const dirent* const entry = ::readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == ".." || ::unlinkat(descriptor, entry->d_name, 0) == 0) continue;
    const int below = depth < k_most_depth ? open_folder(descriptor, entry->d_name) : -1;
    if (below >= 0) empty_folder(below, depth + 1);
    ::unlinkat(descriptor, entry->d_name, AT_REMOVEDIR);
  }
}

} // namespace

ScratchFolder::ScratchFolder(std::string path) : wanted_(std::move(path))
{
  make();
}

ScratchFolder::ScratchFolder(ScratchFolder&& other) noexcept
  : wanted_(std::move(other.wanted_)), path_(std::exchange(other.path_, {})), folder_(std::exchange(other.folder_, -1))
{
}

ScratchFolder::~ScratchFolder()
{
  remove();
}

void ScratchFolder::remove()
{
  if (folder_ < 0) return;
  // By what was opened: by now its path may lead elsewhere.
  empty_folder(std::exchange(folder_, -1), 0);
  ::rmdir(path_.c_str());
}

// What lies in the way and resists is left to itself: a test may have locked it, or put it there.
void ScratchFolder::make()
{
  int error = EEXIST;
  for (int number = 0; number < k_most_names && error == EEXIST; ++number) {
    path_ = number == 0 ? wanted_ : fmt::format("{}-{}", wanted_, number);
    std::error_code failed;
    std::filesystem::remove_all(path_, failed);
    error = ::mkdir(path_.c_str(), 0700) == 0 ? 0 : errno;
  }
  if (error == 0 && (folder_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)) >= 0) return;
  throw Error(ErrorKind::world, fmt::format("cannot make {}: {}", path_, std::strerror(error != 0 ? error : errno)),
              "look for a full disk or a test that changes permissions there");
}

// True if its path still leads to it, we may enter, and it lists nothing but itself and its parent.
bool ScratchFolder::untouched() const
{
  struct stat status {
  }, there{};
  if (::fstat(folder_, &status) != 0 || ::lstat(path_.c_str(), &there) != 0) return false;
  if (status.st_ino != there.st_ino || status.st_dev != there.st_dev || (status.st_mode & 0777) != 0700) return false;
  std::array<char, 256> entries;
  if (::lseek(folder_, 0, SEEK_SET) != 0) return false;
  const long first = ::syscall(SYS_getdents64, folder_, entries.data(), entries.size());
  // Both entries of an empty folder take 24 bytes each.
  return first >= 0 && first <= 48;
}

void ScratchFolder::empty()
{
  if (untouched()) return;
  // The folder itself stays as long as it can: a sandbox may have it mounted.
  if (const int folder = ::fcntl(folder_, F_DUPFD_CLOEXEC, 0); folder >= 0) empty_folder(folder, 0);
  if (untouched()) return;
  remove();
  make();
}

} // namespace sluice::runner
