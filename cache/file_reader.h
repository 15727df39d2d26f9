// Reads ranges of an open file in pieces, so that a file of any size costs one buffer. Reading by calls rather than by
// mapping: a file that shrinks meanwhile is a short read, not a signal.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace sluice::cache {

class FileReader {
public:
  explicit FileReader(int descriptor);

  // Hands `length` bytes from `offset` on to `take`, in order. False if the file ends before, or cannot be read; `take`
  // may have been called by then.
  using Take = std::function<void(std::uint64_t offset, char* bytes, std::size_t size)>;
  bool read(std::uint64_t offset, std::uint64_t length, const Take& take);

  int descriptor() const { return descriptor_; }

private:
  int descriptor_;
  std::vector<char> buffer_;
};

} // namespace sluice::cache
