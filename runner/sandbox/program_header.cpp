#include "runner/sandbox/program_header.h"

#include <cstring>
#include <elf.h>
#include <optional>

namespace sluice::sandbox {

namespace {

constexpr std::size_t k_script_line = 256; // BINPRM_BUF_SIZE: the kernel looks no further
constexpr std::uint64_t k_most_header = 1 << 20;

template <typename T> std::optional<T> at(std::string_view bytes, std::uint64_t offset)
{
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

ProgramHeader script(std::string_view bytes)
{
  std::string_view line = bytes.substr(2, k_script_line - 2);
  line = line.substr(0, line.find('\n'));
  const std::size_t begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  line.remove_prefix(begin);
  line = line.substr(0, line.find_first_of(std::string_view(" \t\0", 3)));
  return {ProgramForm::script, std::string(line), 0};
}

template <typename Header, typename Segment> ProgramHeader elf(std::string_view bytes)
{
  const auto header = at<Header>(bytes, 0);
  if (!header) return {};
  if (header->e_type != ET_EXEC && header->e_type != ET_DYN) return {};
  if (header->e_machine != EM_X86_64 && header->e_machine != EM_386) return {ProgramForm::foreign, {}, 0};
  ProgramHeader result{ProgramForm::elf, {}, 0};
  for (std::uint64_t i = 0; i < header->e_phnum; ++i) {
    const std::uint64_t offset = header->e_phoff + i * sizeof(Segment);
    if (offset > k_most_header) return result; // the kernel reads a page of segments at most
    const auto segment = at<Segment>(bytes, offset);
    if (!segment) {
      result.wants_bytes = offset + (header->e_phnum - i) * sizeof(Segment);
      return result;
    }
    if (segment->p_type != PT_INTERP) continue;
    const std::uint64_t begin = segment->p_offset;
    const std::uint64_t size = segment->p_filesz;
    if (size < 2 || size > 4096 || begin > ~std::uint64_t{0} - size) return {};
    if (begin + size > bytes.size()) {
      result.wants_bytes = begin + size;
      return result;
    }
    const std::string_view name = bytes.substr(begin, size);
    result.interpreter = std::string(name.substr(0, name.find('\0')));
    return result;
  }
  return result;
}

} // namespace

ProgramHeader read_program_header(std::string_view bytes)
{
  if (bytes.substr(0, 2) == "#!") return script(bytes);
  if (bytes.size() < EI_NIDENT || bytes.compare(0, SELFMAG, ELFMAG) != 0) return {};
  if (bytes[EI_DATA] != ELFDATA2LSB) return {ProgramForm::foreign, {}, 0};
  return bytes[EI_CLASS] == ELFCLASS64 ? elf<Elf64_Ehdr, Elf64_Phdr>(bytes) : elf<Elf32_Ehdr, Elf32_Phdr>(bytes);
}

} // namespace sluice::sandbox
