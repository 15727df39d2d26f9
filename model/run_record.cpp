#include "model/run_record.h"

#include <algorithm>

namespace sluice {

namespace {

template <class... Ts> struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts> Overloaded(Ts...) -> Overloaded<Ts...>;

} // namespace

Outcome TestRecord::outcome() const
{
  if (reused()) return Outcome::passed;
  if (!selected()) return Outcome::skipped;
  if (attempts.empty()) return Outcome::not_run;
  for (const Attempt& attempt : attempts)
    if (is_red(attempt.result.outcome)) return attempt.result.outcome;
  return attempts.back().result.outcome;
}

// Each failure is followed by nothing but its retries, of which the last passed. Records of several runs may be merged,
// so that there can be more than one such chain.
bool TestRecord::passed_on_retry() const
{
  if (!selected()) return false;
  bool failed = false, open = false; // ever; and not yet taken back
  for (const Attempt& attempt : attempts) {
    const Outcome outcome = attempt.result.outcome;
    if (open && attempt.kind != event::AttemptKind::retry) return false;
    if (is_red(outcome) && !is_failure(outcome)) return false;
    if (open && outcome == Outcome::skipped) return false;
    open = is_red(outcome);
    failed = failed || open;
  }
  return failed && !open;
}

// Nothing excuses an attempt that never began.
bool TestRecord::is_quarantined() const
{
  if (!selected() || attempts.empty() || !planned.quarantine || planned.quarantine->expired) return false;
  return std::all_of(attempts.begin(), attempts.end(), [](const Attempt& attempt) {
    return !is_red(attempt.result.outcome) || is_failure(attempt.result.outcome);
  });
}

Standing TestRecord::standing() const
{
  const Outcome came_to = outcome();
  if (came_to == Outcome::passed) return Standing::passed;
  if (came_to == Outcome::skipped) return Standing::skipped;
  if (passed_on_retry()) return Standing::flaky;
  return is_quarantined() ? Standing::quarantined : Standing::red;
}

bool is_excused(Standing standing)
{
  return standing == Standing::flaky || standing == Standing::quarantined;
}

std::string_view to_string(Standing standing)
{
  switch (standing) {
  case Standing::passed:
    return "passed";
  case Standing::flaky:
    return "flaky";
  case Standing::skipped:
    return "skipped";
  case Standing::quarantined:
    return "quarantined";
  case Standing::red:
    return "red";
  }
  return "?";
}

bool TestRecord::only_among_neighbours() const
{
  if (attempts.empty() || !is_red(attempts.front().result.outcome)) return false;
  return std::any_of(attempts.begin(), attempts.end(), [](const Attempt& attempt) {
    return attempt.kind == event::AttemptKind::isolated && attempt.result.outcome == Outcome::passed;
  });
}

Counts RunRecord::counts() const
{
  Counts counts;
  counts.total = tests.size();
  for (const TestRecord& test : tests) {
    if (test.reused()) {
      ++counts.reused;
    } else if (!test.selected()) {
      ++counts.left_out;
    } else {
      ++counts.selected;
      const Standing standing = test.standing();
      counts.passed += standing == Standing::passed || standing == Standing::flaky;
      counts.flaky += standing == Standing::flaky;
      counts.skipped += standing == Standing::skipped;
      counts.quarantined += standing == Standing::quarantined;
      counts.red += standing == Standing::red;
    }
  }
  return counts;
}

std::chrono::microseconds RunRecord::spent() const
{
  std::chrono::microseconds spent{0};
  for (const TestRecord& test : tests)
    for (const Attempt& attempt : test.attempts) spent += attempt.result.duration;
  return spent;
}

std::chrono::microseconds RunRecord::saved() const
{
  std::chrono::microseconds saved{0};
  for (const TestRecord& test : tests)
    if (const Reuse* reuse = std::get_if<Reuse>(&test.planned.decision)) saved += reuse->proof.duration;
  return saved;
}

std::optional<std::size_t> RunRecordFold::position(const TestId& id) const
{
  const auto found = index_.find(id);
  if (found == index_.end()) return std::nullopt;
  return found->second;
}

TestRecord* RunRecordFold::find(const TestId& id)
{
  const auto at = position(id);
  return at ? &record_.tests[*at] : nullptr;
}

void RunRecordFold::end_attempt(const event::TestFinished& body, Timestamp time)
{
  TestRecord* test = find(body.test);
  if (!test) return;
  // Nearly always the last; attempts of merged runs may overlap.
  auto at = std::find_if(test->attempts.rbegin(), test->attempts.rend(),
                         [&](const Attempt& attempt) { return attempt.number == body.attempt; });
  if (at == test->attempts.rend()) {
    test->attempts.emplace_back();
    test->attempts.back().started = time;
    at = test->attempts.rbegin();
  }
  at->number = body.attempt;
  at->kind = body.kind;
  at->lane = body.lane;
  at->batch = body.batch;
  at->ended = time;
  at->result = body.result;
}

void RunRecordFold::end_batch(const event::BatchFinished& body, Timestamp time)
{
  if (body.cut_off) record_.cut_off.insert(body.batch);
  const auto found = batches_.find(body.batch);
  if (found == batches_.end()) return;
  record_.batches[found->second].finished = body;
  record_.batches[found->second].ended = time;
}

void RunRecordFold::add(const RunEvent& event)
{
  std::visit(Overloaded{
               [&](const event::RunStarted& body) {
                 record_.started = body;
                 record_.start_time = event.time;
               },
               [&](const event::AuthorshipRead& body) { record_.authorship = body; },
               [&](const event::BuildStarted& body) { record_.build_started = body; },
               [&](const event::BuildFinished& body) { record_.build = body; },
               [&](const event::SecondTreeStarted&) {},
               [&](const event::TestPlanned& body) {
                 if (!index_.emplace(body.test, record_.tests.size()).second) return;
                 record_.tests.push_back({body, {}});
               },
               [&](const event::PlanMade& body) { record_.plan = body; },
               [&](const event::SandboxPrepared& body) { record_.sandbox = body.sandbox; },
               [&](const event::BatchStarted& body) {
                 batches_.emplace(body.batch, record_.batches.size());
                 record_.batches.push_back({body, event.time, {}, {}});
               },
               [&](const event::BatchFinished& body) { end_batch(body, event.time); },
               [&](const event::TestStarted& body) {
                 if (TestRecord* test = find(body.test)) {
                   Attempt attempt;
                   attempt.number = body.attempt;
                   attempt.lane = body.lane;
                   attempt.batch = body.batch;
                   attempt.started = event.time;
                   test->attempts.push_back(std::move(attempt));
                 }
               },
               [&](const event::TestFinished& body) { end_attempt(body, event.time); },
               [&](const event::Interrupted&) { record_.interrupted = true; },
               [&](const event::RunFinished& body) { record_.finished = body; },
             },
             event.body);
}

} // namespace sluice
