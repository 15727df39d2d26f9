// Walls that a change opens in its own sluice.toml, where a rule of the policy is about walls. The rule refuses such a
// change, but only after its run, and what that run did could harm the next one. So it runs behind the walls of its
// base. It does not know how walls are built.
#pragma once

#include "cli/project.h"
#include "model/change_set.h"
#include "model/policy.h"

#include <string>
#include <vector>

namespace sluice::cli {

// What sluice.toml opens in the walls around tests and builds, each as the line that it would be in that file.
std::vector<std::string> openings_of(const Config& config);

// What `config` opens and `base` does not, in the same words. A wall that only `base` puts up is listed as "without".
std::vector<std::string> new_openings(const Config& base, const Config& config);

// If a rule demands anything of how tests run: puts the walls of the base (or, without one, all walls) in place of
// those that the change opens further, and remembers them as `project.withheld`.
void hold_walls(Project& project, const ChangeSet& change, const Policy& policy);

} // namespace sluice::cli
