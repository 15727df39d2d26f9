// Fetches what the rules that apply to a change ask for besides its tests: the listing of its base, results of
// validators, signed approvals and overrides, the replay of the base's tests. Nothing is fetched that no rule asks for.
// It decides nothing.
#pragma once

#include "cli/stages.h"

#include <functional>

namespace sluice::cli {

// Before planning: gathers everything but the replay. Each validator judges the tree as it was committed; once
// `altered` says that it no longer is, the remaining validators are not asked. The listing of a base is made once and
// kept in the store. Fills `change.known`: base, validators, approvals, overrides.
void gather_before_plan(const Project& project, const Options& options, const Catalogue& catalogue, cache::Store& store,
                        Change& change, const std::function<bool()>& altered);

// After the run: fills `change.known`: replay, blast_radius, unreached.
void gather_after_run(const Project& project, const Options& options, const Picture& picture, const Planned& planned,
                      const cache::Store& store, Change& change);

// Stores the listing of a clean checkout, for later changes that have this tree as their base.
void keep_listing(const Project& project, const Catalogue& catalogue, const ChangeSet& change, cache::Store& store);

} // namespace sluice::cli
