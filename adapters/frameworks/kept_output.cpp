#include "adapters/frameworks/kept_output.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::frameworks {

void KeptOutput::append(std::string_view bytes)
{
  const std::size_t room = std::min(k_head - head_.size(), bytes.size());
  head_.append(bytes.substr(0, room));
  bytes.remove_prefix(room);
  if (bytes.size() > k_tail) {
    left_out_ += tail_.size() + bytes.size() - k_tail;
    tail_.assign(bytes.substr(bytes.size() - k_tail));
    return;
  }
  tail_.append(bytes);
  if (tail_.size() > 2 * k_tail) {
    left_out_ += tail_.size() - k_tail;
    tail_.erase(0, tail_.size() - k_tail);
  }
}

void KeptOutput::clear()
{
  head_.clear();
  tail_.clear();
  left_out_ = 0;
}

std::string KeptOutput::text() const
{
  const std::size_t shown = std::min(tail_.size(), k_tail);
  const std::size_t missing = left_out_ + tail_.size() - shown;
  std::string text = head_;
  if (missing != 0) text += fmt::format("\n[... {} bytes left out ...]\n", missing);
  text.append(tail_, tail_.size() - shown);
  return text;
}

} // namespace sluice::frameworks
