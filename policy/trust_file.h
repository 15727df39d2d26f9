// The trust file of `sluice verify` (docs/formats/evidence.md): whose signatures are believed, and how many are needed.
// It does not know TOML nor keys: ids are computed by the caller.
#pragma once

#include "model/config_tree.h"
#include "policy/evidence.h"

#include <string>

namespace sluice::policy {

// Throws Error{configuration} "FILE:LINE: what"; a file without a key trusts nobody and is refused.
Trust read_trust(const ConfigNode& root, const std::string& file);

} // namespace sluice::policy
