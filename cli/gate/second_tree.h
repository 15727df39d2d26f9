// A second checkout of the project beside its own, for questions about another state of it: which tests there were at
// the base, and how the base's own tests do against the new code. Built and run as the project itself, in a folder
// below .sluice that is removed afterwards. It does not know what the answers are for.
#pragma once

#include "cli/project.h"
#include "cli/stages.h"
#include "policy/circumstances.h"

#include <array>
#include <string>
#include <vector>

namespace sluice::cli {

// How the names of their folders below .sluice begin; the last holds what their builds have for caches.
inline constexpr std::array k_second_trees{"base", "replay", "places"};

// The tests that the tree of `commit` has. Takes a build of that tree where tests are found in programs.
policy::BaseListing list_tests(const Project& project, const Options& options, const std::string& commit);

// Runs `tests` in a tree that is `head`, with `files` as they stand in `base`.
policy::BaseReplay replay(const Project& project, const Options& options, const Change& change,
                          const std::vector<std::string>& files, const std::vector<std::string>& tests);

// The catalogue as the policy's plain values.
std::vector<policy::ListedTest> listed(const Catalogue& catalogue);

} // namespace sluice::cli
