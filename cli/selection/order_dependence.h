// Tests that were red among others of their program and green alone. Passing alone proves nothing about them: until
// they pass among the others they leave no proof, and the others run with them.
#pragma once

#include "cache/store.h"
#include "model/catalogue.h"
#include "model/run_record.h"

#include <set>
#include <string>
#include <vector>

namespace sluice::cli {

class OrderDependence {
public:
  explicit OrderDependence(const cache::Store& store);

  bool holds(const TestId& test) const { return tests_.contains(test.value); }

  // One for each test of the catalogue; empty: there is none.
  std::vector<bool> of(const Catalogue& catalogue) const;

  // Adds what the tests of a run did and stores the result.
  void learn(const RunRecord& record, const Catalogue& catalogue, cache::Store& store);

private:
  std::set<std::string, std::less<>> tests_; // ids
};

} // namespace sluice::cli
