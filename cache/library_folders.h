// The folders in which glibc's loader looks without being told: those of /etc/ld.so.conf and the standard ones, and how
// the words of a search path ($ORIGIN, $LIB) are expanded. /etc/ld.so.cache is not read: it is a private format made
// from these same folders.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::cache {

// Existing folders for programs of this machine and width (EI_CLASS), each once although several names lead there.
std::vector<std::string> system_library_folders(int machine, int width);

// What /etc/ld.so.preload names.
std::vector<std::string> system_preload();

// The folders of one search path, in order; an element that $LIB makes ambiguous becomes several. An empty element is
// the working directory: "".
struct SearchPath {
  std::vector<std::string> folders;
  bool exact = true; // false: an element depends on something that is not known here ($PLATFORM)
};
SearchPath expand_search_path(std::string_view text, std::string_view separators, const std::string& origin,
                              int machine, int width);

// The pieces of `text` between any of `separators`, empty ones included; none for an empty text.
std::vector<std::string> split(std::string_view text, std::string_view separators);

} // namespace sluice::cache
