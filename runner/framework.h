// The seam to test frameworks: how a batch of cases of one program is started, and how its output becomes results.
// A framework does not know processes, time limits or lanes: the runner starts the command, feeds what it prints, and
// asks which case is running. Listing is not here, since the runner gets a finished plan.
#pragma once

#include "model/catalogue.h"
#include "model/outcome.h"
#include "runner/executor.h"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sluice::runner {

// Cases of one program, in the order in which they shall run.
struct BatchRequest {
  const Program* program = nullptr;
  std::span<const TestCase* const> cases;
  std::string scratch;                  // existing private folder for this batch's own files, removed afterwards
  std::vector<std::string> environment; // what tests inherit, "NAME=value"; the framework applies the launch's changes
};

// What a reader tells while output arrives. `position` counts within BatchRequest::cases. A result whose `output` or
// `duration` is left empty gets them from the runner.
struct CaseStarted {
  std::size_t position = 0;
};
struct CaseFinished {
  std::size_t position = 0;
  AttemptResult result;
};
// From now on the case has this long, whatever it has used up.
struct CaseLimited {
  std::size_t position = 0;
  Millis limit{0};
};
using CaseUpdate = std::variant<CaseStarted, CaseFinished, CaseLimited>;

// Reads one batch. Exactly one CaseFinished for each case that the program verifiably ran to its end; cases without one
// are the runner's business (it knows whether the process crashed, hung or left early).
class BatchReader {
public:
  virtual ~BatchReader() = default;

  // Takes the next bytes of the combined output and appends what they tell. The bytes of a batch of several cases come
  // line by line, so that the runner knows which output belongs to the case that runs.
  virtual void feed(std::string_view bytes, std::vector<CaseUpdate>& updates) = 0;

  // The process has ended. Appends what only the end can tell: the result of a whole-program case, or the correction
  // of cases whose printed result the framework's own result file does not confirm. A case that was reported before and
  // is reported here again takes the later result, except that red stays red.
  virtual void finish(const Ended& ended, std::vector<CaseUpdate>& updates) = 0;
};

class Framework {
public:
  virtual ~Framework() = default;

  // The command for the batch. One case may be asked for alone; then the command runs just that case.
  virtual Command command(const BatchRequest& request) const = 0;

  // A reader for one started batch. `request` outlives it.
  virtual std::unique_ptr<BatchReader> reader(const BatchRequest& request) const = 0;

  // How many cases one process may be given at once (argument length, or 1 where cases cannot share a process).
  virtual std::size_t most_cases_per_batch(const Program& program) const = 0;
};

// Finds the framework of a program; never null.
using FrameworkOf = std::function<const Framework&(const Program&)>;

} // namespace sluice::runner
