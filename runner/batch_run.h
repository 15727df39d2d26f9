// One process that runs a batch: follows which case runs, bounds its time, keeps its output, and when the process has
// ended says how each case ended and what is left to do. It starts and ends no process itself; the run does what
// expired() and stop() return. Everything is called from the run's thread; `now` never goes back from call to call.
#pragma once

#include "runner/batch_state.h"
#include "runner/executor.h"
#include "runner/framework.h"
#include "runner/journal.h"
#include "runner/output.h"
#include "runner/schedule.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice::runner {

enum class StopCause { interrupted, fail_fast };

// Whether a failed test is tried again, so that the run may end green although its process crashed.
enum class Retried { no, yes };

// What becomes of the output of a test that passed.
enum class PassedOutput { dropped, kept };

struct BatchSetup {
  const Catalogue* catalogue = nullptr;
  const RunConfig* limits = nullptr;
  Journal* journal = nullptr;
  AttemptPlace place;
  std::string log_path; // file for the whole output, if it is long
  std::string log_name; // what AttemptResult::log calls it
  PassedOutput passed_output = PassedOutput::dropped;
  Retried retried = Retried::no;
};

class BatchRun {
public:
  // `cases` are those of `request`, which outlives this.
  BatchRun(BatchSetup setup, std::vector<TestIndex> cases, const Framework& framework, const BatchRequest& request,
           SteadyTime now);

  // The process has printed these bytes: journals the cases that begin and end in them.
  void feed(std::string_view bytes, SteadyTime now);

  // When expired() must be called.
  SteadyTime deadline() const;
  // The deadline has passed: returns how to end the process.
  Ending expired(SteadyTime now);
  // The run stops: returns how to end the process; nullopt if it is being ended already.
  std::optional<Ending> stop(StopCause cause, SteadyTime now);
  // The caller kills the process next.
  void kill(SteadyTime now);

  // The process has ended: journals how every case ended, except those in the result, which are left to be run.
  Leftover ended(const Ended& end, SteadyTime now);

  // The program could not be executed: every case is not_started.
  Leftover never_ran(const StartFailure& failure, SteadyTime now);

  BatchState state() const { return state_; }
  std::size_t cases() const { return cases_.size(); }
  std::size_t finished_cases() const { return finished_; }
  SteadyTime started() const { return started_; }
  // From the start of the process to its first case; nullopt if that was not seen.
  std::optional<Duration> startup() const { return startup_; }

private:
  struct Case {
    TestIndex test{};
    bool begun = false;
    bool finished = false;
    AttemptResult result; // as reported; its output only as long as k_most_kept allows
    SteadyTime began{};
    std::optional<Millis> limit{}; // instead of its own, from `limited` on
    SteadyTime limited{};
  };

  // While the process runs.
  void step(BatchStep step, SteadyTime now);
  bool ending() const { return state_ == BatchState::terminating || state_ == BatchState::killed; }
  bool one_case() const { return cases_.size() == 1; }
  void feed_piece(std::string_view piece, SteadyTime now);
  void begin(std::size_t position, SteadyTime now);
  void finish(std::size_t position, AttemptResult result, SteadyTime now);
  void correct(std::size_t position, AttemptResult result);
  void report(std::size_t position, AttemptResult result);
  void complete(AttemptResult& result) const;
  Millis limit_of(const Case& what) const;

  // When it has ended.
  void hear_end(const Ended& end, SteadyTime now);
  void settle_own_end(const Ended& end, SteadyTime now, Leftover& leftover);
  void settle_bad_exit(const Ended& end);
  void settle_time_out(const Ended& end, SteadyTime now, Leftover& leftover);
  void settle_stop(SteadyTime now, Leftover& leftover);
  bool any_red() const;
  void leave_in_between(Leftover& leftover) const;
  // What passed has to pass again: the test that ended the process may have printed the passes of others before, and
  // a retry may excuse its own end.
  void doubt_passes(Leftover& leftover) const;
  std::vector<TestIndex> unfinished() const;

  BatchSetup setup_;
  std::unique_ptr<BatchReader> reader_;
  std::vector<Case> cases_;
  std::vector<CaseUpdate> updates_; // reused
  BatchState state_ = BatchState::before_first;
  BatchState state_before_end_ = BatchState::before_first; // when it was told to end
  std::optional<StopCause> stopped_;
  bool timed_out_ = false;
  bool ended_badly_ = false; // after its last case
  bool hopeless_ = false;    // it would hang again
  SteadyTime started_;
  SteadyTime since_; // the state's own clock
  std::optional<Duration> startup_;
  std::optional<std::size_t> current_;
  std::optional<std::size_t> last_finished_;
  std::size_t finished_ = 0;
  Millis longest_limit_{0}; // 0: one of the cases has none
  Excerpt excerpt_;         // of the current case; of the whole process when it runs one case
  std::size_t kept_of_red_ = 0;
  OutputFile file_;
};

} // namespace sluice::runner
