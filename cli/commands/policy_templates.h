// The policies that `sluice policy init` starts a team with, each with made-up changes that test it.
// They do not know the project: suites are to be named by who uses them.
#pragma once

#include <string_view>

namespace sluice::cli {

struct PolicyTemplate {
  std::string_view name, policy, tests;
};

// nullptr when there is none of this name.
const PolicyTemplate* policy_template(std::string_view name);

} // namespace sluice::cli
