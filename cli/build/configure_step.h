// The configure step of a build. It is carried out if the folder was never configured, if it was configured with other
// settings, or if a file that the step reads has changed; build tools know only the files that the step declares.
// It builds nothing.
#pragma once

#include "adapters/build/build.h"
#include "cli/build/built_sources.h"
#include "cli/build/tree_since_build.h"
#include "cli/stages.h"

#include <optional>

namespace sluice::cli {

// What there is before the build tool is called.
struct Configured {
  BuildOutcome outcome; // of what was done for it; all that there is to say where nothing needs building
  std::optional<Picture> picture;
  std::optional<TreeSinceBuild> since;
  std::optional<BuiltSources> sources;
};

// Whether the values that the configure step keeps in the folder stay. A person may have set them there; but a verdict
// about commits must not depend on the defaults of earlier commits.
enum class KeptValues { stay, go };

// `tree` is the working tree before the step. If the outcome is not ok nothing else is set.
Configured configure(const Project& project, const build::BuildRequest& request, KeptValues kept, TreeFiles tree,
                     cache::Store& store, cache::FileDigests& digests);

} // namespace sluice::cli
