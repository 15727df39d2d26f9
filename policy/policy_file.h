// sluice.policy.toml as a Policy. It does not know TOML (adapters/config makes the tree) nor where the file came from:
// the caller takes it from the base of the change, never from the tree under test.
#pragma once

#include "model/config_tree.h"
#include "model/policy.h"

#include <string>

namespace sluice::policy {

// `file` is for messages, `source` becomes Policy::source. Throws Error{configuration} "FILE:LINE: what" for everything
// that could weaken a rule by mistake: unknown keys and suites, names that stand twice, a rule that demands nothing, a
// suite that no test can belong to.
Policy read_policy(const ConfigNode& root, const std::string& file, const std::string& source);

} // namespace sluice::policy
