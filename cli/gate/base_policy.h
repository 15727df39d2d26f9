// The policy and the configuration of the base that the change is judged against: from the tip of the branch that
// --base names, not from where the change left it. Whoever makes a change chooses where it branches off, also before
// there was a rule. It does not know what the policy says, and it is never read from the tree under test.
#pragma once

#include "adapters/git/repository.h"
#include "model/config.h"
#include "model/policy.h"

#include <optional>
#include <string>

namespace sluice::cli {

inline constexpr const char* k_policy_file = "sluice.policy.toml";
inline constexpr const char* k_config_file = "sluice.toml";

// The base that was named; without one what the change is compared with (HEAD, or the first parent of --head). Empty in
// a repository without commits.
std::string policy_revision(const ChangeSet& change);

// Where the change left its base, or the base itself where that place is not known. What was tested contains this much
// of the base and no more.
std::string departure(const ChangeSet& change);

// A Policy without rules when that revision has none. Throws Error{configuration} for one that cannot be read.
Policy policy_of_base(const git::Repository& repository, const ChangeSet& change);

// Follows what the change touches to the names that its base has for it by now: the rules of that base speak of these.
// What cannot be compared makes the change incomplete.
void follow_to_base(const git::Repository& repository, ChangeSet& change);

// sluice.toml of that revision; nullopt if there is none or it cannot be read.
std::optional<Config> config_of_base(const git::Repository& repository, const ChangeSet& change);

// The policy file as it lies in the tree that is checked out: to be shown, never to judge by.
Policy policy_of_tree(const std::string& root);

} // namespace sluice::cli
