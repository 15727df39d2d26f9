// GoogleTest programs named by globs over the files on disk: each is asked for its cases, once for each content.
// A program runs in its own folder unless the entry names a `directory`. Its cases are remembered by what the loader
// makes of the program and its shared libraries and by the declared inputs; a program whose cases depend on anything
// else (registered from a file that is no declared input) is not seen to change.
#pragma once

#include "adapters/frameworks/frameworks.h"

namespace sluice::frameworks {

Listing list_gtest(const TestsConfig& entry, const ListingContext& context);

} // namespace sluice::frameworks
