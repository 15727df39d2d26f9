// What a GoogleTest program says of its cases: --gtest_list_tests with its result file, or the printed list alone.
// It reads bytes and starts nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::frameworks {

struct GtestName {
  std::string suite; // "Prefix/Suite", "Suite/0"
  std::string name;  // "Case", "Case/1"
  std::string file;  // as compiled in; empty if unknown
  int line = 0;
  friend bool operator==(const GtestName&, const GtestName&) = default;
};

// The file that --gtest_list_tests --gtest_output=json:FILE writes (1.10 and up); nullopt for anything else.
std::optional<std::vector<GtestName>> parse_gtest_list_file(std::string_view json);

// The printed list. Lines that are neither suite nor case (a main() that greets, a parameter printed over several
// lines) are left out. What is misread can only name cases that do not exist, and those are never green.
std::vector<GtestName> parse_gtest_list(std::string_view text);

} // namespace sluice::frameworks
