// What a sluice.toml opens in the walls around tests and builds, as the lines that it would be in that file. Rules on
// walls compare these lines with those of the base, and every record of a run keeps them, so that their words are an
// interface: a line that is worded anew is an opening that no base has. It does not know how walls are built.
#pragma once

#include "model/config.h"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::policy {

// `network = "host"`, `devices = "/dev/kvm"`, one for each value.
std::vector<std::string> openings_of(const Config& config);

// The key of such a line: "network".
std::string_view key_of_opening(std::string_view opening);

// How fast paths stand among them: they are taken out where a run does not use them.
inline constexpr std::string_view k_fast_paths_opening = "fast_paths = true";

// Of a build folder that does not lie in the tree: builds write there. Empty if it does.
std::string opening_of_build_folder(const Config& config);

// What `config` opens and `base` does not, in the same words. A wall that only `base` puts up is listed as "without".
std::vector<std::string> new_openings(const Config& base, const Config& config);

} // namespace sluice::policy
