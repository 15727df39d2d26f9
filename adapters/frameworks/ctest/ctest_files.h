// The files that decide what CTest lists in a build folder: CTestTestfile.cmake with its subfolders and includes, and
// CTest's settings.
// They are read, not run: every branch is followed, so the set may be larger than what CTest reads, never smaller. A
// command or condition that is not known makes the set inexact, and an inexact set must not be used to remember
// anything.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sluice::frameworks {

struct CTestFiles {
  std::vector<std::string> files; // absolute, each once; existing or not
  // Conditions on age: the first file is asked to be as new as the second.
  std::vector<std::pair<std::string, std::string>> newer;
  // Programs as add_test names them, by test name, for the configuration; absolute when they have a '/'.
  std::unordered_map<std::string, std::vector<std::string>> programs;
  bool exact = true;
};

CTestFiles find_ctest_files(const std::string& directory, const std::string& configuration);

} // namespace sluice::frameworks
