#include "runner/output.h"

#include <algorithm>
#include <fcntl.h>
#include <unistd.h>

namespace sluice::runner {

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
  if (overflow_.size() > tail.size()) write(gap_of(overflow_.size() - tail.size()));
  write(tail);
  if (std::fflush(file_.get()) != 0) failed_ = true;
}

} // namespace sluice::runner
