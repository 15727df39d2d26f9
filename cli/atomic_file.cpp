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

namespace sluice::cli {

namespace {

[[noreturn]] void fail(const std::string& path, const char* doing)
{
  throw Error(ErrorKind::world, fmt::format("cannot {} {}: {}", doing, path, std::strerror(errno)),
              "check that the folder can be written and the disk is not full");
}

// A descriptor that is closed on every way out.
class File {
public:
  explicit File(const std::string& path)
    : descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644))
  {
    if (descriptor_ < 0) fail(path, "create");
  }
  ~File() { ::close(descriptor_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  void write(std::string_view bytes, const std::string& path) const
  {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno != EINTR) fail(path, "write");
      if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(descriptor_) != 0 && errno != EINVAL) fail(path, "sync");
  }

private:
  int descriptor_;
};

} // namespace

void write_atomically(const std::string& path, std::string_view bytes)
{
  namespace fs = std::filesystem;
  std::error_code failed;
  if (const fs::path parent = fs::path(path).parent_path(); !parent.empty()) fs::create_directories(parent, failed);
  const std::string temporary = fmt::format("{}.{}.tmp", path, ::getpid());
  File(temporary).write(bytes, temporary);
  if (std::rename(temporary.c_str(), path.c_str()) != 0) fail(path, "replace");
}

std::string read_file(const std::string& path, std::string_view what)
{
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(ErrorKind::world, fmt::format("cannot read {} {}: {}", what, path, std::strerror(errno)));
  return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace sluice::cli
