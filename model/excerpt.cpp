#include "model/excerpt.h"

#include <algorithm>

namespace sluice {

std::string gap_of(std::uint64_t bytes)
{
  return "\n[... " + std::to_string(bytes) + " bytes left out ...]\n";
}

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
  return head_ + (size_ > kept ? gap_of(size_ - kept) : std::string()) + tail();
}

} // namespace sluice
