// One run as it happens: this is the one place from which every event goes to the log, the record and the console, in
// this order. It decides nothing; the verdict is handed to it. Everything is called from one thread.
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
  // Opens the run's folder and writes a red report wherever a report will be, so that a killed run leaves red behind.
  // Throws Error{world} if a folder or a report cannot be written.
  Session(Project& project, const Options& options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void start(const Options& options, const ChangeSet& change, int lanes);
  void announce(const Plan& plan, const Catalogue& catalogue);
  void emit(EventBody body);
  // Buffers one event of the runner. Call settle() before starting or waiting for anything: it writes and shows all
  // that was buffered.
  void on_event(const RunEvent& event);
  void settle();
  // Redraws the console: time has passed, although nothing happened.
  void tick();

  // Emits the verdict and replaces the red reports by the real ones. Returns the verdict's exit code. Throws
  // Error{world} if a report cannot be written.
  int finish(const Verdict& verdict);

  // Takes the verdict back because not everybody who had to hear it could be told. The log gets a second RunFinished,
  // which is the one that counts, and the red reports are put back.
  void revoke(const std::string& why);

  const RunRecord& record() const { return fold_.record(); }
  const RunLog& log() const { return log_; }
  // Hexadecimal SHA-256 of the run's own junit.xml as finish() wrote it; empty before finish().
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
  std::string shown_; // the console's output that is not yet written
  reports::Console console_;
  Timestamp started_;               // the run's start: its duration counts from here
  std::int64_t before_verdict_ = 0; // size of the log just before finish(), in bytes; revoke() cuts back to it
  std::string report_digest_;
};

// Cuts long waits into slices so that the console can redraw, and settles the session before each wait.
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
