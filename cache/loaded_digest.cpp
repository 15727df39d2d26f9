#include "cache/loaded_digest.h"

#include "cache/file_reader.h"
#include "cache/hashing.h"

#include <gelf.h>
#include <libelf.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace sluice::cache {

namespace {

// Changes whenever the choice of what counts does, so that old digests never equal new ones.
constexpr std::string_view k_scheme = "sluice loaded 2";

constexpr std::uint64_t k_largest_note = 1 << 20;
constexpr std::uint64_t k_longest_build_id = 32; // of what linkers make (SHA-256); data can be disguised as a note

// Sections that no program reads to do its work. Only those that the loader does not map are asked for.
constexpr std::array<std::string_view, 13> k_ignored_sections{".debug",
                                                              ".zdebug",
                                                              ".gdb_index",
                                                              ".stab",
                                                              ".symtab",
                                                              ".strtab",
                                                              ".shstrtab",
                                                              ".comment",
                                                              ".gnu.debuglto_",
                                                              ".gnu_debuglink",
                                                              ".gnu_debugaltlink",
                                                              ".gnu_debugdata",
                                                              ".gnu.build.attributes"};

struct Range {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

struct ElfDeleter {
  void operator()(Elf* elf) const { elf_end(elf); }
};

class Image {
public:
  Image(FileReader& reader, std::uint64_t size) : reader_(reader), size_(size) {}
  std::optional<Digest> digest();

private:
  bool open();
  bool add_header();
  bool add_segments();
  bool add_sections();
  bool add_appended();
  void find_build_ids(const GElf_Phdr& segment);
  bool mapped(std::uint64_t begin, std::uint64_t length) const;
  bool add_bytes(std::uint64_t begin, std::uint64_t length);
  void add_numbers(std::initializer_list<std::uint64_t> numbers);

