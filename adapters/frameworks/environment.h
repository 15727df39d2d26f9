// The environment of test programs: what a launch changes, and what must never reach a test from outside.
// Variables by which GoogleTest (or Bazel's protocol, which it follows) can be told to leave tests out are removed from
// what is inherited: with a GTEST_FILTER in a developer's shell a run would be green without having run its tests.
#pragma once

#include "model/catalogue.h"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::frameworks {

// True for names that can silently change which tests a GoogleTest program runs or what it reports.
bool steers_gtest(std::string_view variable);

// `inherited` ("NAME=value") without the steering variables, then `changes` in order. A launch that sets a steering
// variable itself keeps it.
std::vector<std::string> environment_for(const std::vector<std::string>& inherited,
                                         const std::vector<EnvironmentChange>& changes);

} // namespace sluice::frameworks
