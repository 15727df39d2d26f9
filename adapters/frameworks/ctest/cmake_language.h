// The surface of CMake's language: a script as a list of command calls. It evaluates nothing.
// Enough for the scripts that CMake itself writes for CTest; a script that cannot be read right is refused whole.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::frameworks {

struct CMakeArgument {
  std::string text;
  bool expands = false; // names a variable ("${...}", "$ENV{...}") that CMake would put in
};

struct CMakeCall {
  std::string name; // lower case
  std::vector<CMakeArgument> arguments;
};

// Calls `visit` for each call in order. False when the script is not well formed, perhaps after some calls were told.
bool read_cmake(std::string_view script, const std::function<void(const CMakeCall&)>& visit);

} // namespace sluice::frameworks
