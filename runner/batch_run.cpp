#include "runner/batch_run.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <utility>

namespace sluice::runner {

namespace {

constexpr std::size_t k_most_kept = 8u << 20; // of red cases' outputs, in case their results are corrected
constexpr std::chrono::seconds k_unkillable{30};

// How a process ended that nobody told to end, as the result of the test that it ended in.
AttemptResult result_of_end(const Ended& end, std::string_view where)
{
  AttemptResult result;
  result.exit_code = end.exit_code;
  result.signal = end.signal;
  if (end.signal != 0) {
    result.outcome = Outcome::crashed;
    result.message = fmt::format("ended by signal {} ({}) {}", end.signal, ::strsignal(end.signal), where);
  } else if (end.exit_code != 0) {
    result.outcome = Outcome::failed;
    result.message = fmt::format("the program exited with code {} {}", end.exit_code, where);
  } else {
    result.outcome = Outcome::lost;
    result.message = fmt::format("the program exited with code 0 {}, without a result for it", where);
  }
  return result;
}

AttemptResult timed_out(const Ended& end, std::string message)
{
  AttemptResult result;
  result.outcome = Outcome::timed_out;
  result.signal = end.signal;
  result.exit_code = end.exit_code;
  result.message = std::move(message);
  return result;
}

std::string seconds(Millis time)
{
  return fmt::format("{:g} s", static_cast<double>(time.count()) / 1000.0);
}

} // namespace

BatchRun::BatchRun(BatchSetup setup, std::vector<TestIndex> cases, const Framework& framework,
                   const BatchRequest& request, SteadyTime now)
  : setup_(std::move(setup)), reader_(framework.reader(request)), started_(now), since_(now),
    file_(setup_.log_path, setup_.limits->output_limit)
{
  cases_.resize(cases.size());
  bool unlimited = false;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    cases_[i].test = cases[i];
    const Millis limit = limit_of(cases_[i]);
    unlimited = unlimited || limit == Millis{0};
    longest_limit_ = std::max(longest_limit_, limit);
  }
  if (unlimited) longest_limit_ = Millis{0};
  if (one_case()) begin(0, now);
}

Millis BatchRun::limit_of(const Case& what) const
{
  if (what.limit) return *what.limit;
  return setup_.catalogue->test(what.test).time_limit.value_or(setup_.limits->time_limit);
}

void BatchRun::step(BatchStep step, SteadyTime now)
{
  state_ = after(state_, step);
  since_ = now;
}

void BatchRun::feed(std::string_view bytes, SteadyTime now)
{
  file_.add(bytes);
  if (ending()) {
    excerpt_.add(bytes);
    return;
  }
  while (!bytes.empty()) {
    const std::size_t line_end = one_case() ? std::string_view::npos : bytes.find('\n');
    const std::string_view piece = bytes.substr(0, line_end == std::string_view::npos ? line_end : line_end + 1);
    bytes.remove_prefix(piece.size());
    feed_piece(piece, now);
  }
}

// A line that begins or ends a case belongs to none.
void BatchRun::feed_piece(std::string_view piece, SteadyTime now)
{
  updates_.clear();
  reader_->feed(piece, updates_);
  if (one_case() || updates_.empty()) excerpt_.add(piece);
  for (CaseUpdate& update : updates_) {
    if (const auto* started = std::get_if<CaseStarted>(&update)) {
      if (started->position < cases_.size() && !cases_[started->position].begun) begin(started->position, now);
    } else if (auto* finished = std::get_if<CaseFinished>(&update)) {
      finish(finished->position, std::move(finished->result), now);
    } else if (const auto* limited = std::get_if<CaseLimited>(&update); limited && limited->position < cases_.size()) {
      cases_[limited->position].limit = limited->limit;
      cases_[limited->position].limited = now;
    }
    if (!one_case()) excerpt_.clear();
  }
}

void BatchRun::begin(std::size_t position, SteadyTime now)
{
  Case& what = cases_[position];
  what.begun = true;
  what.began = now;
  if (!startup_ && !one_case() && !ending()) startup_ = std::chrono::duration_cast<Duration>(now - started_);
  current_ = position;
  step(BatchStep::case_started, now);
  setup_.journal->test_started(what.test, setup_.place);
}

void BatchRun::finish(std::size_t position, AttemptResult result, SteadyTime now)
{
  if (position >= cases_.size()) return;
  Case& what = cases_[position];
  if (what.finished) {
    correct(position, std::move(result));
    return;
  }
  if (!what.begun) begin(position, now);
  what.finished = true;
  ++finished_;
  last_finished_ = position;
  if (current_ == position) current_.reset();
  if (result.duration == Duration{0}) result.duration = std::chrono::duration_cast<Duration>(now - what.began);
  complete(result);
  report(position, std::move(result));
  step(finished_ == cases_.size() ? BatchStep::last_finished : BatchStep::case_finished, now);
}

