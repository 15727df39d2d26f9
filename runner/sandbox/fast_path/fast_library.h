// The inside of the preloaded library of the fast path, shared by its few source files. It stands in for reading path
// calls of the C library in a test's processes: each notes its name in the memory that it shares with the observer, and
// then makes the call from the page that the observer's filter lets through. Whatever it cannot note it calls as
// anybody would, and is notified: it may save time, never leave something out. No C library of its own, no allocation,
// no locks, nothing that needs the loader to have finished: its functions may be called before its constructor, from
// signal handlers and in a child that shares its parent's memory.
#pragma once

#include "runner/sandbox/fast_path/fast_protocol.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>

// The process's C library, as far as it is needed. Weak: a program without one is not to fail for our sake.
extern "C" {
__attribute__((weak)) int* __errno_location() noexcept;
__attribute__((weak)) void* dlsym(void* where, const char* name) noexcept;
}

#define SLUICE_INSTEAD extern "C" __attribute__((visibility("default")))

namespace sluice::sandbox::fast {

// Notified where the filter says so.
inline long raw_call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0)
{
  long result = 0;
  register long r10 asm("r10") = d;
  register long r8 asm("r8") = e;
  register long r9 asm("r9") = f;
  asm volatile("syscall"
               : "=a"(result)
               : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
               : "rcx", "r11", "memory");
  return result;
}

// The same from the page. Only when ready().
inline long page_call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0)
{
  long result = 0;
  register long r10 asm("r10") = d;
  register long r8 asm("r8") = e;
  register long r9 asm("r9") = f;
  register long r11 asm("r11") = static_cast<long>(k_fast_page);
  // Past the red zone, since a call pushes.
  asm volatile("lea -128(%%rsp), %%rsp\n\tcall *%%r11\n\tlea 128(%%rsp), %%rsp"
               : "=a"(result), "+r"(r11)
               : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
               : "rcx", "memory");
  return result;
}

bool ready();

struct Noted {
  FastSlot* slot = nullptr; // null: it was noted before
  bool yes = false;         // else the call must be made as a notified one
};
Noted note(int folder, const char* name, std::uint8_t intent);

// What the call that followed said.
void note_kind(const Noted& noted, FastKind kind);

// A call that moves folders, which is notified: working folders may have other names afterwards.
long moving_call(long number, long a, long b = 0, long c = 0, long d = 0, long e = 0);

// Makes the call by the page where the name could be noted.
inline long path_call(int folder, const char* name, std::uint8_t intent, long number, long a, long b = 0, long c = 0,
                      long d = 0, long e = 0)
{
  return note(folder, name, intent).yes ? page_call(number, a, b, c, d, e) : raw_call(number, a, b, c, d, e);
}

// What the function would be without us; null where it cannot be found.
template <class Function> Function next_function(const char* name)
{
  void* const after_us = reinterpret_cast<void*>(-1L); // RTLD_NEXT
  return dlsym ? reinterpret_cast<Function>(dlsym(after_us, name)) : nullptr;
}

inline long word(const void* pointer)
{
  return reinterpret_cast<long>(pointer);
}

inline bool is_error(long result)
{
  return static_cast<unsigned long>(result) > -4096UL;
}

// As the C library returns: -1 and errno.
inline long given(long result)
{
  if (!is_error(result)) return result;
  *__errno_location() = static_cast<int>(-result);
  return -1;
}

} // namespace sluice::sandbox::fast
