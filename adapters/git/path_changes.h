// Changed paths from git's records, and their algebra: one step after another, two comparisons side by side.
// It does not run git. Whenever two records disagree about a path the path stays changed.
#pragma once

#include "adapters/git/git_output.h"
#include "model/change_set.h"

#include <vector>

namespace sluice::git {

// Each result is sorted by path, each path once; the old path of a rename has no entry of its own.
std::vector<ChangedPath> changes_of(const std::vector<TreeDifference>& differences);
std::vector<ChangedPath> changes_of(const std::vector<StatusEntry>& entries);

// From A to C, given from A to B and from B to C. A path that has the same content in A and C but another in B stays
// changed; one that is in neither A nor C is left out.
std::vector<ChangedPath> one_after_another(const std::vector<ChangedPath>& first,
                                           const std::vector<ChangedPath>& second);

// Everything that either names. Where both name a path the first one's kind holds.
std::vector<ChangedPath> either(std::vector<ChangedPath> first, const std::vector<ChangedPath>& second);

} // namespace sluice::git
