// CTest's entries as programs and test cases.
// It starts nothing and reads no files.
#pragma once

#include "adapters/frameworks/ctest/ctest_entries.h"
#include "adapters/frameworks/ctest/ctest_launch.h"
#include "adapters/frameworks/frameworks.h"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sluice::frameworks {

// CMake's word for "no command in this configuration".
inline constexpr std::string_view k_not_available = "NOT_AVAILABLE";

struct CTestFolder {
  std::string root;      // absolute
  std::string directory; // the build folder, absolute
  const TestsConfig* entry = nullptr;
  const std::vector<std::string>* environment = nullptr; // what programs inherit
  // Programs as add_test names them, by test name, for tests of which CTest found none.
  const std::unordered_map<std::string, std::vector<std::string>>* programs = nullptr;
};

// Tests are in CTest's order, with final ids. Launches with a program that was not found are listed in `missing`
// (absolute paths); their tests are there all the same, and end as not started.
struct CTestCatalogue {
  Listing listing;
  std::vector<std::string> missing;
  // A program without a folder in its name was not found: it may turn up anywhere in PATH.
  bool searched_in_vain = false;
  ConsultedEnvironment consulted;
};

CTestCatalogue make_ctest_catalogue(std::vector<CTestEntry> entries, const CTestFolder& folder);

} // namespace sluice::frameworks
