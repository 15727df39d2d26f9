#include "runner/output.h"

#include <algorithm>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace sluice::runner {

namespace {

std::string gap(std::uint64_t bytes)
{
  return fmt::format("\n[... {} bytes left out ...]\n", bytes);
}

} // namespace

void Excerpt::add(std::string_view bytes)
{
  size_ += bytes.size();
  if (head_.size() < head_most_) {
    const std::size_t taken = std::min(bytes.size(), head_most_ - head_.size());
    head_.append(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
  }
  if (bytes.size() >= tail_most_) {
    ring_.assign(bytes.substr(bytes.size() - tail_most_));
    ring_at_ = 0;
    return;
  }
  const std::size_t appended = std::min(bytes.size(), tail_most_ - ring_.size());
  ring_.append(bytes.substr(0, appended));
  bytes.remove_prefix(appended);
  while (!bytes.empty()) {
    const std::size_t piece = std::min(bytes.size(), ring_.size() - ring_at_);
    std::copy_n(bytes.data(), piece, ring_.begin() + static_cast<std::ptrdiff_t>(ring_at_));
    ring_at_ = (ring_at_ + piece) % ring_.size();
    bytes.remove_prefix(piece);
  }
}

void Excerpt::clear()
{
  size_ = 0;
  head_.clear();
  ring_.clear();
  ring_at_ = 0;
}

std::string Excerpt::tail() const
{
  return ring_.substr(ring_at_) + ring_.substr(0, ring_at_);
}

std::string Excerpt::text() const
{
  const std::uint64_t kept = head_.size() + ring_.size();
  return head_ + (size_ > kept ? gap(size_ - kept) : std::string()) + tail();
}

OutputFile::OutputFile(std::string path, std::uint64_t limit)
  : path_(std::move(path)), limit_(std::max<std::uint64_t>(limit, k_excerpt_head + 2 * k_excerpt_tail)),
    overflow_(0, k_excerpt_tail)
{
}

OutputFile::~OutputFile()
{
  if (file_ && !kept_) ::unlink(path_.c_str());
}

void OutputFile::write(std::string_view bytes)
{
  if (failed_ || std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) == bytes.size()) return;
  failed_ = true;
}

void OutputFile::add(std::string_view bytes)
{
  if (!file_) {
    if (failed_) return;
    if (excerpt_.size() + bytes.size() <= k_excerpt_head + k_excerpt_tail) {
      excerpt_.add(bytes);
      return;
    }
    const int fd = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd >= 0) file_.reset(::fdopen(fd, "wb"));
    failed_ = !file_;
    if (failed_) return;
    const std::string before = excerpt_.text();
    excerpt_.clear();
    write(before);
    written_ = before.size();
  }
  const std::uint64_t room = limit_ - k_excerpt_tail - written_;
  const std::size_t taken = static_cast<std::size_t>(std::min<std::uint64_t>(room, bytes.size()));
  write(bytes.substr(0, taken));
  written_ += taken;
  overflow_.add(bytes.substr(taken));
}

void OutputFile::finish()
{
  if (!file_) return;
  const std::string tail = overflow_.tail();
  if (overflow_.size() > tail.size()) write(gap(overflow_.size() - tail.size()));
  write(tail);
  if (std::fflush(file_.get()) != 0) failed_ = true;
}

} // namespace sluice::runner
