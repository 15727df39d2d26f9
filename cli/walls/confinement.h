// What confines the tests of a run on this machine. A pass says nothing about a machine with other walls: a test that
// reads the home folder passes where the machine can hide nothing, and may fail where the folder is hidden.
#pragma once

#include "cache/store.h"
#include "cli/options.h"
#include "cli/project.h"
#include "cli/walls/sandbox.h"
#include "model/digest.h"

#include <string>
#include <vector>

namespace sluice::cli {

// Asks the machine by making a lane, once for each state of the machine; later runs whose proofs all hold make no lane.
Confinement confinement_of(const Project& project, const Options& options, const std::vector<std::string>& environment,
                           FastPaths fast, cache::Store& store);

// Stores what a run's own lanes turned out to be.
void remember_confinement(const Project& project, const Options& options, const Confinement& found,
                          cache::Store& store);

// The digest of what tests inherit, combined with what confines them. What sluice.toml says about sandboxes is not in
// it: the text of sluice.toml is compared by itself.
Digest confined(const Digest& environment, const Confinement& confinement);

} // namespace sluice::cli
