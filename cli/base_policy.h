// The policy as a change found it: from where the change left its base.
// It does not know what the policy says, and it is never read from the tree under test.
#pragma once

#include "adapters/git/repository.h"
#include "model/policy.h"

#include <optional>
#include <string>

namespace sluice::cli {

inline constexpr const char* k_policy_file = "sluice.policy.toml";

// Where the change left its base, or the base itself where that place is not known; empty in a repository without
// commits.
std::string policy_revision(const ChangeSet& change);

// A Policy without rules when that revision has none. Throws Error{configuration} for one that cannot be read.
Policy policy_of_base(const git::Repository& repository, const ChangeSet& change);

// The policy file as it lies in the tree that is checked out: to be shown, never to judge by.
Policy policy_of_tree(const std::string& root);

} // namespace sluice::cli
