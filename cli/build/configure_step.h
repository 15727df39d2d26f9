// The configure step of a build: carried out where the folder was never configured, where it was told otherwise, and
// where what it reads has changed, which build tools know only as far as the step declares it. It builds nothing.
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

// Whether values stay that the configure step keeps in the folder: a person may have set them there, but a verdict
// about commits may not hang on what earlier ones had as their defaults.
enum class KeptValues { stay, go };

// `tree` is the working tree as it is before. Where the outcome is not ok nothing else is set.
Configured configure(const Project& project, const build::BuildRequest& request, KeptValues kept, TreeFiles tree,
                     cache::Store& store, cache::FileDigests& digests);

} // namespace sluice::cli
