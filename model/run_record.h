// The fold over a run's events: what became of the run and of each test. Reports, store and verdict read only this, so
// any report of an earlier run can be made again from its event log.
#pragma once

#include "model/run_event.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace sluice {

struct Attempt {
  int number = 1;
  event::AttemptKind kind = event::AttemptKind::first;
  int lane = 0;
  std::uint32_t batch = 0;
  Timestamp started;
  Timestamp ended; // the epoch: it never ended
  AttemptResult result;
  friend bool operator==(const Attempt&, const Attempt&) = default;
};

// What a test means for the verdict when all its attempts are known.
enum class Standing : std::uint8_t {
  passed,      // or reused
  flaky,       // failed, and passed when it was tried again: not red, and never a proof
  skipped,     // by itself, or left out
  quarantined, // failed, and a quarantine that has not expired names it: not red, and never a pass
  red,
};

std::string_view to_string(Standing standing);

// True for a failure that does not turn the verdict red.
bool is_excused(Standing standing);

struct TestRecord {
  event::TestPlanned planned;
  std::vector<Attempt> attempts;

  bool selected() const { return std::holds_alternative<Run>(planned.decision); }
  bool reused() const { return std::holds_alternative<Reuse>(planned.decision); }

  // How the test ended. The first red attempt decides: a pass on a retry makes the test flaky (standing()) and leaves
  // its outcome as it was. not_run for a selected test without attempts; passed for a reused one; skipped for a skipped
  // one. Callers that look only at outcome() ignore retries and quarantine.
  Outcome outcome() const;

  // Anything that is not passed, skipped, flaky or quarantined is red.
  Standing standing() const;

  // Red among its neighbours, green when run alone.
  bool only_among_neighbours() const;

  // The two excuses that standing() knows.
  bool passed_on_retry() const;
  bool is_quarantined() const;

  friend bool operator==(const TestRecord&, const TestRecord&) = default;
};

// One start of one program. Attempt::batch is its number.
struct BatchRecord {
  event::BatchStarted begun;
  Timestamp started;
  std::optional<event::BatchFinished> finished; // absent: the run ended before the batch
  Timestamp ended;                              // the epoch: it never ended
  friend bool operator==(const BatchRecord&, const BatchRecord&) = default;
};

struct Counts {
  std::size_t total = 0;    // tests of the catalogue
  std::size_t selected = 0; // planned to run
  std::size_t reused = 0;
  std::size_t left_out = 0;    // disabled, filtered ...
  std::size_t passed = 0;      // of the selected, flaky ones included
  std::size_t skipped = 0;     // of the selected: by the test itself
  std::size_t red = 0;         // of the selected
  std::size_t flaky = 0;       // of the passed
  std::size_t quarantined = 0; // of the selected: failed, and excused
  friend bool operator==(const Counts&, const Counts&) = default;
};

struct RunRecord {
  event::RunStarted started;
  Timestamp start_time;
  std::optional<event::AuthorshipRead> authorship; // absent: nothing asked for it
  std::optional<event::BuildStarted> build_started;
  std::optional<event::BuildFinished> build;
  event::PlanMade plan;
  std::optional<SandboxReport> sandbox; // absent: no test was started, or the log does not say
  std::vector<TestRecord> tests;        // in planned order
  std::vector<BatchRecord> batches;     // in the order of their starts

  // Batches that ended before all their cases had finished. A test may have printed that its neighbours passed and
  // crashed before the result file could contradict it, so passes of these batches prove nothing for later runs. This
  // run is red because of the crash, or has run them again.
  std::set<std::uint32_t> cut_off;

  bool interrupted = false;
  std::optional<event::RunFinished> finished; // absent: the run was cut off, which is red

  Counts counts() const;
  std::chrono::microseconds spent() const; // on all attempts of the tests that were executed
  std::chrono::microseconds saved() const; // what the reused tests took when they were proven
  friend bool operator==(const RunRecord&, const RunRecord&) = default;
};

// How the tests of one suite of the policy did in a run.
struct SuiteRun {
  std::string suite;
  std::size_t tests = 0;    // in the suite
  std::size_t executed = 0; // of these, with a finished attempt
  std::size_t reused = 0;
  std::size_t red = 0;
  friend bool operator==(const SuiteRun&, const SuiteRun&) = default;
};

// Folds events in the order in which they happened. Events about tests that were never planned are ignored.
class RunRecordFold {
public:
  void add(const RunEvent& event);
  const RunRecord& record() const { return record_; }
  // Index of a planned test in record().tests; nullopt if it was never planned.
  std::optional<std::size_t> position(const TestId& id) const;
  RunRecord take() { return std::move(record_); }

private:
  TestRecord* find(const TestId& id);
  void end_attempt(const event::TestFinished& body, Timestamp time);
  void end_batch(const event::BatchFinished& body, Timestamp time);

  RunRecord record_;
  std::unordered_map<TestId, std::size_t, TestIdHash> index_;
  std::unordered_map<std::uint32_t, std::size_t> batches_;
};

} // namespace sluice
