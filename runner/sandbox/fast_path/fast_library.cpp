// library: notes names in the shared memory, and learns what relative ones start from.
#include "runner/sandbox/fast_path/fast_library.h"

#include <sys/mman.h>

namespace sluice::sandbox::fast {

namespace {

constexpr std::uintptr_t k_first_user_address = 0x10000;
constexpr std::uintptr_t k_last_user_address = 0x7fff'ffff'ffff;

bool is_ready = false;
pid_t own_pid = 0;
// Epoch << 32 | number of the slot + 1: where relative names start, as long as nobody has moved. For each thread, since
// threads can part their folders (unshare). A child of vfork() shares it with the thread that waits for it: until one
// of them moves it is true for both, and the child never writes it.
__thread std::uint64_t known_folder __attribute__((tls_model("initial-exec"))) = 0;

FastMemory& memory()
{
  return *reinterpret_cast<FastMemory*>(k_fast_memory);
}

template <class T> T load(const T& from)
{
  return __atomic_load_n(&from, __ATOMIC_ACQUIRE);
}

using Sixteen = char __attribute__((vector_size(16), may_alias));

// A bit for each byte that is 0.
unsigned zeros_in(Sixteen bytes)
{
  return static_cast<unsigned>(__builtin_ia32_pmovmskb128(bytes == Sixteen{}));
}

// The length of a name that may be noted; 0: it may not. A page that the name does not reach is not touched.
std::uint32_t length_of(const char* name)
{
  const auto address = reinterpret_cast<std::uintptr_t>(name);
  if (address < k_first_user_address || address > k_last_user_address) return 0; // the kernel says EFAULT, we would die
  const auto* at = reinterpret_cast<const Sixteen*>(address & ~std::uintptr_t{15});
  unsigned found = zeros_in(*at);
  found &= ~0U << (address & 15);
  while (found == 0) {
    if (static_cast<std::size_t>(reinterpret_cast<const char*>(++at) - name) > k_fast_longest) return 0;
    found = zeros_in(*at);
  }
  const auto size =
    static_cast<std::size_t>(reinterpret_cast<const char*>(at) - name) + static_cast<unsigned>(__builtin_ctz(found));
  return size > k_fast_longest ? 0 : static_cast<std::uint32_t>(size);
}

bool same(const char* a, const char* b, std::uint32_t size)
{
  std::uint32_t at = 0;
  for (; at + 8 <= size; at += 8) {
    std::uint64_t left = 0, right = 0;
    __builtin_memcpy(&left, a + at, 8);
    __builtin_memcpy(&right, b + at, 8);
    if (left != right) return false;
  }
  for (; at < size; ++at)
    if (a[at] != b[at]) return false;
  return true;
}

// What these names mean is found out while their caller waits: /proc and the links in /dev.
bool is_momentary(const char* name)
{
  while (name[0] == '/' && name[1] == '/') ++name;
  return (name[1] == 'p' && name[2] == 'r' && name[3] == 'o' && name[4] == 'c') ||
         (name[1] == 'd' && name[2] == 'e' && name[3] == 'v');
}

struct Name {
  const char* text;
  std::uint32_t size;
  std::uint32_t folder;
  std::uint8_t intent;
};

bool is_of(const Name& name, std::uint32_t number)
{
  if (number == 0 || number > k_fast_slots) return false;
  const FastSlot& slot = memory().slots[number - 1];
  return load(slot.check) != 0 && slot.size == name.size && slot.folder == name.folder && slot.intent == name.intent &&
         slot.text <= k_fast_text - name.size && same(memory().text + slot.text, name.text, name.size);
}

// The place of the name in its line of a table, and its number; or a free one. Null: neither.
std::uint32_t* find(std::uint32_t* line, std::uint32_t hash, const Name& name, std::uint32_t& number)
{
  for (std::uint32_t i = 0; i < k_fast_words; ++i) {
    const std::uint32_t here = load(line[i]);
    if (here == 0) return &line[i];
    if ((here ^ hash) > k_fast_numbers || !is_of(name, here & k_fast_numbers)) continue;
    number = here & k_fast_numbers;
    return &line[i];
  }
  return nullptr;
}

// Text first, then the slot with its check: whoever sees the check sees all of it. Null: no room.
FastSlot* append(const Name& name, std::uint64_t text_hash)
{
  FastHeader& header = memory().header;
  const std::uint32_t room = (name.size + 7) & ~7U;
  if (load(header.text_taken) > k_fast_text - 2 * k_fast_longest || load(header.slots_taken) >= k_fast_slots - 64)
    return nullptr;
  const std::uint32_t text = __atomic_fetch_add(&header.text_taken, room, __ATOMIC_RELAXED);
  if (text > k_fast_text - k_fast_longest) return nullptr;
  const std::uint32_t number = __atomic_fetch_add(&header.slots_taken, 1, __ATOMIC_ACQ_REL);
  if (number >= k_fast_slots) return nullptr;
  FastSlot& slot = memory().slots[number];
  char* const to = memory().text + text;
  for (std::uint32_t i = 0; i < name.size; ++i) to[i] = name.text[i];
  slot.text = text;
  slot.folder = name.folder;
  slot.size = static_cast<std::uint16_t>(name.size);
  slot.intent = name.intent;
  slot.kind = 0;
  __atomic_store_n(&slot.check, fast_check(header.stamp, number, slot, text_hash), __ATOMIC_RELEASE);
  __atomic_fetch_add(&header.slots_filled, 1, __ATOMIC_RELEASE);
  return &slot;
}

struct Place {
  FastSlot* slot = nullptr;
  bool is_new = false;
};

Place place_of(const Name& name)
{
  const std::uint64_t text_hash = fast_hash(name.text, name.size);
  const std::uint64_t more = static_cast<std::uint64_t>(load(memory().header.generation)) << 40 |
                             static_cast<std::uint64_t>(name.intent) << 32 | name.folder;
  const std::uint64_t hash = fast_mix(text_hash ^ (more + 1) * 0x9e3779b97f4a7c15);
  const std::uint32_t upper = static_cast<std::uint32_t>(hash >> 32) & ~k_fast_numbers;
  std::uint32_t number = 0;
  std::uint32_t* at = find(memory().small + hash % k_fast_small_lines * k_fast_words, upper, name, number);
  if (!at) at = find(memory().large + hash % k_fast_large_lines * k_fast_words, upper, name, number);
  if (number != 0) return {&memory().slots[number - 1], false};
  FastSlot* const slot = append(name, text_hash);
  if (!slot) return {};
  std::uint32_t free = 0;
  number = static_cast<std::uint32_t>(slot - memory().slots) + 1;
  // Who comes second has noted the name once more, or will the next time: that costs time only.
  if (at) __atomic_compare_exchange_n(at, &free, upper | number, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
  return {slot, true};
}

bool somebody_moves()
{
  return load(memory().header.movers) != 0 || load(memory().header.raw_movers) != 0;
}

// Number of the slot of the working folder + 1; 0: it cannot be noted.
std::uint32_t working_folder()
{
  const std::uint32_t epoch = load(memory().header.folders_epoch);
  const bool keep = !somebody_moves();
  const std::uint64_t known = load(known_folder);
  if (keep && known >> 32 == epoch && static_cast<std::uint32_t>(known) != 0) return static_cast<std::uint32_t>(known);
  char text[k_fast_longest];
  const long size = raw_call(SYS_getcwd, word(text), sizeof text); // with the 0 at its end
  if (is_error(size) || size < 2 || text[0] != '/' || is_momentary(text)) return 0;
  const Place place = place_of({text, static_cast<std::uint32_t>(size - 1), 0, k_fast_folder});
  if (!place.slot) return 0;
  const auto folder = static_cast<std::uint32_t>(place.slot - memory().slots) + 1;
  if (keep && !somebody_moves() && raw_call(SYS_getpid) == own_pid)
    __atomic_store_n(&known_folder, static_cast<std::uint64_t>(epoch) << 32 | folder, __ATOMIC_RELEASE);
  return folder;
}

// A failure at any step leaves everything notified.
__attribute__((constructor)) void begin()
{
  const long file = raw_call(k_fast_call);
  if (file < 0) return;
  constexpr long fixed = MAP_SHARED | MAP_FIXED_NOREPLACE;
  const long page = raw_call(SYS_mmap, k_fast_page, k_fast_page_size, PROT_READ | PROT_EXEC, fixed, file, 0);
  const long shared =
    raw_call(SYS_mmap, k_fast_memory, sizeof(FastMemory), PROT_READ | PROT_WRITE, fixed, file, k_fast_page_size);
  raw_call(SYS_close, file);
  own_pid = static_cast<pid_t>(raw_call(SYS_getpid));
  // An old kernel takes the address for a wish.
  __atomic_store_n(&is_ready, page == static_cast<long>(k_fast_page) && shared == static_cast<long>(k_fast_memory),
                   __ATOMIC_RELEASE);
}

} // namespace

bool ready()
{
  return load(is_ready) && load(memory().header.on) != 0;
}

Noted note(int folder, const char* name, std::uint8_t intent)
{
  if (!ready()) return {};
  const std::uint32_t size = length_of(name);
  if (size == 0) return {};
  std::uint32_t start = 0;
  if (name[0] == '/') {
    if (is_momentary(name)) return {};
  } else {
    if (folder != AT_FDCWD) return {}; // its descriptor may be closed unheard
    start = working_folder();
    if (start == 0) return {};
  }
  const Place place = place_of({name, size, start, intent});
  return {place.is_new ? place.slot : nullptr, place.slot != nullptr};
}

void note_kind(const Noted& noted, FastKind kind)
{
  const auto value = static_cast<std::uint8_t>(kind);
  if (noted.slot) __atomic_store_n(&noted.slot->kind, static_cast<std::uint8_t>(value | ~value << 4), __ATOMIC_RELEASE);
}

long moving_call(long number, long a, long b, long c, long d, long e)
{
  if (!load(is_ready)) return raw_call(number, a, b, c, d, e);
  FastHeader& header = memory().header;
  __atomic_fetch_add(&header.movers, 1, __ATOMIC_ACQ_REL);
  const long result = page_call(number, a, b, c, d, e); // from the page: the observer knows that we say when it is done
  __atomic_fetch_add(&header.folders_epoch, 1, __ATOMIC_ACQ_REL);
  __atomic_fetch_sub(&header.movers, 1, __ATOMIC_ACQ_REL);
  return result;
}

} // namespace sluice::sandbox::fast
