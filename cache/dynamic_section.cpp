#include "cache/dynamic_section.h"

#include "cache/fd.h"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace sluice::cache {

namespace {

struct ElfDeleter {
  void operator()(Elf* elf) const { elf_end(elf); }
};

class Reader {
public:
  explicit Reader(Elf* elf) : elf_(elf) {}
  DynamicSection read();

private:
  bool read_segments();
  bool read_entries();
  std::optional<std::string_view> bytes(std::uint64_t offset, std::uint64_t size);
  std::optional<std::uint64_t> file_offset(std::uint64_t address) const;
  bool apply(const GElf_Dyn& entry, std::string_view strings);

  Elf* elf_;
  DynamicSection section_;
  std::vector<GElf_Phdr> loads_;
  std::optional<GElf_Phdr> dynamic_;
};

std::optional<std::string> text_at(std::string_view strings, std::uint64_t offset)
{
  if (offset >= strings.size()) return std::nullopt;
  const std::size_t end = strings.find('\0', offset);
  if (end == std::string_view::npos) return std::nullopt;
  return std::string(strings.substr(offset, end - offset));
}

std::optional<std::string_view> Reader::bytes(std::uint64_t offset, std::uint64_t size)
{
  const Elf_Data* chunk = elf_getdata_rawchunk(elf_, static_cast<std::int64_t>(offset), size, ELF_T_BYTE);
  if (!chunk || !chunk->d_buf) return std::nullopt;
  return std::string_view{static_cast<const char*>(chunk->d_buf), chunk->d_size};
}

std::optional<std::uint64_t> Reader::file_offset(std::uint64_t address) const
{
  for (const GElf_Phdr& load : loads_)
    if (address >= load.p_vaddr && address - load.p_vaddr < load.p_filesz) {
      return address - load.p_vaddr + load.p_offset;
    }
  return std::nullopt;
}

bool Reader::read_segments()
{
  std::size_t count = 0;
  if (elf_getphdrnum(elf_, &count) != 0) return false;
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr segment{};
    if (!gelf_getphdr(elf_, static_cast<int>(i), &segment)) return false;
    if (segment.p_type == PT_LOAD) loads_.push_back(segment);
    if (segment.p_type == PT_DYNAMIC) dynamic_ = segment;
    if (segment.p_type != PT_INTERP) continue;
    const auto name = bytes(segment.p_offset, segment.p_filesz);
    if (!name) return false;
    section_.interpreter = name->substr(0, name->find('\0'));
  }
  return true;
}

bool Reader::apply(const GElf_Dyn& entry, std::string_view strings)
{
  const auto text = [&](std::string& into) {
    auto value = text_at(strings, entry.d_un.d_val);
    if (value) into = std::move(*value);
    return value.has_value();
  };
  switch (entry.d_tag) {
  case DT_NEEDED:
  case DT_FILTER:
    return text(section_.needed.emplace_back());
  case DT_AUXILIARY:
    return text(section_.optional.emplace_back());
  case DT_SONAME:
    return text(section_.soname);
  case DT_RPATH:
    return text(section_.rpath);
  case DT_RUNPATH:
    section_.has_runpath = true;
    return text(section_.runpath);
  case DT_AUDIT:
  case DT_DEPAUDIT:
    section_.audited = true;
    return true;
  case DT_FLAGS_1:
    section_.no_defaults = (entry.d_un.d_val & DF_1_NODEFLIB) != 0;
    return true;
  default:
    return true;
  }
}

bool Reader::read_entries()
{
  if (!dynamic_) return true; // linked statically
  Elf_Data* data =
    elf_getdata_rawchunk(elf_, static_cast<std::int64_t>(dynamic_->p_offset), dynamic_->p_filesz, ELF_T_DYN);
  if (!data) return false;
  std::vector<GElf_Dyn> entries;
  std::uint64_t strings = 0;
  std::uint64_t strings_size = 0;
  GElf_Dyn entry{};
  for (int i = 0; gelf_getdyn(data, i, &entry) && entry.d_tag != DT_NULL; ++i) {
    entries.push_back(entry);
    if (entry.d_tag == DT_STRTAB) strings = entry.d_un.d_ptr;
    if (entry.d_tag == DT_STRSZ) strings_size = entry.d_un.d_val;
  }
  const auto offset = file_offset(strings);
  const auto table = offset ? bytes(*offset, strings_size) : std::nullopt;
  if (!table) return entries.empty();
  for (const GElf_Dyn& each : entries)
    if (!apply(each, *table)) return false;
  if (section_.has_runpath) section_.rpath.clear();
  return true;
}

DynamicSection Reader::read()
{
  GElf_Ehdr header{};
  if (elf_kind(elf_) != ELF_K_ELF || !gelf_getehdr(elf_, &header)) return section_;
  if (header.e_type != ET_EXEC && header.e_type != ET_DYN) return section_;
  section_.native = true;
  section_.machine = header.e_machine;
  section_.width = gelf_getclass(elf_);
  section_.malformed = !read_segments() || !read_entries();
  return section_;
}

} // namespace

DynamicSection read_dynamic_section(const std::string& path)
{
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return {};
  elf_version(EV_CURRENT);
  const std::unique_ptr<Elf, ElfDeleter> elf(elf_begin(file.get(), ELF_C_READ, nullptr));
  return elf ? Reader(elf.get()).read() : DynamicSection{};
}

} // namespace sluice::cache
