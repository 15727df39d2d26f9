// GoogleTest's own result file (--gtest_output=json), which confirms or corrects what was printed.
// A file that is absent, cut short, too large or not of gtest's shape is no file at all.
#pragma once

#include "adapters/frameworks/gtest/gtest_output.h"
#include "model/outcome.h"

#include <optional>
#include <string>
#include <vector>

namespace sluice::frameworks {

struct GtestResult {
  std::string selector; // "Suite.Case"
  AttemptResult result; // passed, failed, skipped, or lost when gtest did not run it
};

struct GtestResults {
  std::vector<GtestResult> cases;
  bool failed_outside = false; // failures are counted that belong to no case
};

std::optional<GtestResults> read_gtest_results(const std::string& path);

} // namespace sluice::frameworks
