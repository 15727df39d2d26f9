// A 64-bit digest of text for telling whether a command is the same as before. Not cryptographic: whoever can choose
// commands controls the build anyway. Stable across runs on machines of the same byte order.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace sluice::facts {

class TextHash {
public:
  // Parts are told apart: ("ab", "c") differs from ("a", "bc").
  void add(std::string_view part)
  {
    mix(part.size());
    while (part.size() >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, part.data(), 8);
      mix(word);
      part.remove_prefix(8);
    }
    std::uint64_t rest = 0;
    std::memcpy(&rest, part.data(), part.size());
    mix(rest);
  }

  std::uint64_t value() const { return state_ ^ (state_ >> 32); }

private:
  void mix(std::uint64_t word)
  {
    state_ = (state_ ^ word) * 0x9e3779b97f4a7c15ull; // odd, so nothing is lost
    state_ ^= state_ >> 29;
  }

  std::uint64_t state_ = 0xcbf29ce484222325ull;
};

} // namespace sluice::facts
