// Every way in which one attempt at a test can end. A failing test is data, never an error.
// What an outcome means for a verdict is policy/'s business, except for the one distinction that everybody needs: red.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

enum class Outcome : std::uint8_t {
  passed,
  failed,      // an assertion said no, or a non-zero exit code, or an output pattern
  crashed,     // ended by a signal
  timed_out,   // ended by us at its time limit
  skipped,     // the test itself asked to be skipped
  lost,        // its program ended as if all were well, without ever reporting this test: never green
  not_started, // could not be started: program missing, not executable, required file absent
  not_run,     // planned but never begun: interrupted, fail-fast, a fixture or the build failed
};

// True for what turns a verdict red. Skipped is not red by itself; a rule may make it so.
bool is_red(Outcome outcome);

// Red, and the test itself was at work: it may be tried again, and a quarantine may excuse it. What never began is
// excused by nothing.
bool is_failure(Outcome outcome);

std::string_view to_string(Outcome outcome); // "timed-out"
std::optional<Outcome> outcome_from_string(std::string_view text);

struct AttemptResult {
  Outcome outcome = Outcome::not_run;
  std::chrono::microseconds duration{0};
  std::string message; // one line: what went wrong, or why it was skipped; raw bytes of the test may be in it
  std::string file;    // where the assertion stands, as the framework reported it; may be empty
  int line = 0;
  int exit_code = 0;  // of the process, when it exited by itself
  int signal = 0;     // that ended the process; 0 if none
  std::string output; // raw bytes, head and tail kept (see runner/output.h); empty for passed
  std::string log;    // path of the full output relative to the run's folder; empty if `output` is all there is
  friend bool operator==(const AttemptResult&, const AttemptResult&) = default;
};

} // namespace sluice
