#include "runner/sandbox/observe/tracee.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/uio.h>
#include <unistd.h>

namespace sluice::sandbox {

namespace {

constexpr std::uint64_t k_page = 4096; // the smallest there is; larger ones only mean more rounds
constexpr std::size_t k_first_read = 256;

// From this many reads on a process is worth a descriptor: opening one costs as much as eight reads.
constexpr std::uint32_t k_often = 8;

} // namespace

std::int64_t coarse_clock()
{
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1'000'000;
}

void erase_settled(std::vector<pid_t>& threads, pid_t thread)
{
  const bool purge = threads.size() > 8;
  std::erase_if(threads,
                [&](pid_t other) { return other == thread || (purge && ::kill(other, 0) != 0 && errno == ESRCH); });
}

void TraceeMemory::begin()
{
  opened_ = {};
  executing_.clear();
}

void TraceeMemory::executes(pid_t thread)
{
  ++epoch_;
  executing_.push_back(thread);
}

void TraceeMemory::settle(pid_t thread)
{
  erase_settled(executing_, thread);
  ++epoch_; // what was opened meanwhile may be of before or after
}

ssize_t TraceeMemory::read(pid_t pid, std::uint64_t address, void* buffer, std::size_t size)
{
  Opened& known = opened_[static_cast<std::size_t>(pid) % opened_.size()];
  const std::int64_t time = coarse_clock();
  if (known.pid != pid || known.epoch != epoch_ || time - known.since > k_memory_milliseconds)
    known = {pid, epoch_, 0, time, Fd()};
  if (!known.fd && ++known.uses == k_often && executing_.empty())
    known.fd = Fd(::open(fmt::format("/proc/{}/mem", pid).c_str(), O_RDONLY | O_CLOEXEC));
  if (known.fd) {
    const ssize_t got = ::pread(known.fd.get(), buffer, size, static_cast<off_t>(address));
    if (got > 0) return got;
    known.fd.reset(); // that memory is gone, or nothing is there: the other way tells
  }
  iovec local{buffer, size};
  iovec remote{reinterpret_cast<void*>(address), size}; // NOLINT: an address of another process
  return ::process_vm_readv(pid, &local, 1, &remote, 1, 0);
}

ReadResult TraceeMemory::read_path(pid_t pid, std::uint64_t address, PathBuffer& path)
{
  path.size = 0;
  if (address == 0) return ReadResult::null;
  std::size_t wanted = k_first_read; // most paths are short
  while (path.size < k_path_max) {
    const std::uint64_t from = address + path.size;
    // Never across a page's end: the next one may not be there, though the string ends before it.
    const std::size_t size =
      std::min({wanted, k_path_max - path.size, static_cast<std::size_t>(k_page - from % k_page)});
    const ssize_t got = read(pid, from, path.bytes + path.size, size);
    if (got <= 0) return ReadResult::unreadable;
    const void* const end = std::memchr(path.bytes + path.size, 0, static_cast<std::size_t>(got));
    if (end) {
      path.size = static_cast<std::size_t>(static_cast<const char*>(end) - path.bytes);
      return ReadResult::done;
    }
    path.size += static_cast<std::size_t>(got);
    wanted = k_page;
  }
  return ReadResult::too_long;
}

bool TraceeMemory::read_record(pid_t pid, std::uint64_t address, void* record, std::size_t size)
{
  std::size_t done = 0;
  while (done < size) {
    const std::uint64_t from = address + done;
    const std::size_t step = std::min(size - done, static_cast<std::size_t>(k_page - from % k_page));
    const ssize_t got = read(pid, from, static_cast<char*>(record) + done, step);
    if (got <= 0) return false;
    done += static_cast<std::size_t>(got);
  }
  return true;
}

std::string proc_link(pid_t pid, std::string_view name)
{
  std::array<char, 64> link;
  const auto end = fmt::format_to_n(link.data(), link.size() - 1, "/proc/{}/{}", pid, name);
  if (end.size >= link.size()) return {};
  *end.out = 0;
  std::array<char, k_path_max> text;
  const ssize_t size = ::readlink(link.data(), text.data(), text.size());
  // A name that fills the buffer may have been cut.
  if (size <= 0 || static_cast<std::size_t>(size) == text.size()) return {};
  return {text.data(), static_cast<std::size_t>(size)};
}

bool may(pid_t pid, int capability)
{
  const Fd file(::open(fmt::format("/proc/{}/status", pid).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return true;
  std::array<char, 4096> text;
  const ssize_t size = ::read(file.get(), text.data(), text.size() - 1);
  if (size <= 0) return true;
  text[static_cast<std::size_t>(size)] = 0;
  const char* const line = std::strstr(text.data(), "\nCapEff:");
  if (!line) return true;
  const unsigned long long effective = std::strtoull(line + std::strlen("\nCapEff:"), nullptr, 16);
  return (effective >> capability & 1) != 0;
}

} // namespace sluice::sandbox
