// Which other file the kernel opens by itself when a program is executed: the interpreter that a script's "#!" line
// names, or the loader that an ELF file asks for. A pure function of the file's bytes, which are the test's to choose.
// Follows fs/binfmt_script.c and fs/binfmt_elf.c of Linux 6.18; other formats (binfmt_misc) it only tells apart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::sandbox {

enum class ProgramForm : std::uint8_t {
  script,  // interpreter: the next program, which may be a script again
  elf,     // interpreter: the loader, or empty (static)
  foreign, // ELF of a machine that this one does not run by itself
  other,
};

struct ProgramHeader {
  ProgramForm form = ProgramForm::other;
  std::string interpreter;
  // An ELF header that names its loader beyond the bytes given: read on to here.
  std::uint64_t wants_bytes = 0;
};

// The first bytes of the file; 4096 are enough for nearly all.
ProgramHeader read_program_header(std::string_view bytes);

} // namespace sluice::sandbox
