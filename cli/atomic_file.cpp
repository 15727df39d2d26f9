#include "cli/atomic_file.h"

#include "model/error.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
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

AtomicFile::AtomicFile(std::string path)
  : path_(std::move(path)), temporary_(fmt::format("{}.{}.tmp", path_, ::getpid()))
{
  namespace fs = std::filesystem;
  std::error_code failed;
  if (const fs::path parent = fs::path(path_).parent_path(); !parent.empty()) fs::create_directories(parent, failed);
  descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor_ < 0) fail(temporary_, "create");
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

std::string read_file(const std::string& path, std::string_view what)
{
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(ErrorKind::world, fmt::format("cannot read {} {}: {}", what, path, std::strerror(errno)));
  return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace sluice::cli
