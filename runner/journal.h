// What the run tells its listener: numbers attempts, stamps events with the time, and keeps which tests were begun and
// which are red for good: no retry is left, and no quarantine excuses them. It decides nothing about what runs.
// One thread; exceptions of the listener pass through.
#pragma once

#include "model/catalogue.h"
#include "model/plan.h"
#include "model/run_event.h"
#include "runner/executor.h"
#include "runner/run.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sluice::runner {

// Where an attempt is made.
struct AttemptPlace {
  std::uint32_t batch = 0;
  int lane = 0;
  event::AttemptKind kind = event::AttemptKind::first;
};

class Journal {
public:
  Journal(const Plan& plan, const Catalogue& catalogue, Clock& clock, const Listener& listener, int retries);

  // Hands the event to the listener at once, with the time of the clock.
  void say(EventBody body);
  void test_started(TestIndex test, const AttemptPlace& place);
  // The attempt that was started last has ended. A second call for the same attempt corrects the first: the fold over
  // the events takes the newer result.
  void test_finished(TestIndex test, const AttemptPlace& place, AttemptResult result);
  // An attempt that ended before it began: not_started or not_run.
  void not_begun(TestIndex test, const AttemptPlace& place, Outcome outcome, std::string reason);

  bool finished(TestIndex test) const { return state(test).finished; }
  std::size_t red_tests() const { return red_tests_; }

private:
  struct State {
    int attempts = 0;
    bool finished = false; // at least one attempt
    bool red = false;      // for good
    bool excused = false;  // whatever it fails with
    int failures = 0;      // attempts that failed
    int last_failure = 0;  // number of the newest of them: it may be corrected
  };
  State& state(TestIndex test) { return states_[static_cast<std::size_t>(test)]; }
  void count(State& state, Outcome outcome);
  const State& state(TestIndex test) const { return states_[static_cast<std::size_t>(test)]; }

  const Catalogue& catalogue_;
  Clock& clock_;
  const Listener& listener_;
  int retries_;
  std::vector<State> states_;
  std::size_t red_tests_ = 0;
};

} // namespace sluice::runner
