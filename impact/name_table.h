// Names numbered in the order in which they came, and the way back from a name to its number, in flat arrays: they can
// be written to a file as they are and used where they lie.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace sluice::impact {

inline constexpr std::uint32_t k_no_name = 0xffffffffu;

// What a table looks like to a reader; the arrays belong to somebody else.
struct NameView {
  std::span<const std::uint32_t> offsets; // one more than there are names, into `bytes`
  std::span<const char> bytes;
  std::span<const std::uint32_t> slots; // open addressing; a number + 1, or 0; a power of two of them

  std::size_t size() const { return offsets.empty() ? 0 : offsets.size() - 1; }
  std::string_view operator[](std::uint32_t number) const
  {
    return {bytes.data() + offsets[number], offsets[number + 1] - offsets[number]};
  }
  // k_no_name if it is not there.
  std::uint32_t find(std::string_view name) const;
};

class NameTable {
public:
  NameTable();
  void reserve(std::size_t names);
  // The number that the name has now, whether it had it before or not.
  std::uint32_t add(std::string_view name);
  NameView view() const { return {offsets_, bytes_, slots_}; }

private:
  void grow(std::size_t slots);

  std::vector<std::uint32_t> offsets_;
  std::vector<char> bytes_;
  std::vector<std::uint32_t> slots_;
};

} // namespace sluice::impact
