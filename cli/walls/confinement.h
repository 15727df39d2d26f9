// What confines the tests of a run on this machine. A pass says nothing of a place with other walls: a test that reads
// the home folder where the machine can hide nothing may fail where it is hidden.
#pragma once

#include "cache/store.h"
#include "cli/options.h"
#include "cli/project.h"
#include "cli/walls/sandbox.h"
#include "model/digest.h"

#include <string>
#include <vector>

namespace sluice::cli {

// What the machine gives is known when a lane has been made, and remembered for as long as the machine looks the same:
// where all proofs hold no lane is made. Where nothing is remembered one is made to see.
Confinement confinement_of(const Project& project, const Options& options, const std::vector<std::string>& environment,
                           FastPaths fast, cache::Store& store);

// For what a run's own lanes have turned out to be.
void remember_confinement(const Project& project, const Options& options, const Confinement& found,
                          cache::Store& store);

// The digest of what tests inherit, with what confines them. What sluice.toml says of sandboxes is compared with its
// text.
Digest confined(const Digest& environment, const Confinement& confinement);

} // namespace sluice::cli
