// Anything with an exit code as a test: one for an entry, or one for each file that its globs match.
// It does not know what the command does, and so never calls such a test closed.
#pragma once

#include "adapters/frameworks/frameworks.h"

namespace sluice::frameworks {

Listing list_command(const TestsConfig& entry, const ListingContext& context);

} // namespace sluice::frameworks
