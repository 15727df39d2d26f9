// What the dynamic section of a native program or library says about other libraries. Reads ELF through libelf; does
// not know where libraries are found.
#pragma once

#include <string>
#include <vector>

namespace sluice::cache {

struct DynamicSection {
  bool native = false;    // an ELF executable or shared library
  bool malformed = false; // native, but its dynamic section cannot be read

  int machine = 0; // e_machine
  int width = 0;   // EI_CLASS
  std::string interpreter;
  std::string soname;
  std::vector<std::string> needed;   // DT_NEEDED and DT_FILTER
  std::vector<std::string> optional; // DT_AUXILIARY
  std::string rpath;                 // DT_RPATH, empty if DT_RUNPATH is there: the loader then ignores it
  std::string runpath;
  bool has_runpath = false;
  bool audited = false;     // DT_AUDIT or DT_DEPAUDIT: other code takes part in the search
  bool no_defaults = false; // DF_1_NODEFLIB
};

// `native` is false for anything else and for files that cannot be opened.
DynamicSection read_dynamic_section(const std::string& path);

} // namespace sluice::cache
