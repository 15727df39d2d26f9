// Fetches what the rules that apply to a change ask for besides its tests: the listing of its base, validators, signed
// approvals and overrides, the replay of the base's tests. What no rule asks for is not fetched. It decides nothing.
#pragma once

#include "cli/stages.h"

#include <functional>

namespace sluice::cli {

// Before planning: everything but the replay. Each validator judges the tree as it was committed: `altered` tells
// whether it still is so, and where it is not, the validators that are left are not asked. The listing of a base is
// kept in the store and made only once.
void gather_before_plan(const Project& project, const Options& options, const Catalogue& catalogue, cache::Store& store,
                        Change& change, const std::function<bool()>& altered);

// After the run: the replay, and what the plan has found out about the change's reach.
void gather_after_run(const Project& project, const Options& options, const Picture& picture, const Planned& planned,
                      const cache::Store& store, Change& change);

// Remembers the tests of a tree that lies on disk as it was committed.
void keep_listing(const Project& project, const Catalogue& catalogue, const ChangeSet& change, cache::Store& store);

} // namespace sluice::cli
