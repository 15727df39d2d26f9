// A CTest build folder as a Listing: programs, cases, ids, and what is not built.
// Ids are CTest's names. A name that several folders use gets what tells its bearers apart, in brackets: the working
// directory, else a digest of the launch; so no id depends on the order of listing.
#pragma once

#include "adapters/frameworks/frameworks.h"

namespace sluice::frameworks {

// Throws Error{configuration} when the folder is no CTest build folder or lacks the configuration, Error{world} when
// ctest fails.
Listing list_ctest(const TestsConfig& entry, const ListingContext& context);

} // namespace sluice::frameworks
