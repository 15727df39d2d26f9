// One run as it happens: every event goes to the log, the record and the console, in this order, from one place.
// It decides nothing; the verdict is handed to it.
#pragma once

#include "cli/options.h"
#include "cli/project.h"
#include "cli/records/report_files.h"
#include "cli/records/run_log.h"
#include "model/change_set.h"
#include "model/run_record.h"
#include "reports/console.h"
#include "runner/executor.h"

#include <string>
#include <vector>

namespace sluice::cli {

class Session {
public:
  // Opens the run's folder and puts a red report where every report will be: a run that is killed leaves red behind.
  Session(Project& project, const Options& options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void start(const Options& options, const ChangeSet& change, int lanes);
  void announce(const Plan& plan, const Catalogue& catalogue);
  void emit(EventBody body);
  // What the runner says; settle() before anything is begun or awaited after it: then it is written and shown, in one
  // go for what was heard together.
  void on_event(const RunEvent& event);
  void settle();
  void tick();

  // Emits the verdict and replaces the red reports by the real ones. Returns the verdict's exit code. Throws
  // Error{world} when one of them cannot be written.
  int finish(const Verdict& verdict);

  // There was a verdict, but it could not be told to everybody who had to hear it: the log says so in a second
  // RunFinished, which is the one that counts, and the red reports are put back.
  void revoke(const std::string& why);

  const RunRecord& record() const { return fold_.record(); }
  const RunLog& log() const { return log_; }
  // Of the run's own junit.xml as finish() wrote it, hexadecimal SHA-256; empty before.
  const std::string& report_digest() const { return report_digest_; }

private:
  void show();
  void leave_red();
  void write_summary();

  RunLog log_;
  RunRecordFold fold_;
  Project& project_;
  std::vector<ReportRequest> requests_;
  reports::FormatOptions format_options_;
  MessageFormat messages_;
  std::string shown_; // and not yet written
  reports::Console console_;
  Timestamp started_;
  std::int64_t before_verdict_ = 0; // size of the log
  std::string report_digest_;
};

// Slices long waits, so that the console can redraw while nothing happens, and has written before what did happen.
class TickingExecutor : public runner::Executor {
public:
  TickingExecutor(runner::Executor& inner, Session& session) : inner_(inner), session_(session) {}
  std::variant<runner::ProcessId, runner::StartFailure> start(const runner::Command& command) override;
  void end(runner::ProcessId process, runner::Ending how) override;
  void wait(std::optional<runner::SteadyTime> until, std::vector<runner::ProcessEvent>& events) override;

private:
  runner::Executor& inner_;
  Session& session_;
};

} // namespace sluice::cli
