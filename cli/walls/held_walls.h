// Walls that a change opens in its own sluice.toml, where a rule of the policy is about walls. The rule refuses such a
// change, but only after its run, and what that run did could harm the next one. So it runs behind the walls of its
// base. It does not know what counts as opened (policy/openings.h) nor how walls are built.
#pragma once

#include "cli/project.h"
#include "model/change_set.h"
#include "model/policy.h"

namespace sluice::cli {

// If a rule demands anything of how tests run: puts the walls of the base (or, without one, all walls) in place of
// those that the change opens further, and remembers them as `project.withheld`.
void hold_walls(Project& project, const ChangeSet& change, const Policy& policy);

} // namespace sluice::cli
