// The memory that a lane's observer and the fast path in its tests share: names that tests have asked for, each noted
// once, before it is asked for. Plain memory without pointers, used by both sides without locks;
// docs/design/fast-path.md says why the order of its steps is right. The library (fast_*.cpp with "library" at the top)
// knows nothing else of us. A test can write here what it likes. What does not fit makes its observation incomplete, so
// nothing in here is trusted.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sluice::sandbox {

// What LD_PRELOAD names. No such file is ever there: the observer answers its opening with a file of its own. The
// address sanitizer ends every program that has another library before it, unless that is called like this.
constexpr char k_fast_library[] = "/dev/sluice/libasan.so.fast";

// A call that no kernel has: the library asks for the memory. Answered with a descriptor.
constexpr std::uint32_t k_fast_call = 0x5a5a;

// Where the memory lies in every test, its first page with the only two instructions that path calls may come from
// without being notified. Below what the loader and sanitizers use.
constexpr std::uintptr_t k_fast_page = 0x54'0000'0000;
constexpr std::size_t k_fast_page_size = 4096;
constexpr std::uintptr_t k_fast_memory = k_fast_page + k_fast_page_size;

// Sixteen words of four bytes are one line of the cache: a name is looked for in one line of the small table, then in
// one of the large. Most programs never touch the large one. A word is the number of the name's slot + 1 and, above
// that, what is left of room for its hash.
constexpr std::uint32_t k_fast_words = 16;
constexpr std::uint32_t k_fast_small_lines = 512;
constexpr std::uint32_t k_fast_large_lines = 1 << 13;
constexpr std::uint32_t k_fast_numbers = (1 << 17) - 1;
constexpr std::uint32_t k_fast_slots = k_fast_numbers - 1;
constexpr std::uint32_t k_fast_text = 16 << 20;
constexpr std::uint32_t k_fast_longest = 1024; // a longer name is notified

// What a name is asked for, in one byte.
constexpr std::uint8_t k_fast_folder = 0; // a working folder, which others start from; nobody asks for it
constexpr std::uint8_t k_fast_ask = 1;    // stat, access
constexpr std::uint8_t k_fast_keep = 2;   // lstat, readlink: a link as the last component is not followed
constexpr std::uint8_t k_fast_open = 3;   // to read
constexpr std::uint8_t k_fast_intent = 3;
constexpr std::uint8_t k_fast_path_only = 4; // open with O_PATH ...
constexpr std::uint8_t k_fast_no_follow = 8;
constexpr std::uint8_t k_fast_only_folder = 16;

// What the kernel then said, if the process lived to hear it: of names with k_fast_keep only, since they name no other.
enum class FastKind : std::uint8_t { unknown, absent, file, folder, link, special };

struct FastSlot {
  std::uint32_t text = 0;   // offset
  std::uint32_t folder = 0; // number of the slot + 1; 0: the name is absolute
  std::uint16_t size = 0;
  std::uint8_t intent = 0;
  std::uint8_t kind = 0;   // FastKind, and its complement in the upper four bits
  std::uint32_t check = 0; // written last; 0: not yet
};

// One line of the cache for each side that writes.
struct FastHeader {
  // The observer's.
  alignas(64) std::uint64_t stamp = 0; // of this lane and batch
  std::uint32_t on = 0;
  std::uint32_t generation = 0; // a name that was noted under another generation is not known any more
  std::uint32_t raw_movers = 0; // who is on the way to another folder and will not say when he is there
  // Everybody's.
  alignas(64) std::uint32_t slots_taken = 0;
  std::uint32_t slots_filled = 0;
  std::uint32_t text_taken = 0;
  alignas(64) std::uint32_t folders_epoch = 0; // a working folder may have another name now
  std::uint32_t movers = 0;                    // who is on the way and will say so
};

struct FastMemory {
  alignas(4096) FastHeader header;
  alignas(4096) std::uint32_t small[k_fast_small_lines * k_fast_words];
  alignas(4096) FastSlot slots[k_fast_slots];
  alignas(4096) std::uint32_t large[k_fast_large_lines * k_fast_words];
  alignas(4096) char text[k_fast_text];
};

inline std::uint64_t fast_mix(std::uint64_t value)
{
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(value) * 0xa0761d6478bd642f;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline std::uint64_t fast_hash(const char* text, std::uint32_t size)
{
  std::uint64_t hash = 0x9e3779b97f4a7c15 ^ size;
  std::uint64_t word = 0;
  std::uint32_t at = 0;
  for (; at + 8 <= size; at += 8) {
    __builtin_memcpy(&word, text + at, 8);
    hash = fast_mix(hash ^ word);
  }
  word = 0;
  if (size >= 8) __builtin_memcpy(&word, text + size - 8, 8);
  else
    for (at = 0; at < size; ++at) word = word << 8 | static_cast<unsigned char>(text[at]);
  return fast_mix(hash ^ word);
}

// Of all that a slot says but what came after it. Never 0.
inline std::uint32_t fast_check(std::uint64_t stamp, std::uint32_t number, const FastSlot& slot,
                                std::uint64_t text_hash)
{
  std::uint64_t value = fast_mix(stamp ^ text_hash);
  value = fast_mix(value ^ (static_cast<std::uint64_t>(slot.text) << 32 | slot.folder));
  value = fast_mix(
    value ^ (static_cast<std::uint64_t>(number) << 32 | static_cast<std::uint32_t>(slot.size) << 8 | slot.intent));
  return static_cast<std::uint32_t>(value) | 1;
}

} // namespace sluice::sandbox
