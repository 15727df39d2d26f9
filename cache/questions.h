// What people ask the store about the past: a test's outcomes, the flaky, the slow. Reads only; what is written, and
// when, is recorder.h's business. Outcomes go back as far as the store keeps them (docs/formats/store.md).
#pragma once

#include "cache/store.h"
#include "model/outcome.h"
#include "model/proof.h"

#include <chrono>
#include <cstdint>
#include <optional>
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
  Standing standing = Standing::red;     // of a red outcome: whether it was excused
};

// Newest first; empty for a test that never ran here, or whose outcomes are forgotten.
std::vector<PastOutcome> outcomes_of(const Store& store, std::string_view test, std::size_t most);

// What the newest proof of a test rests on, by kind and name.
struct ProofInputs {
  std::string run; // that made the proof; empty: there is none
  std::size_t total = 0;
  InputSet inputs; // at most as many as were asked for: paths of the tree first, then those of the machine
};
ProofInputs inputs_of(const Store& store, std::string_view test, std::size_t most);

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
  std::size_t on_retry = 0; // runs in which it failed and passed when it was tried again
};

// Most flaky first.
std::vector<FlakyTest> flaky_tests(const Store& store);

// The same of one test: a look-up. nullopt: it is not known to be flaky.
std::optional<FlakyTest> flakiness_of(const Store& store, std::string_view test);

// A run as a whole. `counted` is false for what an earlier version recorded: only its name, time and commits are known.
struct RunResult {
  std::string run;
  std::int64_t started = 0; // microseconds since the epoch
  std::string base, head;
  bool clean = false;
  bool counted = false;
  std::optional<VerdictStatus> verdict; // absent: it was cut off
  std::optional<Authorship> authorship; // the strongest of its commits; absent: nobody asked, or it has none
  std::size_t selected = 0, reused = 0;
  std::chrono::microseconds spent{0}, saved{0};
};

// Every run that is recorded, in the order of recording.
std::vector<RunResult> run_results(const Store& store);

// What widened plans, most often first. A cause that this version does not know reads as `incomplete`.
struct Widening {
  Escalation escalation;
  std::size_t runs = 0;
  std::string newest_run;
  std::int64_t newest = 0; // when that run began
};
std::vector<Widening> widenings(const Store& store, std::size_t most);

// When a suite was executed. All of it: every test executed, none reused.
struct SuitePast {
  SuiteRun last;            // the newest run in which any of its tests was executed; `tests` is 0 if there is none
  std::string run;          // that run
  std::int64_t started = 0; // microseconds since the epoch
  std::string whole_run;    // the newest in which all of it was; empty: none
  std::int64_t whole_started = 0;
  std::size_t whole_red = 0;
  std::size_t runs = 0; // that are known of the suite, executed or not
};

// By name of the suite.
std::vector<SuitePast> suites_past(const Store& store);

// Grows with each recorded run: answers stay as they are as long as this does.
std::int64_t newest_recorded(const Store& store);

// Gives back the space of what was forgotten.
void compact(Store& store);

} // namespace sluice::cache
