// A build of sources that somebody may save meanwhile. What is saved while a step reads it is older than what the step
// makes of it, so that no build tool would look at it again. It is built once more here, and where it goes on changing,
// by the next run.
#pragma once

#include "adapters/build/build.h"
#include "cli/build/tree_since_build.h"
#include "cli/stages.h"

#include <string>
#include <vector>

namespace sluice::cli {

// What a call of the build tool came to.
BuildOutcome outcome_of(build::BuildResult result, std::vector<std::string> targets);

// Builds what the request names, and everything where the build itself configures again. `since` is of the tree as it
// was before.
BuildOutcome build_steadily(const Project& project, build::BuildRequest& request, TreeSinceBuild& since,
                            cache::FileDigests& digests);

} // namespace sluice::cli
