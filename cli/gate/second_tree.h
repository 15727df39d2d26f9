// A second checkout of the project beside its own, for questions about another state of it: which tests the base had,
// and how the base's own tests do against the new code. It is built and run like the project itself, in a folder below
// .sluice that is removed afterwards. It does not know what the answers are for.
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

// The tests that the tree of `commit` has. Builds that tree if its tests are listed by programs.
policy::BaseListing list_tests(const Project& project, const Options& options, const std::string& commit);

// Runs `tests` in a tree with the content of `head`, except that `files` are as in `base`.
policy::BaseReplay replay(const Project& project, const Options& options, const Change& change,
                          const std::vector<std::string>& files, const std::vector<std::string>& tests);

// The catalogue as the policy's plain values.
std::vector<policy::ListedTest> listed(const Catalogue& catalogue);

} // namespace sluice::cli
