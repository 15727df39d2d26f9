#include "runner/scratch_folder.h"

#include "model/error.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

namespace sluice::runner {

ScratchFolder::ScratchFolder(std::string path) : path_(std::move(path))
{
  make();
}

ScratchFolder::ScratchFolder(ScratchFolder&& other) noexcept
  : path_(std::move(other.path_)), folder_(std::exchange(other.folder_, -1))
{
  other.path_.clear();
}

ScratchFolder::~ScratchFolder()
{
  if (folder_ >= 0) ::close(folder_);
  if (path_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void ScratchFolder::make()
{
  std::error_code failed;
  std::filesystem::remove_all(path_, failed);
  if (::mkdir(path_.c_str(), 0700) == 0)
    folder_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (folder_ < 0)
    throw Error(ErrorKind::world, fmt::format("cannot make {}: {}", path_, std::strerror(errno)),
                "look for a full disk or a test that changes permissions there");
}

// True if it is still linked and lists nothing but itself and its parent.
bool ScratchFolder::untouched() const
{
  struct stat status {};
  if (::fstat(folder_, &status) != 0 || status.st_nlink == 0) return false;
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
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(path_, failed))
    std::filesystem::remove_all(entry.path(), failed);
  if (untouched() && ::fchmod(folder_, 0700) == 0) return;
  ::close(std::exchange(folder_, -1));
  make();
}

} // namespace sluice::runner
