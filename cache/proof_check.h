// Decides for each test whether a proof holds for the tree as it is now.
// The rule, for one test, with "present" meaning that every recorded input has the same digest now:
//   - a proof holds when it is present and no red record that is present is newer than it; a red record with other
//     inputs says nothing about the tree as it is now. "Newer" is by the clock of the attempt or by the order of
//     recording: where they disagree, the red record counts. So does a red record that cannot be read back.
//   - otherwise the state is `failed` when the test's newest outcome was red, or a red record outweighed a proof;
//   - otherwise `broken`, if there is a proof; `missing` if there is none that can be read.
#pragma once

#include "cache/store.h"

#include <span>
#include <vector>

namespace sluice::cache {

// Reads within one transaction of its own. `current` must not write to the same store.
std::vector<ProofState> check_proofs(sqlite3* database, std::span<const TestCase> tests, const CurrentDigest& current);

} // namespace sluice::cache