  FileReader& reader_;
  std::uint64_t size_;
  std::unique_ptr<Elf, ElfDeleter> elf_;
  GElf_Ehdr header_{};
  std::vector<GElf_Phdr> segments_;
  std::vector<Range> masked_;
  std::vector<Range> build_ids_;
  std::uint64_t end_ = 0; // of everything that a header table accounts for
  Sha256 hash_;
};

bool Image::open()
{
  elf_version(EV_CURRENT);
  elf_.reset(elf_begin(reader_.descriptor(), ELF_C_READ, nullptr));
  if (!elf_ || elf_kind(elf_.get()) != ELF_K_ELF || !gelf_getehdr(elf_.get(), &header_)) return false;
  if (header_.e_type != ET_EXEC && header_.e_type != ET_DYN) return false;
  std::size_t count = 0;
  if (elf_getphdrnum(elf_.get(), &count) != 0 || count < header_.e_phnum) return false;
  segments_.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr& segment = segments_[i];
    if (!gelf_getphdr(elf_.get(), static_cast<int>(i), &segment)) return false;
    if (segment.p_filesz > size_ || segment.p_offset > size_ - segment.p_filesz) return false;
    end_ = std::max<std::uint64_t>(end_, segment.p_offset + segment.p_filesz);
  }
  return std::any_of(segments_.begin(), segments_.end(), [](const GElf_Phdr& each) { return each.p_type == PT_LOAD; });
}

// The section table's place, entry size, count and name index: all that stripping alters in the header.
bool Image::add_header()
{
  if (gelf_getclass(elf_.get()) == ELFCLASS64) {
    masked_ = {{offsetof(Elf64_Ehdr, e_shoff), offsetof(Elf64_Ehdr, e_shoff) + 8},
               {offsetof(Elf64_Ehdr, e_shentsize), sizeof(Elf64_Ehdr)}};
  } else {
    masked_ = {{offsetof(Elf32_Ehdr, e_shoff), offsetof(Elf32_Ehdr, e_shoff) + 4},
               {offsetof(Elf32_Ehdr, e_shentsize), sizeof(Elf32_Ehdr)}};
  }
  end_ = std::max<std::uint64_t>(end_, header_.e_ehsize);
  return add_bytes(0, header_.e_ehsize);
}

void Image::find_build_ids(const GElf_Phdr& segment)
{
  if (segment.p_filesz > k_largest_note) return;
  const Elf_Type type = segment.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR;
  const auto offset = static_cast<std::int64_t>(segment.p_offset);
  Elf_Data* notes = elf_getdata_rawchunk(elf_.get(), offset, segment.p_filesz, type);
  if (!notes) return;
  GElf_Nhdr note{};
  std::size_t name = 0;
  std::size_t content = 0;
  for (std::size_t at = 0, next = 0; (next = gelf_getnote(notes, at, &note, &name, &content)) > 0; at = next) {
    const bool gnu = note.n_namesz == 4 && std::memcmp(static_cast<char*>(notes->d_buf) + name, "GNU", 4) == 0;
    if (!gnu || note.n_type != NT_GNU_BUILD_ID) continue;
    const std::uint64_t begin = segment.p_offset + content;
    build_ids_.push_back({begin, begin + note.n_descsz});
  }
}

bool Image::add_segments()
{
  for (const GElf_Phdr& segment : segments_)
    if (segment.p_type == PT_NOTE) find_build_ids(segment);
  // A linker makes one. What is longer, or one of several, somebody has written, and the program may read it.
  if (build_ids_.size() == 1 && build_ids_.front().end - build_ids_.front().begin <= k_longest_build_id)
    masked_.push_back(build_ids_.front());
  add_numbers({segments_.size()});
  for (const GElf_Phdr& segment : segments_) {
    add_numbers({segment.p_type, segment.p_flags, segment.p_vaddr, segment.p_filesz, segment.p_memsz, segment.p_align});
    // The others lie within a PT_LOAD, if the loader is to see them.
    if (segment.p_type == PT_LOAD && !add_bytes(segment.p_offset, segment.p_filesz)) return false;
  }
  return true;
}

bool Image::mapped(std::uint64_t begin, std::uint64_t length) const
{
  return std::any_of(segments_.begin(), segments_.end(), [&](const GElf_Phdr& segment) {
    return segment.p_type == PT_LOAD && begin >= segment.p_offset &&
           begin + length <= segment.p_offset + segment.p_filesz;
  });
}

bool ignored(std::string_view name)
{
  return std::any_of(k_ignored_sections.begin(), k_ignored_sections.end(),
                     [&](std::string_view prefix) { return name.substr(0, prefix.size()) == prefix; });
}

bool Image::add_sections()
{
  std::size_t count = 0;
  std::size_t names = 0;
  if (elf_getshdrnum(elf_.get(), &count) != 0) return false;
  if (header_.e_shoff == 0) return true;
  if (count == 0 || count < header_.e_shnum) return false; // libelf leaves out a table that is cut off
  if (elf_getshdrstrndx(elf_.get(), &names) != 0) return false;
  const std::uint64_t table = count * header_.e_shentsize;
  if (header_.e_shoff > size_ || table > size_ - header_.e_shoff) return false;
  end_ = std::max<std::uint64_t>(end_, header_.e_shoff + table);
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf_.get(), section));) {
    GElf_Shdr shape{};
    if (!gelf_getshdr(section, &shape)) return false;
    if (shape.sh_type == SHT_NOBITS || shape.sh_type == SHT_NULL) continue;
    if (shape.sh_size > size_ || shape.sh_offset > size_ - shape.sh_size) return false;
    end_ = std::max<std::uint64_t>(end_, shape.sh_offset + shape.sh_size);
    if (mapped(shape.sh_offset, shape.sh_size)) continue; // counted already
    const char* name = elf_strptr(elf_.get(), names, shape.sh_name);
    if (!name) return false;
    if (ignored(name)) continue;
    hash_.add_field(name);
    if (!add_bytes(shape.sh_offset, shape.sh_size)) return false;
  }
  return true;
}

bool Image::add_appended()
{
  if (end_ >= size_) return true;
  hash_.add_field("appended");
  return add_bytes(end_, size_ - end_);
}

void Image::add_numbers(std::initializer_list<std::uint64_t> numbers)
{
  for (const std::uint64_t number : numbers) hash_.add_field({reinterpret_cast<const char*>(&number), sizeof number});
}

bool Image::add_bytes(std::uint64_t begin, std::uint64_t length)
{
  if (length > size_ || begin > size_ - length) return false;
  add_numbers({length});
  return reader_.read(begin, length, [&](std::uint64_t offset, char* bytes, std::size_t size) {
    for (const Range& range : masked_) {
      const std::uint64_t from = std::max(range.begin, offset);
      const std::uint64_t to = std::min(range.end, offset + size);
      if (from < to) std::memset(bytes + (from - offset), 0, to - from);
    }
    hash_.add({bytes, size});
  });
}

std::optional<Digest> Image::digest()
{
  hash_.add_field(k_scheme);
  if (!open() || !add_header() || !add_segments() || !add_sections() || !add_appended()) return std::nullopt;
  return hash_.finish();
}

} // namespace

std::optional<Digest> loaded_digest(FileReader& reader, std::uint64_t size)
{
  return Image(reader, size).digest();
}

} // namespace sluice::cache
