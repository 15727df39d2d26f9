// Which tests were seen to use what a change touches, by their newest proofs. Facts say what a change may reach; of a
// test that was watched, this says whether it does. Reads the store; it does not know what a change reaches by fact.
#pragma once

#include "cache/store.h"
#include "model/catalogue.h"
#include "model/change_set.h"

#include <set>
#include <string>
#include <vector>

namespace sluice::cli {

struct ChangeUses {
  // One for each test of the catalogue: it was watched, and seen to use no changed path, nor a folder to which one was
  // added or from which one was taken.
  std::vector<bool> spared;
  // Changed paths that a test was seen to use by name, new and old names alike.
  std::set<std::string> used;
  // One for each test: it was seen to use something of the change, or of what is built from it.
  std::vector<bool> users;
};

// `root`: the repository's root, by which proofs name its listing. `built`: what else differs because of the change.
ChangeUses uses_of_change(const cache::Store& store, const std::string& root, const ChangeSet& change,
                          const std::vector<std::string>& built, const Catalogue& catalogue);

} // namespace sluice::cli
