// The files that the kernel opens by itself when a process executes one: a script's interpreter and its interpreter's,
// an ELF file's loader. It reads the real file as the process will see it, since a test may execute what it has just
// made; what a name means for the observation is not decided here.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace sluice::sandbox {

struct Interpreters {
  std::vector<std::string> names; // as the files give them, in order
  std::string gap;                // why one may be missing; empty: none is
};

// Opens what a name means, for reading; -1 and errno.
using OpenProgram = std::function<int(const std::string& name)>;

// Of a program that nobody executes yet, where the caller knows which file each name leads to.
Interpreters find_interpreters(const OpenProgram& open, std::string_view folder, std::string name);

// `name` is what the process executes, from its own root (absolute), or a name in the host's /proc ("/proc/77/fd/3").
// Relative interpreters start at `folder`, which is absolute, too. A program that is not there has none.
Interpreters find_interpreters(pid_t pid, std::string_view folder, std::string name);

} // namespace sluice::sandbox
