// Whether the build tool has anything to do. It is asked only if something has changed since it last answered
// "nothing": asking Ninja about ten thousand programs costs as much as all the rest of a run that has nothing to do. It
// does not know what is built.
#pragma once

#include "adapters/build/build.h"
#include "cache/file_digests.h"
#include "cache/store.h"
#include "cli/selection/picture.h"

#include <string>
#include <vector>

namespace sluice::cli {

// Asks for `targets` (empty: everything). Keeps none of the references.
build::Freshness freshness_of(const Project& project, const Picture& picture, const std::vector<std::string>& targets,
                              cache::Store& store, cache::FileDigests& digests);

} // namespace sluice::cli
