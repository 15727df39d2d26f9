// What a change reaches, for rules about it: the share of tests, and the files that no test looks at. Facts guess;
// observation, of this run and of earlier ones, says what tests use. It does not judge.
#pragma once

#include "cli/stages.h"

namespace sluice::cli {

// Fills Circumstances::blast_radius and unreached where some rule of the policy asks for them. To be called when the
// tests have run.
void gather_reach(const Project& project, const Picture& picture, const Planned& planned, const cache::Store& store,
                  Change& change);

} // namespace sluice::cli
