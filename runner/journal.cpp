#include "runner/journal.h"

#include <utility>

namespace sluice::runner {

Journal::Journal(const Plan& plan, const Catalogue& catalogue, Clock& clock, const Listener& listener, int retries)
  : catalogue_(catalogue), clock_(clock), listener_(listener), retries_(retries), states_(catalogue.tests.size())
{
  for (const PlanEntry& entry : plan.entries)
    state(entry.test).excused = entry.quarantine && !entry.quarantine->expired;
}

void Journal::count(State& state, Outcome outcome)
{
  if (!is_red(outcome) || state.red) return;
  if (is_failure(outcome)) {
    state.failures += state.last_failure != state.attempts;
    state.last_failure = state.attempts;
    if (state.excused || state.failures <= retries_) return;
  }
  state.red = true;
  ++red_tests_;
}

void Journal::say(EventBody body)
{
  listener_({std::chrono::time_point_cast<std::chrono::microseconds>(clock_.wall()), std::move(body)});
}

void Journal::test_started(TestIndex test, const AttemptPlace& place)
{
  say(event::TestStarted{catalogue_.test(test).id, ++state(test).attempts, place.lane, place.batch});
}

void Journal::test_finished(TestIndex test, const AttemptPlace& place, AttemptResult result)
{
  State& now = state(test);
  now.finished = true;
  count(now, result.outcome);
  say(event::TestFinished{catalogue_.test(test).id, now.attempts, place.lane, place.batch, place.kind,
                          std::move(result)});
}

void Journal::not_begun(TestIndex test, const AttemptPlace& place, Outcome outcome, std::string reason)
{
  ++state(test).attempts;
  AttemptResult result;
  result.outcome = outcome;
  result.message = std::move(reason);
  test_finished(test, place, std::move(result));
}

} // namespace sluice::runner
