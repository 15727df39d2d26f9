// Which tests were seen to use what a change touches, by their newest proofs. Facts say what a change may reach; of a
// test that was watched, this says whether it does. Reads the store, decides nothing.
#pragma once

#include "cache/store.h"
#include "model/catalogue.h"
#include "model/change_set.h"
#include "model/plan.h"

#include <set>
#include <string>
#include <vector>

namespace sluice::cli {

struct ChangeUses {
  // One for each test of the catalogue.
  std::vector<bool> observed; // its newest proof rests on what it was seen to use
  std::vector<bool> uses;     // it was seen to use a changed path, or a folder to which one was added or taken away
  // Changed paths that a test was seen to use by name, new and old names alike.
  std::set<std::string> used;
};

// `root`: the repository's root, by which proofs name its listing. `built`: what else differs because of the change.
ChangeUses uses_of_change(const cache::Store& store, const std::string& root, const ChangeSet& change,
                          const std::vector<std::string>& built, const Catalogue& catalogue);

} // namespace sluice::cli