// Red stays red: neither a test that prints the line of a passed one nor a forged result file takes a failure back.
void BatchRun::correct(std::size_t position, AttemptResult result)
{
  const AttemptResult& before = cases_[position].result;
  if (is_red(before.outcome) && !is_red(result.outcome)) return;
  if (before.outcome == result.outcome && !is_red(result.outcome)) return;
  if (result.duration == Duration{0}) result.duration = before.duration;
  if (result.output.empty() && is_red(before.outcome)) {
    result.output = before.output;
    result.log = before.log;
  } else {
    complete(result);
  }
  report(position, std::move(result));
}

void BatchRun::complete(AttemptResult& result) const
{
  if (result.outcome == Outcome::passed && setup_.passed_output == PassedOutput::dropped) {
    result.output.clear();
    return;
  }
  // What a program of several cases printed is not what one of them did.
  if (result.outcome == Outcome::passed && cases_.size() > 1 && result.output.empty()) return;
  if (result.output.empty()) {
    result.output = excerpt_.text();
  } else if (result.output.size() > k_excerpt_head + k_excerpt_tail) {
    Excerpt shorter;
    shorter.add(result.output);
    result.output = shorter.text();
  }
  if (!excerpt_.complete() && file_.exists()) result.log = setup_.log_name;
}

void BatchRun::report(std::size_t position, AttemptResult result)
{
  Case& what = cases_[position];
  if (!result.log.empty()) file_.keep();
  const bool keeps_output = kept_of_red_ + result.output.size() <= k_most_kept;
  if (is_red(result.outcome) && keeps_output) {
    what.result = result;
    kept_of_red_ += result.output.size();
  } else {
    what.result.outcome = result.outcome;
    what.result.duration = result.duration;
  }
  setup_.journal->test_finished(what.test, setup_.place, std::move(result));
}

SteadyTime BatchRun::deadline() const
{
  const auto with_limit = [](SteadyTime from, Millis limit) {
    return limit == Millis{0} ? SteadyTime::max() : from + limit;
  };
  switch (state_) {
  case BatchState::in_case:
    return with_limit(cases_[*current_].limit ? cases_[*current_].limited : cases_[*current_].began,
                      limit_of(cases_[*current_]));
  case BatchState::before_first:
  case BatchState::between:
  case BatchState::after_last:
    return with_limit(since_, longest_limit_);
  case BatchState::terminating:
    return since_ + setup_.limits->grace;
  case BatchState::killed:
    return since_ + k_unkillable;
  case BatchState::ended:
    return SteadyTime::max();
  }
  return SteadyTime::max();
}

Ending BatchRun::expired(SteadyTime now)
{
  if (!ending()) {
    timed_out_ = true;
    state_before_end_ = state_;
  }
  step(BatchStep::time_up, now);
  return state_ == BatchState::killed ? Ending::kill : Ending::terminate;
}

std::optional<Ending> BatchRun::stop(StopCause cause, SteadyTime now)
{
  if (ending()) return std::nullopt;
  stopped_ = cause;
  state_before_end_ = state_;
  step(BatchStep::told_to_end, now);
  return Ending::terminate;
}

void BatchRun::kill(SteadyTime now)
{
  step(BatchStep::told_to_die, now);
}

Leftover BatchRun::ended(const Ended& end, SteadyTime now)
{
  Leftover leftover;
  const bool told_all = state_ == BatchState::after_last;
  hear_end(end, now);
  const std::size_t before_end = finished_;
  if (timed_out_) settle_time_out(end, now, leftover);
  else if (stopped_) settle_stop(now, leftover);
  else if (!told_all) settle_own_end(end, now, leftover);
  else settle_bad_exit(end);
  leftover.cut_off = !one_case() && (timed_out_ || stopped_ || before_end < cases_.size());
  step(BatchStep::process_ended, now);
  file_.finish();
  if ((leftover.cut_off || ended_badly_) && setup_.retried == Retried::yes) doubt_passes(leftover);
  for (const Case& what : cases_) {
    if (!what.finished || !is_red(what.result.outcome)) continue;
    if (is_failure(what.result.outcome) && !hopeless_) leftover.failed.push_back(what.test);
    else leftover.red = true;
    const bool first = setup_.place.kind == event::AttemptKind::first;
    if (first && !one_case() && what.result.outcome != Outcome::not_run) leftover.isolated.push_back(what.test);
  }
  return leftover;
}

