// TOML text to a ConfigTree, and sluice.toml to a Config. The only place that knows TOML and its library (toml++).
// It does not look at files and does not know the policy: policy/policy_file.h reads sluice.policy.toml from the tree
// that parse_toml gives.
#pragma once

#include "model/config.h"
#include "model/config_tree.h"

#include <string>
#include <string_view>

namespace sluice::config {

// Keys stand in file order and carry the line of the key. Throws Error{configuration} "FILE:LINE:COLUMN: what" for text
// that is not TOML 1.0, is larger than 16 MiB or has keys of more than 16 dots; `file` is for messages only.
ConfigNode parse_toml(std::string_view text, const std::string& file);

// Reads sluice.toml. Every unknown key is an error that names the key, its line and the nearest right one; so is every
// entry that contradicts itself. What is not said gets the default that docs/formats/sluice.toml.md names.
Config read_config(std::string_view text, const std::string& file);

} // namespace sluice::config
