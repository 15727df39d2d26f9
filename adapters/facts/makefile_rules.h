// Dependency rules in Makefile syntax: what compilers write into .d files, and the part of a Makefile that CMake
// generates. No variables, no patterns, no conditions: a line that needs them gives names nobody has, never wrong ones.
// Pure: bytes in, values out; never throws.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::facts {

struct MakeRule {
  std::vector<std::string> targets;
  std::vector<std::string> prerequisites;
  std::string recipe; // its command lines as they stand; empty in a .d file
};

// Understands "\" at a line's end, "\ " and "\#" and "\:" in names, "$$", comments, and Windows line ends.
std::vector<MakeRule> read_make_rules(std::string_view bytes);

} // namespace sluice::facts
