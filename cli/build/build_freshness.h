// Whether the build tool has anything to do. It is asked only when something that its answer rests on is not what it
// was when it last answered "nothing": asking Ninja about ten thousand programs costs as much as all the rest of a run
// in which nothing has to be done.
#pragma once

#include "adapters/build/build.h"
#include "cache/file_digests.h"
#include "cache/store.h"
#include "cli/selection/picture.h"

#include <string>
#include <vector>

namespace sluice::cli {

// For `targets` (empty: everything). All references are only used here.
build::Freshness freshness_of(const Project& project, const Picture& picture, const std::vector<std::string>& targets,
                              cache::Store& store, cache::FileDigests& digests);

} // namespace sluice::cli
