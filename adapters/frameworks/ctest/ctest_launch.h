// How a CTest entry is started, and which entries are single cases of one GoogleTest program.
// An entry is such a case only if running it together with others cannot differ from running it alone by rule: its
// arguments select exactly one case, no other flag changes what runs or how often, its result is decided by gtest's
// own word. Everything else stays a program of its own.
#pragma once

#include "adapters/frameworks/ctest/ctest_entries.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice::frameworks {

// Names and values of inherited variables that a launch was made from.
using ConsultedEnvironment = std::vector<std::pair<std::string, std::string>>;

// ENVIRONMENT, then ENVIRONMENT_MODIFICATION, as changes to what is inherited ("NAME=value"). Throws
// Error{configuration} for a modification that CTest would refuse.
std::vector<EnvironmentChange> ctest_environment(const CTestEntry& entry, const std::vector<std::string>& inherited,
                                                 ConsultedEnvironment& consulted);

// A CTest entry as a case of a GoogleTest program.
struct GtestSelection {
  std::string selector;               // "Suite.Case"
  std::vector<std::string> arguments; // the command without what selects the case
};

// nullopt when the entry must stay a program of its own.
std::optional<GtestSelection> gtest_selection(const CTestEntry& entry);

} // namespace sluice::frameworks
