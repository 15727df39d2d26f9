// Holds a source tree to the edges of a layers file: includes, links, owners of libraries, and the outer form of files.
// It reads lines, not C++: an #include inside a comment or a macro counts as one. It does not know CMake either, only
// the calls of sluice_library() that cmake/layers.cmake defines.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::tests {

struct LibraryRule {
  std::string prefix; // of the header's name
  std::string target; // CMake's; "-" for a library that is headers alone
  std::set<std::string> owners;
};

struct Layers {
  std::map<std::string, std::vector<std::string>> folders; // name -> folders and headers that it may include
  std::vector<LibraryRule> libraries;
  std::vector<LibraryRule> systems; // allowed in headers too; no target
  std::vector<LibraryRule> pure;    // whole names; the owners are those who must not include them
  std::vector<std::string> readmes;
};

struct Finding {
  std::string file; // from the root
  int line = 0;     // 0: the file as a whole
  std::string what;
};

// Throws std::runtime_error with the number of the line for what is not a rule.
Layers read_layers(std::string_view text);

// Everything in the tree at `root` that the layers do not allow, in the order of the files' names.
std::vector<Finding> check_tree(const std::string& root, const Layers& layers);

} // namespace sluice::tests
