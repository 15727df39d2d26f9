// Fetches what the rules that apply to a change ask for besides its tests: the listing of its base, results of
// validators, the replay of the base's tests, the change's reach. Nothing is fetched that no rule asks for. It decides
// nothing; approvals and overrides are gathered by signed_records.h.
#pragma once

#include "cli/gate/base_listing.h"
#include "cli/stages.h"

#include <functional>

namespace sluice::cli {

struct GatherListener {
  std::function<bool()> altered; // whether the tree is no longer as it was committed
  SecondTreeListener second_tree;
};

// Before planning: gathers everything but the replay. Each validator judges the tree as it was committed; once
// `altered` says that it no longer is, the remaining validators are not asked. The listing of a base is made once and
// kept in the store. Fills `base` and `validators` of `change.known`.
void gather_before_plan(const Project& project, const Options& options, const Catalogue& catalogue, cache::Store& store,
                        Change& change, const GatherListener& listener);

// After the run: fills `replay`, `blast_radius` and `unreached` of `change.known`.
void gather_after_run(const Project& project, const Options& options, const Picture& picture, const Planned& planned,
                      const cache::Store& store, Change& change, const SecondTreeListener& listener);

} // namespace sluice::cli