Leftover BatchRun::never_ran(const StartFailure& failure, SteadyTime now)
{
  for (std::size_t position = 0; position < cases_.size(); ++position) {
    if (cases_[position].finished) continue;
    AttemptResult result;
    result.outcome = Outcome::not_started;
    result.message = failure.message;
    finish(position, std::move(result), now);
  }
  step(BatchStep::process_ended, now);
  file_.finish();
  Leftover leftover;
  leftover.red = true;
  return leftover;
}

// What the reader says of a process that was told to end can only add red to what was known before.
void BatchRun::hear_end(const Ended& end, SteadyTime now)
{
  updates_.clear();
  reader_->finish(end, updates_);
  for (CaseUpdate& update : updates_) {
    auto* finished = std::get_if<CaseFinished>(&update);
    if (!finished || finished->position >= cases_.size()) continue;
    if (cases_[finished->position].finished) correct(finished->position, std::move(finished->result));
    else if (!ending()) finish(finished->position, std::move(finished->result), now);
  }
}

bool BatchRun::any_red() const
{
  return std::any_of(cases_.begin(), cases_.end(),
                     [](const Case& what) { return what.finished && is_red(what.result.outcome); });
}

std::vector<TestIndex> BatchRun::unfinished() const
{
  std::vector<TestIndex> tests;
  for (const Case& what : cases_)
    if (!what.finished) tests.push_back(what.test);
  return tests;
}

// Every way through here retires at least one case, or sends each to a process of its own, which does; what passed and is
// doubted is given once more.
void BatchRun::settle_own_end(const Ended& end, SteadyTime now, Leftover& leftover)
{
  if (current_) {
    finish(*current_, result_of_end(end, "inside this test"), now);
    leftover.remaining = unfinished();
    return;
  }
  if (finished_ == cases_.size()) return; // what it wrote for the end told of all
  if (finished_ > 0) leave_in_between(leftover);
  else leftover.alone = unfinished();
}

// The process left where no case is to blame. Any of its cases may have printed the passes of others before it left,
// and no result file tells: what passed has to pass again, unless the run is red anyway for what the reader said of the
// end.
void BatchRun::leave_in_between(Leftover& leftover) const
{
  leftover.remaining = unfinished();
  if (!any_red()) doubt_passes(leftover);
}

void BatchRun::doubt_passes(Leftover& leftover) const
{
  if (one_case() || !leftover.unconfirmed.empty()) return;
  for (const Case& what : cases_)
    if (what.finished && !is_red(what.result.outcome)) leftover.unconfirmed.push_back(what.test);
}

// A program that reported all its cases while it ran has ended badly afterwards, and no case says so: it may be any of
// them, and it is not green. (Where the exit code is the result, the reader reports nothing before the end.)
void BatchRun::settle_bad_exit(const Ended& end)
{
  ended_badly_ = end.signal != 0;
  if (any_red() || (end.signal == 0 && end.exit_code == 0)) return;
  ended_badly_ = true;
  correct(*last_finished_, result_of_end(end, "after its last test, this one, had finished"));
}

void BatchRun::settle_time_out(const Ended& end, SteadyTime now, Leftover& leftover)
{
  switch (state_before_end_) {
  case BatchState::in_case:
    finish(*current_,
           timed_out(end, fmt::format("ended at its time limit of {}{}", seconds(limit_of(cases_[*current_])),
                                      cases_[*current_].limit ? " after what it printed" : "")),
           now);
    leftover.remaining = unfinished();
    return;
  case BatchState::between:
    leave_in_between(leftover);
    return;
  case BatchState::after_last:
    correct(*last_finished_,
            timed_out(end, fmt::format("all tests had finished, but their program had not ended after {}",
                                       seconds(longest_limit_))));
    return;
  case BatchState::before_first:
    // Trying the others would hang as long each, and so would trying again.
    hopeless_ = true;
    for (std::size_t position = 0; position < cases_.size(); ++position)
      if (!cases_[position].finished)
        finish(position, timed_out(end, fmt::format("its program had begun no test after {}", seconds(longest_limit_))),
               now);
    return;
  case BatchState::terminating:
  case BatchState::killed:
  case BatchState::ended:
    return;
  }
}

void BatchRun::settle_stop(SteadyTime now, Leftover& leftover)
{
  if (current_) {
    AttemptResult result;
    result.outcome = Outcome::not_run;
    result.message =
      *stopped_ == StopCause::interrupted ? "interrupted while it ran" : "ended by --fail-fast while it ran";
    finish(*current_, std::move(result), now);
  }
  leftover.remaining = unfinished();
}

} // namespace sluice::runner
