// A build of sources that somebody may save meanwhile. A source that is saved while a step reads it is older than the
// step's output, so no build tool would build it again. It is built once more here; if it keeps changing, the next run
// builds it.
#pragma once

#include "adapters/build/build.h"
#include "cli/build/tree_since_build.h"
#include "cli/stages.h"

#include <string>
#include <vector>

namespace sluice::cli {

// The result of a call of the build tool.
BuildOutcome outcome_of(build::BuildResult result, std::vector<std::string> targets);

// Builds what the request names; builds everything if the build configures itself again. `since` was made from the tree
// before the build.
BuildOutcome build_steadily(const Project& project, build::BuildRequest& request, TreeSinceBuild& since,
                            cache::FileDigests& digests);

} // namespace sluice::cli
