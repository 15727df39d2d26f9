// Outputs of an earlier build that no step makes any more, such as the program of a target that is gone: a test would
// start it as if it were built from the present sources. It builds nothing.
#pragma once

#include "adapters/build/build.h"
#include "cache/file_digests.h"
#include "cache/store.h"
#include "cli/project.h"

namespace sluice::cli {

// Removes them. Call it when the folder has been configured, and again after a build, which may have configured it
// anew. Ninja's log says what every build has made; for Makefiles it is known what they made when this was last called.
// Ninja runs behind the walls of `request`, since its log lies where builds write.
void remove_dead_outputs(const Project& project, const build::BuildRequest& request, cache::Store& store,
                         cache::FileDigests& digests);

} // namespace sluice::cli
