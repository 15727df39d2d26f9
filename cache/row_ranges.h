// Reads the rows with given ids by few range scans instead of one look-up each: neighbouring ids, small gaps included,
// are one range. What lies in a gap is read too, so the reader must expect ids that nobody asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sluice::cache {

// Stepping over a row costs about a twentieth of a look-up; this errs towards short gaps.
inline constexpr std::int64_t k_widest_gap = 16;

// Calls `read(first, last)` for ranges that together cover `ascending`.
template <class Key, class Read> void for_each_range(const std::vector<Key>& ascending, const Read& read)
{
  for (std::size_t begin = 0; begin < ascending.size();) {
    std::size_t end = begin + 1;
    while (end < ascending.size() &&
           static_cast<std::int64_t>(ascending[end]) - static_cast<std::int64_t>(ascending[end - 1]) <= k_widest_gap) {
      ++end;
    }
    read(static_cast<std::int64_t>(ascending[begin]), static_cast<std::int64_t>(ascending[end - 1]));
    begin = end;
  }
}

} // namespace sluice::cache
