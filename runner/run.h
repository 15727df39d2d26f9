// Carries out a plan: lanes, order, batches, limits, events.
// It needs neither git nor graph nor store, and knows no cache: reuse was decided while planning. All that it says goes
// through the listener; its only return value is whether it came to its end. One thread; the executor does the waiting.
#pragma once

#include "model/catalogue.h"
#include "model/config.h"
#include "model/history.h"
#include "model/plan.h"
#include "model/run_event.h"
#include "runner/executor.h"
#include "runner/framework.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace sluice::runner {

using Listener = std::function<void(const RunEvent&)>;

// Hears of every process that ended, before its BatchFinished: the tests it was given, and what its tree was seen to
// use (null when the executor does not observe).
using ObservationListener =
  std::function<void(std::span<const TestIndex> tests, const std::shared_ptr<const Observation>& observation)>;

struct RunOptions {
  int lanes = 1;
  int fail_fast = 0;                      // number of red tests after which no more are started; 0: no limit
  int repeat = 1;                         // run each selected test so often; fixtures are set up and cleaned up once
  int retries = 0;                        // try a failed test again, alone, so often; nothing with `repeat`
  std::uint64_t shuffle = 0;              // seed of a random order; 0: longest first by history
  bool keep_passed_output = false;        // events carry what passed tests printed, too
  Isolation isolation = Isolation::batch; // one_case overrides every program's own
  RunConfig limits;
  std::vector<std::string> environment; // what tests inherit, "NAME=value"
  std::string scratch;                  // existing folder for batches' own files
  std::string logs;             // existing folder for outputs that are too long for events; AttemptResult::log names
                                // files in it, relative to its parent
  ObservationListener observed; // may be empty
};

enum class RunEnd { complete, interrupted, stopped_early };

// --repeat looks for what a retry would hide.
inline int retries_of(const RunOptions& options)
{
  return options.repeat > 1 || options.retries < 0 ? 0 : options.retries;
}

// Runs every entry of the plan that says Run, and emits BatchStarted, TestStarted, TestFinished, BatchFinished and
// Interrupted. Each selected test gets at least one TestFinished; one that never began gets outcome not_run with the
// reason. A result may be corrected by a later TestFinished of the same attempt (a program that crashes after its last
// test, a result file that does not confirm what was printed); a correction never turns red into green. Throws
// Error{world} only if the executor cannot go on at all.
RunEnd run(const Plan& plan, const Catalogue& catalogue, const RunOptions& options, Executor& executor, Clock& clock,
           const FrameworkOf& framework_of, const Listener& listener);

} // namespace sluice::runner
