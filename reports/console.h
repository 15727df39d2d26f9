// What a person or a CI log sees while a run goes on, and its end summary. A listener of events that writes bytes
// through `Sink`; it never looks at files and knows no terminal but the facts it is given.
#pragma once

#include "model/run_record.h"
#include "reports/output_stream.h"

#include <memory>
#include <string>
#include <vector>

namespace sluice::reports {

enum class ConsoleStyle {
  live,  // a terminal: one status line that is redrawn, failures with their output above it
  plain, // a log: lines only
  quiet, // says all in under 300 bytes when green; failures in full
};

// Of which tests the output is shown.
enum class ShownOutput { failures, all, none };

struct ConsoleOptions {
  ConsoleStyle style = ConsoleStyle::plain;
  bool color = false;
  int width = 80;
  ShownOutput output = ShownOutput::failures;
  bool defuse_commands = false;          // the reader is a CI service that takes lines of a log for commands
  std::vector<std::string> report_files; // named at the end
};

class Console {
public:
  // `events`: the record of the run, if somebody keeps it anyhow; see Progress.
  Console(ConsoleOptions options, Sink sink, const RunRecordFold* events = nullptr);
  ~Console();

  // Takes the next event. Long-running tests are named and the status line is redrawn from tick().
  void event(const RunEvent& event);
  // Call it a few times a second while nothing happens: names tests that run for long (but in style quiet), and
  // redraws in style live.
  void tick(Timestamp now);

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace sluice::reports
