#include "runner/sandbox/fast_path/fast_image.h"

#include <cstddef>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

// Put into this file by the assembler, as in zygote_image.cpp.
#define SLUICE_INCLUDE(name, file)                                                                                     \
  asm(".section .rodata\n"                                                                                             \
      ".balign 16\n"                                                                                                   \
      ".globl " name "_begin\n"                                                                                        \
      ".globl " name "_end\n" name "_begin:\n"                                                                         \
      ".incbin \"" file "\"\n" name "_end:\n"                                                                          \
      ".byte 0\n"                                                                                                      \
      ".text\n")

SLUICE_INCLUDE("sluice_fast_library", SLUICE_FAST_LIBRARY_FILE);
SLUICE_INCLUDE("sluice_fast_nothing", SLUICE_FAST_NOTHING_FILE);
#ifdef SLUICE_FAST_COMPAT_FILE
SLUICE_INCLUDE("sluice_fast_compat", SLUICE_FAST_COMPAT_FILE);
#endif

extern "C" {
extern const char sluice_fast_library_begin[];
extern const char sluice_fast_library_end[];
extern const char sluice_fast_nothing_begin[];
extern const char sluice_fast_nothing_end[];
#ifdef SLUICE_FAST_COMPAT_FILE
extern const char sluice_fast_compat_begin[];
extern const char sluice_fast_compat_end[];
#endif
}

namespace sluice::sandbox {

namespace {

constexpr unsigned k_executable = 0x10; // MFD_EXEC, Linux 6.3

// Sealed: a test gets the descriptor.
Fd make_image(const char* name, const char* begin, const char* end)
{
  const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  Fd file(::memfd_create(name, flags | k_executable));
  if (!file) file = Fd(::memfd_create(name, flags));
  while (file && begin < end) {
    const ssize_t written = ::write(file.get(), begin, static_cast<std::size_t>(end - begin));
    if (written <= 0) return {};
    begin += written;
  }
  if (file) ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
  return file;
}

} // namespace

FastImages make_fast_images()
{
  FastImages images;
  images.library = make_image("sluice-fast", sluice_fast_library_begin, sluice_fast_library_end);
  images.nothing = make_image("sluice-nothing", sluice_fast_nothing_begin, sluice_fast_nothing_end);
#ifdef SLUICE_FAST_COMPAT_FILE
  images.nothing_compat = make_image("sluice-nothing", sluice_fast_compat_begin, sluice_fast_compat_end);
#endif
  return images;
}

} // namespace sluice::sandbox
