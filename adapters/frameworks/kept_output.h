// Output of one test, kept in bounded memory: its first bytes and its last, with a line in between that says how much
// is missing. It knows neither lines nor encodings.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::frameworks {

class KeptOutput {
public:
  static constexpr std::size_t k_head = 16u << 10;
  static constexpr std::size_t k_tail = 48u << 10;

  void append(std::string_view bytes);
  void clear();
  bool empty() const { return head_.empty(); }
  std::string text() const;

private:
  std::string head_;
  std::string tail_;         // at most twice k_tail, cut back when it grows beyond
  std::size_t left_out_ = 0; // bytes cut from the front of the tail so far
};

} // namespace sluice::frameworks
