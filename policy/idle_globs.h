// Parts of a policy that select nothing of a tree: a glob that no file or test meets is most often misspelt, and what
// it was to guard is not guarded, without a word from any verdict. This does not say whether that is wrong: what a glob
// is for may be yet to come. Conditions of rules are policy/conditions.h's; whether a rule can be set off is not told
// here.
#pragma once

#include "model/catalogue.h"
#include "model/policy.h"

#include <string>
#include <vector>

namespace sluice::policy {

struct IdleGlob {
  int line = 0;     // of what it stands in
  std::string text; // tier "core": no file matches "scr/**"
};

// Each glob and label of tiers, suites and validators, and each path of rules, by itself, in the policy's order of
// each. `files` are those of the tree, sorted.
std::vector<IdleGlob> idle_globs(const Policy& policy, const std::vector<std::string>& files,
                                 const Catalogue& catalogue);

} // namespace sluice::policy
