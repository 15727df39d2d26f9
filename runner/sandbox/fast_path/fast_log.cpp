#include "runner/sandbox/fast_path/fast_log.h"

#include "runner/sandbox/observe/tracee.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <linux/falloc.h>
#include <random>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace sluice::sandbox {

namespace {

constexpr unsigned k_executable = 0x10;                // MFD_EXEC, Linux 6.3
constexpr unsigned char k_code[] = {0x0f, 0x05, 0xc3}; // syscall; ret
constexpr std::size_t k_file_size = k_fast_page_size + sizeof(FastMemory);

template <class T> T load(const T& from)
{
  return __atomic_load_n(&from, __ATOMIC_ACQUIRE);
}

template <class T> void store(T& to, T value)
{
  __atomic_store_n(&to, value, __ATOMIC_RELEASE);
}

std::uint64_t random_number()
{
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32 | device()) | 1;
}

// SECCOMP_ADDFD_FLAG_SEND came with Linux 5.14. Whether it works shows only when a test waits for the answer.
bool kernel_answers_with_descriptors()
{
  utsname system{};
  int major = 0, minor = 0;
  ::uname(&system);
  std::sscanf(system.release, "%d.%d", &major, &minor);
  return major > 5 || (major == 5 && minor >= 14);
}

} // namespace

std::unique_ptr<FastLog> FastLog::make(const FastImages& images)
{
  if (!images.library || !images.nothing || !kernel_answers_with_descriptors()) return nullptr;
  const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  Fd file(::memfd_create("sluice-fast-log", flags | k_executable));
  if (!file) file = Fd(::memfd_create("sluice-fast-log", flags));
  if (!file || ::ftruncate(file.get(), k_file_size) != 0) return nullptr;
  // A test that cut it short would end us at our next look.
  if (::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW) != 0) return nullptr;
  void* const memory =
    ::mmap(nullptr, sizeof(FastMemory), PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), k_fast_page_size);
  if (memory == MAP_FAILED) return nullptr;
  const int taken = ::fcntl(file.get(), F_DUPFD_CLOEXEC, 0);
  if (taken < 0) {
    ::munmap(memory, sizeof(FastMemory));
    return nullptr;
  }
  return std::unique_ptr<FastLog>(new FastLog(images, taken, memory));
}

FastLog::FastLog(const FastImages& images, int file, void* memory)
  : images_(images), file_(file), memory_(static_cast<FastMemory*>(memory))
{
  reset();
}

FastLog::~FastLog()
{
  ::munmap(memory_, sizeof(FastMemory));
}

// Given-away memory is worth nothing: all of it goes, the page of code too.
void FastLog::reset()
{
  const bool cleared =
    !given_ || ::fallocate(file_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, k_file_size) == 0;
  const bool written = ::pwrite(file_.get(), k_code, sizeof k_code, 0) == sizeof k_code;
  given_ = false;
  stamp_ = random_number();
  store(memory_->header.stamp, stamp_);
  store(memory_->header.generation, ++generation_);
  store(memory_->header.on, std::uint32_t{cleared && written});
  if (!cleared) broken("the memory of the fast path cannot be cleared");
}

void FastLog::begin()
{
  gap_.clear();
  drained_ = 0;
  pending_.clear();
  folders_.clear();
  moving_.clear();
  if (given_) reset();
}

int FastLog::give_memory()
{
  given_ = true;
  return file_.get();
}

void FastLog::broken(std::string_view why)
{
  if (gap_.empty()) gap_ = why;
  stop();
}

void FastLog::turn()
{
  store(memory_->header.generation, ++generation_);
}

void FastLog::stop()
{
  store(memory_->header.on, std::uint32_t{0});
}

void FastLog::moves(pid_t thread, bool says_so)
{
  if (!says_so) moving_.push_back(thread);
  store(memory_->header.raw_movers, static_cast<std::uint32_t>(moving_.size()));
  __atomic_fetch_add(&memory_->header.folders_epoch, 1, __ATOMIC_ACQ_REL);
}

