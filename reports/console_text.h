// The blocks of text that the console is made of: a failure, a failed build, the status line, the end summary. Pure:
// text from a Progress; the console decides when and where it is written. Everything a test could have chosen is
// cleaned.
#pragma once

#include "reports/console.h"
#include "reports/progress.h"

#include <string>
#include <string_view>

namespace sluice::reports {

enum class Paint { good, bad, careful, faint };

// `text` in colour if the options ask for it.
std::string painted(std::string_view text, Paint paint, const ConsoleOptions& options);

// "passed", "FAILED", "TIMED OUT": the word for an outcome, in capitals if it is red.
std::string_view outcome_word(Outcome outcome);

// What went wrong, where, and the output of the attempt, indented; ends with a line break.
enum class WithOutput { yes, no };
std::string failure_text(const TestRecord& test, const event::RunStarted& run, WithOutput output,
                         const ConsoleOptions& options);

// What the attempt printed, indented; ends with a line break.
std::string output_text(const Attempt& attempt);

std::string build_failure_text(const event::BuildFinished& build, const ConsoleOptions& options);

// One line, without a line break, of at most `options.width` columns.
std::string status_line(const Progress& progress, Timestamp now, const ConsoleOptions& options);

// Verdict first; in style quiet at most 300 bytes when the verdict is PASSED.
std::string summary_text(const Progress& progress, const event::RunFinished& finished, const ConsoleOptions& options);

} // namespace sluice::reports
