// What an earlier build has left in the build folder and no step makes any more: the program of a target that is gone,
// which a test would start as if it were built from the present sources. It builds nothing.
#pragma once

#include "adapters/build/build.h"
#include "cache/file_digests.h"
#include "cache/store.h"
#include "cli/project.h"

namespace sluice::cli {

// To be called once the folder is configured, and again after a build, which may have configured it anew. Ninja knows
// by its log what anybody's build has made; of Makefiles it is known what they made when this was last called. Ninja is
// asked behind the walls of `request`: its log lies where builds write.
void remove_dead_outputs(const Project& project, const build::BuildRequest& request, cache::Store& store,
                         cache::FileDigests& digests);

} // namespace sluice::cli
