// How far a run has come: what the console and its summary count, fold by fold over the events. It does not draw.
// Of the plan it keeps the tests that run, as far as the console shows them (id, place, duration); for the others a
// count is enough, so that a run that reuses everything costs next to nothing.
#pragma once

#include "model/run_record.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace sluice::reports {

struct RunningTest {
  const TestRecord* test = nullptr;
  std::chrono::microseconds elapsed{0};
};

class Progress {
public:
  Progress() = default;
  // Of a run whose record somebody keeps anyhow: `events` outlives this object and has heard each event before it.
  explicit Progress(const RunRecordFold* events) : events_(events) {}
  void add(const RunEvent& event);

  // Tests that run, with their attempts so far; of the others some may be in it.
  const RunRecord& record() const { return events().record(); }
  // A test that runs.
  const TestRecord* find(const TestId& id) const;

  std::size_t selected() const { return selected_; }
  std::size_t done() const { return done_; } // ended their first attempt
  std::size_t red() const { return red_; }
  std::size_t reused() const { return reused_; }
  std::size_t left_out() const { return left_out_; }

  // Longest first.
  std::vector<RunningTest> running(Timestamp now) const;
  // From the durations by history and, for tests without one, the mean of what ended so far; nullopt without either.
  std::optional<std::chrono::microseconds> time_left(Timestamp now) const;

private:
  void planned(const event::TestPlanned& body, Timestamp time);
  void finished(const event::TestFinished& body);

  struct State {
    bool selected = false;
    bool done = false;
    bool red = false;
    std::optional<Timestamp> running_since;
  };
  const RunRecordFold& events() const { return events_ ? *events_ : fold_; }
  std::optional<std::size_t> position(const TestId& id) const; // of a test that runs

  const RunRecordFold* events_ = nullptr; // null: fold_
  RunRecordFold fold_;
  std::vector<State> states_;        // as record().tests
  std::vector<std::size_t> running_; // positions; few: about one for each lane
  std::size_t selected_ = 0, done_ = 0, red_ = 0, reused_ = 0, left_out_ = 0;
  std::chrono::microseconds expected_left_{0}; // of tests not done whose duration is known
  std::size_t unknown_left_ = 0;               // tests not done whose duration is not
  std::chrono::microseconds spent_{0};
};

} // namespace sluice::reports
