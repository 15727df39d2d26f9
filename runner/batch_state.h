// The states of one process that runs a batch, and the one function that changes them. The picture is in
// docs/design/scheduling.md.
#pragma once

namespace sluice::runner {

enum class BatchState {
  before_first, // it runs and has begun no case
  in_case,      // a case runs
  between,      // a case has ended, others are to come
  after_last,   // all cases have ended and the process still runs
  terminating,  // told to end (SIGTERM); what it reports from now on counts for nothing
  killed,       // SIGKILL was sent to its tree
  ended,
};

enum class BatchStep {
  case_started,
  case_finished, // and others are to come
  last_finished,
  time_up,     // the time limit of the state has passed
  told_to_end, // by an interrupt or fail-fast
  told_to_die, // by a second interrupt
  process_ended,
};

constexpr BatchState after(BatchState state, BatchStep step)
{
  const bool ending = state == BatchState::terminating || state == BatchState::killed;
  if (state == BatchState::ended || step == BatchStep::process_ended) return BatchState::ended;
  switch (step) {
  case BatchStep::case_started:
    return ending ? state : BatchState::in_case;
  case BatchStep::case_finished:
    return ending ? state : BatchState::between;
  case BatchStep::last_finished:
    return ending ? state : BatchState::after_last;
  case BatchStep::time_up:
    return ending ? BatchState::killed : BatchState::terminating;
  case BatchStep::told_to_end:
    return ending ? state : BatchState::terminating;
  case BatchStep::told_to_die:
    return BatchState::killed;
  case BatchStep::process_ended:
    return BatchState::ended;
  }
  return state;
}

} // namespace sluice::runner
