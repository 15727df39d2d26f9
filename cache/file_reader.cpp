#include "cache/file_reader.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace sluice::cache {

namespace {
constexpr std::size_t k_piece = 256 * 1024;
}

FileReader::FileReader(int descriptor) : descriptor_(descriptor) {}

bool FileReader::read(std::uint64_t offset, std::uint64_t length, const Take& take)
{
  if (buffer_.size() < std::min<std::uint64_t>(length, k_piece))
    buffer_.resize(std::min<std::uint64_t>(length, k_piece));
  while (length > 0) {
    const std::size_t wanted = std::min<std::uint64_t>(length, buffer_.size());
    const ssize_t got = ::pread(descriptor_, buffer_.data(), wanted, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    take(offset, buffer_.data(), static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
    length -= static_cast<std::uint64_t>(got);
  }
  return true;
}

} // namespace sluice::cache
