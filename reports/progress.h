// How far a run has come: what the console and its summary count, fold by fold over the events. It does not draw.
// Of the plan it keeps the tests that run, as far as the console shows them (id, place, duration); for the others a
// count is enough, so that a run that reuses everything costs next to nothing.
#pragma once

#include "model/run_record.h"

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace sluice::reports {

struct RunningTest {
  const TestRecord* test = nullptr;
  std::chrono::microseconds elapsed{0};
};

class Progress {
public:
  void add(const RunEvent& event);

  // Tests that run, with their attempts so far; the others are not in it.
  const RunRecord& record() const { return fold_.record(); }
  const TestRecord* find(const TestId& id) const;

  std::size_t selected() const { return record().tests.size(); }
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
    std::size_t position = 0; // in record().tests
    bool done = false;
    bool red = false;
    std::optional<Timestamp> running_since;
  };
  RunRecordFold fold_;
  std::unordered_map<std::string, State> states_;
  std::vector<State*> running_; // few: about one for each lane
  std::size_t done_ = 0, red_ = 0, reused_ = 0, left_out_ = 0;
  std::chrono::microseconds expected_left_{0}; // of tests not done whose duration is known
  std::size_t unknown_left_ = 0;               // tests not done whose duration is not
  std::chrono::microseconds spent_{0};
};

} // namespace sluice::reports
