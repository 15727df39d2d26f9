// Tests that were not run for the proofs that they had, while a test that did run has changed what these rest on. The
// plan is made before anything runs, so that only a look afterwards can tell.
#pragma once

#include "cli/selection/inputs.h"
#include "cli/walls/confinement.h"
#include "model/plan.h"

#include <string>
#include <vector>

namespace sluice::cli {

// Whether anything that tests of this plan write stays, for other tests to find.
bool leaves_writes(const Project& project, const Options& options, const Plan& plan, const Catalogue& catalogue);

// Ids of reused tests whose proofs do not hold any more; `after` is the world after the run.
std::vector<std::string> overtaken_tests(const Plan& plan, const Catalogue& catalogue, CurrentInputs& after,
                                         const Confinement& confinement, const cache::Store& store);

} // namespace sluice::cli
