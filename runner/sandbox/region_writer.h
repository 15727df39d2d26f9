// Lays out values in the memory that is shared with a zygote, with the addresses that they have there.
// What does not fit makes it fail once and for all; nothing is written past the end.
#pragma once

#include "runner/sandbox/zygote/zygote_protocol.h"

#include <cstring>
#include <string_view>

namespace sluice::sandbox {

class RegionWriter {
public:
  // From `begin` to `end`, offsets in the region that is mapped here at `base`.
  RegionWriter(char* base, std::size_t begin, std::size_t end) : base_(base), at_(begin), end_(end) {}

  bool ok() const { return ok_; }

  // Room for `count` values, zeroed; null when there is none.
  template <class T> T* room(std::size_t count = 1)
  {
    at_ = (at_ + alignof(T) - 1) / alignof(T) * alignof(T);
    const std::size_t size = sizeof(T) * count;
    if (!ok_ || size > end_ - at_) {
      ok_ = false;
      return nullptr;
    }
    char* const here = base_ + at_;
    std::memset(here, 0, size);
    at_ += size;
    return reinterpret_cast<T*>(here);
  }

  // A terminated string; its address in the zygote.
  char* text(std::string_view bytes)
  {
    char* const here = room<char>(bytes.size() + 1);
    if (!here) return nullptr;
    std::memcpy(here, bytes.data(), bytes.size());
    return in_zygote(here);
  }

  template <class T> T* in_zygote(T* here) const
  {
    if (!here) return nullptr;
    const auto offset = static_cast<std::uintptr_t>(reinterpret_cast<const char*>(here) - base_);
    return reinterpret_cast<T*>(k_region_address + offset);
  }

private:
  char* base_;
  std::size_t at_, end_;
  bool ok_ = true;
};

} // namespace sluice::sandbox
