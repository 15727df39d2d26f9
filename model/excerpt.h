// Output in bounded memory: the head and the tail are kept, what lies between is counted. It knows neither lines nor
// encodings, nor whose output it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

inline constexpr std::size_t k_excerpt_head = 16 * 1024;
inline constexpr std::size_t k_excerpt_tail = 16 * 1024;

// A tail by which the text, with the line for what is left out, is so short that another Excerpt keeps it whole.
inline constexpr std::size_t k_inner_tail = k_excerpt_tail - 64;

// The line that stands for the bytes left out, with their number.
std::string gap_of(std::uint64_t bytes);

class Excerpt {
public:
  explicit Excerpt(std::size_t head = k_excerpt_head, std::size_t tail = k_excerpt_tail)
    : head_most_(head), tail_most_(tail)
  {
  }

  void add(std::string_view bytes);
  void clear();

  std::uint64_t size() const { return size_; } // of all that was added
  bool complete() const { return size_ <= head_most_ + tail_most_; }
  std::uint64_t left_out() const { return complete() ? 0 : size_ - head_most_ - tail_most_; }

  // Head and tail, with one line between them that says how many bytes are left out; all bytes when complete.
  std::string text() const;
  // The last bytes: all that came after the head, as far as kept.
  std::string tail() const;

private:
  std::size_t head_most_;
  std::size_t tail_most_;
  std::uint64_t size_ = 0;
  std::string head_;
  std::string ring_; // the last bytes after the head; full: the oldest stands at ring_at_
  std::size_t ring_at_ = 0;
};

} // namespace sluice
