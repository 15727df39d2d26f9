// What people ask the store about the past: a test's outcomes, the flaky, the slow. Reads only; what is written, and
// when, is recorder.h's business. Outcomes go back as far as the store keeps them (docs/formats/store.md).
#pragma once

#include "cache/store.h"
#include "model/outcome.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::cache {

struct PastOutcome {
  std::string run;
  std::int64_t started = 0; // microseconds since the epoch
  std::string head;         // commit; empty if unknown
  bool clean = false;       // nothing uncommitted was tested
  Outcome outcome = Outcome::not_run;
  int attempts = 0;
  std::chrono::microseconds duration{0}; // of the first attempt
};

// Newest first; empty for a test that never ran here, or whose outcomes are forgotten.
std::vector<PastOutcome> outcomes_of(const Store& store, std::string_view test, std::size_t most);

struct TestStatistics {
  std::string test;
  std::size_t runs = 0;    // that executed it
  std::size_t red = 0;     // of these
  std::size_t retried = 0; // of these: took more than one attempt
  std::chrono::microseconds total{0}, longest{0};
};

// Every test that one of the newest `runs` runs executed, by name.
std::vector<TestStatistics> statistics(const Store& store, std::size_t runs);

struct FlakyTest {
  std::string test;
  std::size_t same_inputs = 0; // input sets with which it both passed and failed: nothing it rests on explains that
  std::size_t same_tree = 0;   // committed trees on which it both passed and failed
  std::size_t runs = 0, red = 0;
};

// Most flaky first.
std::vector<FlakyTest> flaky_tests(const Store& store);

// Grows with each recorded run: answers stay as they are as long as this does.
std::int64_t newest_recorded(const Store& store);

// Gives back the space of what was forgotten.
void compact(Store& store);

} // namespace sluice::cache
