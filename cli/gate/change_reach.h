// What rules ask of a change's reach: how many tests it has reached, and which of its files none. A file is reached by
// those tests that were seen to use it, whether they ran now or were proven before; what only the change says of itself
// is not believed. It does not decide which tests run.
#pragma once

#include "cli/stages.h"

namespace sluice::cli {

// After the run: fills `change.known`.
void gather_reach(const Project& project, const Picture& picture, const Planned& planned, const cache::Store& store,
                  Change& change);

} // namespace sluice::cli
