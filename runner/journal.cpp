#include "runner/journal.h"

#include <utility>

namespace sluice::runner {

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
  if (is_red(result.outcome) && !now.red) {
    now.red = true;
    ++red_tests_;
  }
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
