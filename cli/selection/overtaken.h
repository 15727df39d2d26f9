// Reused tests whose inputs were changed by a test that ran in this run. The plan was made before, so only a check
// afterwards finds them.
#pragma once

#include "cli/selection/inputs.h"
#include "cli/walls/confinement.h"
#include "model/plan.h"

#include <string>
#include <vector>

namespace sluice::cli {

// Whether what the tests of this plan write outlives them, so that other tests may find it.
bool leaves_writes(const Project& project, const Options& options, const Plan& plan, const Catalogue& catalogue);

// Ids of reused tests whose proofs no longer hold; `after` are the inputs as they are after the run.
std::vector<std::string> overtaken_tests(const Plan& plan, const Catalogue& catalogue, CurrentInputs& after,
                                         const Confinement& confinement, const cache::Store& store);

} // namespace sluice::cli
