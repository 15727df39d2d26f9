#include "cli/large_pages.h"

#include <cstdint>
#include <cstdlib>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

namespace sluice::cli {

namespace {

constexpr std::uintptr_t k_large = 2u << 20;
constexpr int k_ahead = 128 << 20;       // of addresses; memory is taken as it is touched
constexpr int k_own_mapping = 4 << 20;   // from this size on a piece is given back as soon as it is free
constexpr int k_first_piece = 512 << 10; // too large for what the heap has now, so that it grows at once

} // namespace

void take_memory_in_large_pages()
{
  ::mallopt(M_MMAP_THRESHOLD, k_own_mapping);
  ::mallopt(M_TRIM_THRESHOLD, k_ahead);
  ::mallopt(M_TOP_PAD, k_ahead);
  const auto before = reinterpret_cast<std::uintptr_t>(::sbrk(0));
  void* const volatile piece = std::malloc(k_first_piece); // volatile: or the compiler knows that nobody needs it
  std::free(piece);
  const auto after = reinterpret_cast<std::uintptr_t>(::sbrk(0));
  const std::uintptr_t begin = (before + k_large - 1) / k_large * k_large;
  if (begin < after) ::madvise(reinterpret_cast<void*>(begin), after - begin, MADV_HUGEPAGE);
}

} // namespace sluice::cli
