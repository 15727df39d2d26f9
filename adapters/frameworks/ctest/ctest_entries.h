// What `ctest --show-only=json-v1` prints, as plain values: one entry for each add_test with the properties that
// decide a result or an order. It knows neither Catalogue nor files; properties that decide nothing are left out.
#pragma once

#include "model/catalogue.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::frameworks {

struct CTestEntry {
  std::string name;
  std::vector<std::string> command; // empty: CTest found no program for this configuration
  std::string working_directory;
  std::vector<std::string> environment;               // "NAME=value"
  std::vector<std::string> environment_modifications; // "NAME=OPERATION:value"
  std::optional<double> timeout;                      // seconds; 0: none
  std::vector<std::string> labels;
  std::vector<std::string> depends; // test names
  bool disabled = false;
  Needs needs;       // all but `after`
  ResultRules rules; // required_files as written
  std::string file;  // where add_test was called; may be empty
  int line = 0;
};

// Throws Error{world} naming `where` for text that is not CTest's object model, version 1.
std::vector<CTestEntry> parse_ctest_json(std::string_view text, const std::string& where);

} // namespace sluice::frameworks
