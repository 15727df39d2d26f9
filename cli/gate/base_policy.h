// The policy and the configuration of the base that the change is judged against. They are read at the tip of the
// branch that --base names, not where the change left it: the author of a change chooses where it branches off, perhaps
// before there was a rule. They are never read from the tree under test. This does not know what the policy says.
#pragma once

#include "adapters/git/repository.h"
#include "model/config.h"
#include "model/policy.h"

#include <optional>
#include <string>

namespace sluice::cli {

inline constexpr const char* k_policy_file = "sluice.policy.toml";
inline constexpr const char* k_config_file = "sluice.toml";

// The revision of the base that --base names; without --base, what the change is compared with (HEAD, or the first
// parent of --head). Empty in a repository without commits.
std::string policy_revision(const ChangeSet& change);

// The commit where the change left its base, or the base itself if that is not known. The tested tree contains the base
// up to this commit.
std::string departure(const ChangeSet& change);

// The policy of that revision; without rules if it has none. Throws Error{configuration} if it cannot be read.
Policy policy_of_base(const git::Repository& repository, const ChangeSet& change);

// Renames the change's paths to the names that the tip of the base has for them now, since the rules there speak of
// these names. If that cannot be compared the change counts as incomplete.
void follow_to_base(const git::Repository& repository, ChangeSet& change);

// sluice.toml of that revision; nullopt if there is none or it cannot be read.
std::optional<Config> config_of_base(const git::Repository& repository, const ChangeSet& change);

// The policy file of the checked-out tree: for showing it, never for judging.
Policy policy_of_tree(const std::string& root);

} // namespace sluice::cli
