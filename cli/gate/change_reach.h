// What rules ask about a change's reach: how many tests it reaches, and which of its files no test reaches. A test
// reaches a file if it was seen to use it, in this run or in the run that proved it; what only the change says about
// itself is not believed. It does not decide which tests run.
#pragma once

#include "cli/stages.h"

namespace sluice::cli {

// After the run: fills `change.known`.
void gather_reach(const Project& project, const Picture& picture, const Planned& planned, const cache::Store& store,
                  Change& change);

} // namespace sluice::cli
