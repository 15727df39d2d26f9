#include "runner/sandbox/fast_path/fast_choice.h"

#include "runner/sandbox/fast_path/fast_protocol.h"
#include "runner/sandbox/fd.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/audit.h>
#include <optional>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace sluice::sandbox {

namespace {

constexpr std::size_t k_most_checked = 1000;
constexpr std::size_t k_longest_environment = 8 << 20; // the kernel takes 6 MiB of arguments and environment
constexpr std::array<std::string_view, 5> k_first_libraries{"libasan.", "libtsan.", "libhwasan.", "liblsan.",
                                                            "libclang_rt."};

// Nothing but us is preloaded.
bool is_alone(pid_t pid)
{
  const Fd file(::open(fmt::format("/proc/{}/environ", pid).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return false;
  std::string text;
  std::array<char, 4096> part;
  ssize_t got = 0;
  while ((got = ::read(file.get(), part.data(), part.size())) > 0 && text.size() < k_longest_environment)
    text.append(part.data(), static_cast<std::size_t>(got));
  if (got != 0) return false;
  // The loader takes the last of several, and a library for audits comes before everything.
  constexpr std::string_view name = "LD_PRELOAD=";
  std::string_view rest = text;
  bool found = false;
  while (!rest.empty()) {
    const std::string_view variable = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(rest.size(), variable.size() + 1));
    if (variable.starts_with("LD_AUDIT=")) return false;
    if (!variable.starts_with(name)) continue;
    if (variable.substr(name.size()) != k_fast_library) return false;
    found = true;
  }
  return found;
}

template <class T> std::optional<T> at(const FileBytes& elf, std::uint64_t offset)
{
  T value{};
  if (elf(offset, &value, sizeof value) != sizeof value) return std::nullopt;
  return value;
}

std::optional<Elf64_Phdr> part_of(const FileBytes& elf, const Elf64_Ehdr& header, unsigned number)
{
  return at<Elf64_Phdr>(elf, header.e_phoff + std::uint64_t{number} * sizeof(Elf64_Phdr));
}

// Where in the file the address lies.
std::optional<std::uint64_t> offset_of(const FileBytes& elf, const Elf64_Ehdr& header, std::uint64_t address)
{
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    const auto part = part_of(elf, header, i);
    if (part && part->p_type == PT_LOAD && address >= part->p_vaddr && address - part->p_vaddr < part->p_filesz)
      return part->p_offset + (address - part->p_vaddr);
  }
  return std::nullopt;
}

bool is_first_library(const FileBytes& elf, std::uint64_t name)
{
  std::array<char, 64> bytes{};
  const std::string_view library(bytes.data(), elf(name, bytes.data(), bytes.size()));
  return library.empty() || std::any_of(k_first_libraries.begin(), k_first_libraries.end(),
                                        [&](std::string_view first) { return library.starts_with(first); });
}

} // namespace

bool needs_first_place(const FileBytes& elf)
{
  const auto header = at<Elf64_Ehdr>(elf, 0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 || header->e_ident[EI_CLASS] != ELFCLASS64 ||
      header->e_phentsize != sizeof(Elf64_Phdr))
    return true;
  std::optional<Elf64_Phdr> dynamic;
  for (unsigned i = 0; i < header->e_phnum && !dynamic; ++i)
    if (const auto part = part_of(elf, *header, i); part && part->p_type == PT_DYNAMIC) dynamic = part;
  if (!dynamic) return true;
  std::vector<std::uint64_t> names;
  std::optional<std::uint64_t> strings;
  const std::uint64_t size = std::min<std::uint64_t>(dynamic->p_filesz, 4096 * sizeof(Elf64_Dyn));
  for (std::uint64_t done = 0; done < size; done += sizeof(Elf64_Dyn)) {
    const auto entry = at<Elf64_Dyn>(elf, dynamic->p_offset + done);
    if (!entry) return true;
    if (entry->d_tag == DT_NULL) break;
    if (entry->d_tag == DT_NEEDED) names.push_back(entry->d_un.d_val);
    if (entry->d_tag == DT_STRTAB) strings = offset_of(elf, *header, entry->d_un.d_ptr);
  }
  return !strings || std::any_of(names.begin(), names.end(),
                                 [&](std::uint64_t name) { return is_first_library(elf, *strings + name); });
}

// Once for each program: most are started again and again.
bool FastChoice::is_checked(pid_t pid)
{
  const Fd file(::open(fmt::format("/proc/{}/exe", pid).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_size <= 0) return false;
  const Program program{status.st_dev, status.st_ino, status.st_ctim.tv_sec, status.st_ctim.tv_nsec};
  if (const auto known = checked_.find(program); known != checked_.end()) return known->second;
  const FileBytes bytes = [&](std::uint64_t offset, void* to, std::size_t size) {
    const ssize_t got = ::pread(file.get(), to, size, static_cast<off_t>(offset));
    return got < 0 ? std::size_t{0} : static_cast<std::size_t>(got);
  };
  if (checked_.size() >= k_most_checked) checked_.clear();
  return checked_[program] = !needs_first_place(bytes);
}

Fd FastChoice::library_for(pid_t pid, std::uint32_t arch, const FastImages& images)
{
  const Fd& image = arch != AUDIT_ARCH_X86_64          ? images.nothing_compat
                    : is_alone(pid) && is_checked(pid) ? images.library
                                                       : images.nothing;
  return Fd(::open(fmt::format("/proc/self/fd/{}", image.get()).c_str(), O_RDONLY | O_CLOEXEC));
}

} // namespace sluice::sandbox
