#include "reports/progress.h"

#include <algorithm>

namespace sluice::reports {

using std::chrono::microseconds;

void Progress::add(const RunEvent& event)
{
  if (const auto* body = std::get_if<event::TestPlanned>(&event.body)) return planned(*body, event.time);
  if (!events_) fold_.add(event);
  if (const auto* body = std::get_if<event::TestFinished>(&event.body)) return finished(*body);
  if (const auto* body = std::get_if<event::TestStarted>(&event.body)) {
    const auto at = position(body->test);
    if (!at) return;
    if (states_[*at].running_since) std::erase(running_, *at);
    states_[*at].running_since = event.time;
    running_.push_back(*at);
  }
}

void Progress::planned(const event::TestPlanned& body, Timestamp time)
{
  if (std::holds_alternative<Reuse>(body.decision)) {
    ++reused_;
    return;
  }
  if (std::holds_alternative<Skip>(body.decision)) {
    ++left_out_;
    return;
  }
  if (!events_) {
    event::TestPlanned slim;
    slim.test = body.test;
    slim.file = body.file;
    slim.line = body.line;
    slim.expected = body.expected;
    slim.quarantine = body.quarantine;
    slim.decision = Run{};
    fold_.add({time, std::move(slim)});
  }
  const auto at = events().position(body.test);
  if (!at) return;
  if (states_.size() <= *at) states_.resize(*at + 1);
  if (states_[*at].selected) return;
  states_[*at].selected = true;
  ++selected_;
  if (body.expected) expected_left_ += *body.expected;
  else ++unknown_left_;
}

void Progress::finished(const event::TestFinished& body)
{
  const auto at = position(body.test);
  if (!at) return;
  State& state = states_[*at];
  if (state.running_since) std::erase(running_, *at);
  state.running_since.reset();
  // A retry may take it back.
  const bool red = record().tests[*at].standing() == Standing::red;
  if (red && !state.red) ++red_;
  if (!red && state.red) --red_;
  state.red = red;
  if (state.done) return;
  state.done = true;
  ++done_;
  spent_ += body.result.duration;
  const TestRecord& test = record().tests[*at];
  if (test.planned.expected) expected_left_ -= *test.planned.expected;
  else --unknown_left_;
}

std::optional<std::size_t> Progress::position(const TestId& id) const
{
  const auto at = events().position(id);
  return at && *at < states_.size() && states_[*at].selected ? at : std::nullopt;
}

const TestRecord* Progress::find(const TestId& id) const
{
  const auto at = position(id);
  return at ? &record().tests[*at] : nullptr;
}

std::vector<RunningTest> Progress::running(Timestamp now) const
{
  std::vector<RunningTest> tests;
  for (const std::size_t at : running_)
    tests.push_back({&record().tests[at], std::max(now - states_[at].running_since.value_or(now), microseconds(0))});
  std::sort(tests.begin(), tests.end(), [](const RunningTest& a, const RunningTest& b) {
    if (a.elapsed != b.elapsed) return a.elapsed > b.elapsed;
    return a.test->planned.test < b.test->planned.test;
  });
  return tests;
}

std::optional<microseconds> Progress::time_left(Timestamp now) const
{
  const std::size_t known_left = selected() - done_ - unknown_left_;
  microseconds each{0};
  if (done_ > 0) each = spent_ / static_cast<std::int64_t>(done_);
  else if (known_left > 0) each = expected_left_ / static_cast<std::int64_t>(known_left);
  else return std::nullopt;

  microseconds work = expected_left_ + each * static_cast<std::int64_t>(unknown_left_);
  microseconds longest{0};
  for (const RunningTest& running : this->running(now)) {
    if (states_[static_cast<std::size_t>(running.test - record().tests.data())].done)
      continue; // an isolated or repeated attempt
    const microseconds expected = running.test->planned.expected.value_or(each);
    work -= std::min(running.elapsed, expected);
    longest = std::max(longest, expected - running.elapsed);
  }
  return std::max(work / std::max(record().started.lanes, 1), longest);
}

} // namespace sluice::reports
