// One process that runs a batch: follows which case runs, bounds its time, keeps its output, and when the process has
// ended says exactly what came of each case and what is left to do. It starts and ends no process itself; the run does
// as expired() and stop() say.
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

// What becomes of what a test printed that passed.
enum class PassedOutput { dropped, kept };

struct BatchSetup {
  const Catalogue* catalogue = nullptr;
  const RunConfig* limits = nullptr;
  Journal* journal = nullptr;
  AttemptPlace place;
  std::string log_path; // where the whole output goes if it is long
  std::string log_name; // what AttemptResult::log calls it
  PassedOutput passed_output = PassedOutput::dropped;
  Retried retried = Retried::no;
};

class BatchRun {
public:
  // `cases` are those of `request`, which outlives this.
  BatchRun(BatchSetup setup, std::vector<TestIndex> cases, const Framework& framework, const BatchRequest& request,
           SteadyTime now);

  void feed(std::string_view bytes, SteadyTime now);

  // When expired() wants to be called.
  SteadyTime deadline() const;
  // The deadline has passed: what to do to the process.
  Ending expired(SteadyTime now);
  // Nothing for a process that is being ended already.
  std::optional<Ending> stop(StopCause cause, SteadyTime now);
  void kill(SteadyTime now);

  // Says what came of every case that is not in the result.
  Leftover ended(const Ended& end, SteadyTime now);

  // It turned out that it could not be executed: every case is not_started.
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
