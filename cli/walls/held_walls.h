// Walls that a change opens in its own sluice.toml, where a rule of the policy is about walls. The rule refuses the
// change, but only when it has been run: so it is run behind the walls of its base. What a refused run could do would
// bind the next one.
#pragma once

#include "cli/project.h"
#include "model/change_set.h"
#include "model/policy.h"

#include <string>
#include <vector>

namespace sluice::cli {

// What sluice.toml opens in the walls around tests and builds, one line each as it would stand there.
std::vector<std::string> openings_of(const Config& config);

// What `config` opens that `base` does not, in the same words; a wall that the base has put up and `config` has not is
// "without" it.
std::vector<std::string> new_openings(const Config& base, const Config& config);

// If a rule demands anything of how tests run: puts the walls of the base (or, without one, all walls) in place of
// those that the change opens further, and remembers them as `project.withheld`.
void hold_walls(Project& project, const ChangeSet& change, const Policy& policy);

} // namespace sluice::cli
