// Earlier records as answers: what the store (cache/) knows about a test from the past.
// It does not know whether any of it still holds; proofs do (model/proof.h).
#pragma once

#include "model/catalogue.h"
#include "model/outcome.h"

#include <chrono>
#include <string>
#include <unordered_map>

namespace sluice {

struct TestHistory {
  std::chrono::microseconds expected{0}; // weighted mean of the last durations
  Outcome last = Outcome::not_run;
  std::string last_run; // id of the run of `last`
};

using History = std::unordered_map<TestId, TestHistory, TestIdHash>;

} // namespace sluice
