#include "cli/records/atomic_file.h"

#include "model/error.h"
#include "model/path.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <functional>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace sluice::cli {

namespace {

[[noreturn]] void fail(const std::string& path, const char* doing)
{
  throw Error(ErrorKind::world, fmt::format("cannot {} {}: {}", doing, path, std::strerror(errno)),
              "check that the folder can be written and the disk is not full");
}

} // namespace

void require_own_place(const std::string& file, FileLink link)
{
  namespace fs = std::filesystem;
  std::error_code failed;
  const fs::path path = fs::absolute(file, failed).lexically_normal(), folder = path.parent_path();
  const fs::path real = fs::weakly_canonical(folder, failed);
  const bool leads_away = link == FileLink::followed && fs::is_symlink(path, failed);
  for (fs::path at = folder; at.has_relative_path(); at = at.parent_path())
    if (fs::exists(fs::symlink_status(at / ".git", failed)) &&
        (leads_away || !lies_in(real.native(), fs::weakly_canonical(at, failed).native())))
      throw Error(ErrorKind::usage, fmt::format("{} would be written through a link out of the tree", file),
                  "remove the link, or name a file outside of the tree");
}

AtomicFile::AtomicFile(std::string path) : path_(std::move(path))
{
  namespace fs = std::filesystem;
  require_own_place(path_);
  std::error_code failed;
  if (const fs::path parent = fs::path(path_).parent_path(); !parent.empty()) fs::create_directories(parent, failed);
  // A name that nobody can guess, and a new file: in a tree that a build writes to, a link may wait for us.
  for (int attempt = 0; descriptor_ < 0 && attempt < 8; ++attempt) {
    std::uint64_t random = 0;
    if (::getrandom(&random, sizeof random, 0) != sizeof random) fail(path_, "find a name beside");
    temporary_ = fmt::format("{}.{:016x}.tmp", path_, random);
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (descriptor_ < 0 && errno != EEXIST) break;
  }
  if (descriptor_ < 0) fail(std::exchange(temporary_, {}), "create");
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
  : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, {})),
    descriptor_(std::exchange(other.descriptor_, -1))
{
}

AtomicFile::~AtomicFile()
{
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view bytes)
{
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) fail(temporary_, "write");
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void AtomicFile::close()
{
  if (::fsync(descriptor_) != 0 && errno != EINVAL) fail(temporary_, "sync");
  ::close(std::exchange(descriptor_, -1));
}

void AtomicFile::commit()
{
  if (descriptor_ >= 0) close();
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) fail(path_, "replace");
  temporary_.clear();
}

void write_atomically(const std::string& path, std::string_view bytes)
{
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

namespace {

// Far more than any report or log that Sluice reads; enough to stop at what never ends.
constexpr std::size_t k_longest_file = std::size_t{4} << 30;
constexpr std::size_t k_longest_small_file = 16 << 20;

class OpenFile {
public:
  OpenFile(const std::string& path, int flags) : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags)) {}
  ~OpenFile()
  {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int get() const { return descriptor_; }

private:
  int descriptor_;
};

// Up to `most` bytes and one more, by which the caller sees that there are too many.
std::string read_up_to(const OpenFile& file, std::size_t most, const std::function<void()>& fail)
{
  std::string bytes;
  std::array<char, 64 << 10> piece;
  while (bytes.size() <= most) {
    const ssize_t got = ::read(file.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail();
    if (got <= 0) break;
    bytes.append(piece.data(), static_cast<std::size_t>(got));
  }
  return bytes;
}

} // namespace

std::string read_file(const std::string& path, std::string_view what)
{
  const auto fail = [&] {
    throw Error(ErrorKind::world, fmt::format("cannot read {} {}: {}", what, path, std::strerror(errno)),
                "name a plain file that you may read");
  };
  const OpenFile file(path, 0); // may be a pipe that somebody writes to
  if (file.get() < 0) fail();
  struct stat status {};
  if (::fstat(file.get(), &status) == 0 && S_ISCHR(status.st_mode) && ::isatty(file.get()) == 0) {
    errno = EINVAL; // a device never ends, or is empty
    fail();
  }
  std::string bytes = read_up_to(file, k_longest_file, fail);
  if (bytes.size() > k_longest_file) {
    errno = EFBIG;
    fail();
  }
  return bytes;
}

std::optional<std::string> read_small_file(const std::string& path, std::string_view name)
{
  const auto fail = [&](std::string_view why) {
    throw Error(ErrorKind::configuration, fmt::format("{} {}", name, why), "make it a plain file of at most 16 MiB");
  };
  const OpenFile file(path, O_NONBLOCK | O_NOCTTY);
  if (file.get() < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  const auto cannot_read = [&] { fail(fmt::format("cannot be read: {}", std::strerror(errno))); };
  if (file.get() < 0) cannot_read();
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) cannot_read();
  if (!S_ISREG(status.st_mode)) fail("is no regular file");
  std::string bytes = read_up_to(file, k_longest_small_file, cannot_read);
  if (bytes.size() > k_longest_small_file) fail("is larger than 16 MiB");
  return bytes;
}

} // namespace sluice::cli