void FastLog::settle(pid_t thread)
{
  const std::size_t before = moving_.size();
  erase_settled(moving_, thread);
  if (moving_.size() == before) return;
  __atomic_fetch_add(&memory_->header.folders_epoch, 1, __ATOMIC_ACQ_REL);
  store(memory_->header.raw_movers, static_cast<std::uint32_t>(moving_.size()));
}

// Only a folder with an absolute name: one that started at another one could lead round all slots and deep into our
// stack.
const std::string* FastLog::folder(std::uint32_t number)
{
  if (const auto known = folders_.find(number); known != folders_.end()) return &known->second;
  // Finished since we passed it: whoever refers to it has seen its check.
  const std::string kept = text_;
  FastSlot slot;
  const bool there = number < k_fast_slots && copy_slot(number, slot) == Slot::right && slot.intent == k_fast_folder;
  const std::string* const found = there ? &folders_.try_emplace(number, text_).first->second : nullptr;
  text_ = kept;
  return found;
}

// Its name to text_. What is wrong with it is a gap.
FastLog::Slot FastLog::copy_slot(std::uint32_t number, FastSlot& slot)
{
  const FastSlot& shared = memory_->slots[number];
  slot.check = load(shared.check);
  if (slot.check == 0) return Slot::unfinished;
  slot.text = load(shared.text);
  slot.folder = load(shared.folder);
  slot.size = load(shared.size);
  slot.intent = load(shared.intent);
  slot.kind = load(shared.kind);
  const bool fits = slot.size > 0 && slot.size <= k_fast_longest && slot.text <= k_fast_text - k_fast_longest &&
                    (slot.folder == 0 || (slot.folder <= number && slot.intent != k_fast_folder));
  if (fits) text_.assign(memory_->text + slot.text, slot.size);
  if (!fits || slot.check != fast_check(stamp_, number, slot, fast_hash(text_.data(), slot.size)) ||
      std::memchr(text_.data(), 0, text_.size()) != nullptr || (slot.folder == 0) != (text_.front() == '/')) {
    broken("the memory of the fast path was written over");
    return Slot::wrong;
  }
  if (slot.intent == k_fast_folder)
    while (!text_.empty() && text_.back() == '/') text_.pop_back();
  return Slot::right;
}

// False: not finished.
bool FastLog::take_slot(std::uint32_t number, const Take& take)
{
  FastSlot slot;
  const Slot state = copy_slot(number, slot);
  if (state != Slot::right) return state != Slot::unfinished;
  if (slot.intent == k_fast_folder) {
    folders_.try_emplace(number, text_);
    return true;
  }
  Entry entry{{}, {}, slot.intent, FastKind::unknown};
  if (slot.folder != 0) {
    const std::string* const start = folder(slot.folder - 1);
    if (!start) {
      broken("a name in the memory of the fast path starts nowhere");
      return true;
    }
    entry.folder = *start;
  }
  entry.name = text_;
  const std::uint8_t said = slot.kind & 15;
  if ((slot.kind >> 4) == (~said & 15) && said <= static_cast<std::uint8_t>(FastKind::special))
    entry.kind = static_cast<FastKind>(said);
  take(entry);
  return true;
}

void FastLog::drain(const Take& take)
{
  if (!given_ || !gap_.empty()) return;
  std::erase_if(pending_, [&](std::uint32_t number) { return gap_.empty() && take_slot(number, take); });
  const std::uint32_t taken = std::min(load(memory_->header.slots_taken), k_fast_slots);
  if (load(memory_->header.stamp) != stamp_ || taken < drained_)
    return broken("the memory of the fast path was written over");
  for (; drained_ < taken && gap_.empty(); ++drained_)
    if (!take_slot(drained_, take)) pending_.push_back(drained_);
}

// Counted twice, by different words.
void FastLog::finish(const Take& take)
{
  drain(take);
  if (!given_ || !gap_.empty()) return;
  if (!pending_.empty()) broken("a process was ended while it noted a name");
  else if (load(memory_->header.slots_filled) != drained_) broken("the memory of the fast path was written over");
}

} // namespace sluice::sandbox
