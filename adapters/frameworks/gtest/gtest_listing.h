// GoogleTest programs named by globs over the files on disk: each is asked for its cases.
// A program runs in its own folder unless the entry names a `directory`. Its cases are remembered as long as nothing
// has changed that they rest on: the program, its entry, the environment, the declared inputs, and whatever else it was
// seen to use while it listed them (a file that cases are made from, a folder that it searched). Where that was not
// observed completely it is asked each time.
#pragma once

#include "adapters/frameworks/frameworks.h"
#include "adapters/frameworks/gtest/gtest_asking.h"

namespace sluice::frameworks {

Listing list_gtest(const TestsConfig& entry, const ListingContext& context, GtestAsker& asker);

} // namespace sluice::frameworks
