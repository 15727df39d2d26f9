// Which tests there were at the base of a change: from the store, or from a tree of their own that is built for it. It
// judges nothing.
#pragma once

#include "cli/stages.h"

#include <functional>
#include <string>
#include <vector>

namespace sluice::cli {

// Told before another tree is checked out and built, since that takes long.
using SecondTreeListener = std::function<void(const event::SecondTreeStarted&)>;

// What listing a tree takes.
struct Listings {
  const Project& project;
  const Options& options;
  cache::Store& store;
  const SecondTreeListener& building;
};

// The tests of every merge base. `catalogue`: of the head, which is the answer where nothing differs.
policy::BaseListing listing_of_base(const Listings& listings, const Catalogue& catalogue, const ChangeSet& change);

// The suites that `rules` require and that were too small where the change left its base: the policy is that of the
// base's tip, and an author who could choose a place before there were tests would bring tests of his own.
std::vector<std::string> gained_suites(const Listings& listings, const Catalogue& catalogue,
                                       const std::vector<const Rule*>& rules, const Change& change);

// Stores the listing of a clean checkout, for later changes that have this tree as their base; not one for which an
// earlier build may have left something. Together with what is stored for the tree: a test that was ever listed is one.
void keep_listing(const Project& project, const Catalogue& catalogue, const ChangeSet& change, cache::Store& store);

} // namespace sluice::cli
