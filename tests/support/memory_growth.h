// How much a test's own memory may grow where nothing should be kept: AddressSanitizer holds freed memory back.
#pragma once

#include <sys/resource.h>

namespace sluice::tests {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr long k_bounded_growth_kib = 512 * 1024;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr long k_bounded_growth_kib = 512 * 1024;
#else
inline constexpr long k_bounded_growth_kib = 16 * 1024;
#endif
#else
inline constexpr long k_bounded_growth_kib = 16 * 1024;
#endif

inline long peak_memory_kib()
{
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

} // namespace sluice::tests
