// Which tests another test stands on: those that set up the fixtures it requires, and those that CTest's DEPENDS puts
// before it. Their programs decide its outcome as much as its own does, so it is affected with them, rests on what they
// rest on, and never runs without them.
#pragma once

#include "model/catalogue.h"

#include <vector>

namespace sluice::impact {

// For each test the tests that it stands on, directly or through others, itself left out; sorted.
std::vector<std::vector<TestIndex>> foundations(const Catalogue& catalogue);

} // namespace sluice::impact
