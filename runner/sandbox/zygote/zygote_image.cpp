#include "runner/sandbox/zygote/zygote_image.h"

#include <cstddef>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

// Put into this file by the assembler; SLUICE_ZYGOTE_FILE is the program that the build has linked.
asm(".section .rodata\n"
    ".balign 16\n"
    ".globl sluice_zygote_begin\n"
    ".globl sluice_zygote_end\n"
    "sluice_zygote_begin:\n"
    ".incbin \"" SLUICE_ZYGOTE_FILE "\"\n"
    "sluice_zygote_end:\n"
    ".byte 0\n"
    ".text\n");

extern "C" const char sluice_zygote_begin[];
extern "C" const char sluice_zygote_end[];

namespace sluice::sandbox {

namespace {

constexpr unsigned k_executable = 0x10; // MFD_EXEC, Linux 6.3

}

Fd make_zygote_image()
{
  const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  Fd file(::memfd_create("sluice-zygote", flags | k_executable));
  if (!file) file = Fd(::memfd_create("sluice-zygote", flags));
  const char* from = sluice_zygote_begin;
  while (file && from < sluice_zygote_end) {
    const ssize_t written = ::write(file.get(), from, static_cast<std::size_t>(sluice_zygote_end - from));
    if (written <= 0) return {};
    from += written;
  }
  if (file) ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
  return file;
}

} // namespace sluice::sandbox
