#include "cli/walls/held_folder.h"

#include "cli/records/folders.h"
#include "model/entries.h"
#include "model/error.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sluice::cli {

namespace {

namespace fs = std::filesystem;

constexpr int k_attempts = 1000;

// A descriptor that holds the folder; -1 if another does, or if it is no folder any more.
int hold(const std::string& path)
{
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) return -1;
  struct stat held = {}, there = {};
  // Between opening and locking somebody may have taken it for left, and removed it.
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0 && ::fstat(descriptor, &held) == 0 &&
      ::lstat(path.c_str(), &there) == 0 && held.st_ino == there.st_ino && held.st_dev == there.st_dev)
    return descriptor;
  ::close(descriptor);
  return -1;
}

} // namespace

// Process ids are not unique where two containers share a store.
HeldFolder::HeldFolder(const std::string& state, const std::string& purpose)
{
  std::error_code failed;
  fs::create_directories(state, failed);
  for (int i = 0; i < k_attempts; ++i) {
    path_ = fmt::format("{}/{}-{}-{}", state, purpose, ::getpid(), i);
    if (::mkdir(path_.c_str(), 0777) != 0) {
      if (errno == EEXIST) continue;
      break;
    }
    if ((descriptor_ = hold(path_)) >= 0) return;
  }
  throw Error(ErrorKind::world, fmt::format("cannot make the folder {}: {}", path_, std::strerror(errno)),
              "check that .sluice can be written and the disk is not full; sluice cache gc gives space back");
}

HeldFolder::~HeldFolder()
{
  remove_whole(path_);
  ::close(descriptor_);
}

std::uintmax_t remove_unheld(const std::string& state, const std::string& purpose)
{
  std::uintmax_t bytes = 0;
  std::error_code failed;
  for (const auto& entry : entries(fs::directory_iterator(state, failed), failed)) {
    const std::string path = entry.path().string();
    if (!entry.path().filename().string().starts_with(purpose + "-")) continue;
    const int descriptor = hold(path);
    if (descriptor < 0) continue;
    const std::uintmax_t size = bytes_below(path);
    if (!remove_whole(path)) bytes += size;
    ::close(descriptor);
  }
  return bytes;
}

} // namespace sluice::cli
