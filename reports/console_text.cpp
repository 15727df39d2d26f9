#include "reports/console_text.h"

#include "reports/attempt_words.h"
#include "reports/phrases.h"
#include "reports/plan_words.h"
#include "reports/text.h"

#include <fmt/format.h>

namespace sluice::reports {

namespace {

constexpr std::size_t k_output_shown = 8'000;
constexpr std::size_t k_build_output_shown = 20'000;
constexpr std::chrono::seconds k_never_slow{1}; // whatever history says

std::string indented(std::string_view text, std::string_view indent)
{
  std::string out;
  out.reserve(text.size() + text.size() / 20 + indent.size());
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (!line.empty()) out.append(indent).append(line);
    out += '\n';
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

std::string running_words(const RunningTest& running)
{
  std::string words = fmt::format("{} {}", shown(running.test->planned.test.value), human_duration(running.elapsed));
  const auto expected = running.test->planned.expected;
  if (expected && running.elapsed > k_never_slow && running.elapsed > 2 * *expected)
    words += fmt::format(" (slow: usually {})", human_duration(*expected));
  return words;
}

} // namespace

std::string painted(std::string_view text, Paint paint, const ConsoleOptions& options)
{
  if (!options.color) return std::string(text);
  const auto code = [&] {
    switch (paint) {
    case Paint::good:
      return "32";
    case Paint::bad:
      return "1;31";
    case Paint::careful:
      return "33";
    case Paint::faint:
      return "2";
    }
    return "0";
  }();
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::string_view outcome_word(Outcome outcome)
{
  switch (outcome) {
  case Outcome::passed:
    return "passed";
  case Outcome::failed:
    return "FAILED";
  case Outcome::crashed:
    return "CRASHED";
  case Outcome::timed_out:
    return "TIMED OUT";
  case Outcome::skipped:
    return "skipped";
  case Outcome::lost:
    return "LOST";
  case Outcome::not_started:
    return "NOT STARTED";
  case Outcome::not_run:
    return "NOT RUN";
  }
  return "?";
}

std::string failure_text(const TestRecord& test, const event::RunStarted& run, WithOutput output,
                         const ConsoleOptions& options)
{
  const Attempt* attempt = deciding_attempt(test);
  const Outcome outcome = attempt ? attempt->result.outcome : Outcome::not_run;
  const bool excused = test.standing() == Standing::quarantined;
  std::string text = fmt::format("{}  {}",
                                 excused ? painted("QUARANTINED", Paint::careful, options)
                                         : painted(outcome_word(outcome), Paint::bad, options),
                                 shown(test.planned.test.value));
  if (attempt) text += fmt::format("  ({})", human_duration(attempt->result.duration));
  text += fmt::format("\n  {}\n", test_message(test));
  if (const std::string location = test_location(test, attempt); !location.empty()) text += "  " + location + "\n";
  if (!attempt || output == WithOutput::no) return text;
  if (!attempt->result.output.empty()) text += output_text(*attempt);
  if (const std::string log = log_path(run, *attempt); !log.empty()) text += "  full output: " + log + "\n";
  return text;
}

std::string output_text(const Attempt& attempt)
{
  std::string text = indented(excerpt(attempt.result.output, k_output_shown), "    ");
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

std::string build_failure_text(const event::BuildFinished& build, const ConsoleOptions& options)
{
  std::string text = fmt::format("{}  exit code {}, after {}\n", painted("BUILD FAILED", Paint::bad, options),
                                 build.exit_code, human_duration(build.duration));
  return text += indented(excerpt(build.output, k_build_output_shown), "  ");
}

std::string status_line(const Progress& progress, Timestamp now, const ConsoleOptions& options)
{
  const RunRecord& record = progress.record();
  std::string line;
  if (progress.done() == 0 && record.build_started && !record.build)
    line = record.build_started->targets.empty()
             ? "building"
             : fmt::format("building {}", counted(record.build_started->targets.size(), "target"));
  else if (progress.selected() == 0) line = "planning";
  else line = fmt::format("[{}/{}]", progress.done(), progress.selected());

  if (progress.red() > 0) line += fmt::format(" {} failed", progress.red());
  if (const auto left = progress.time_left(now);
      left && progress.selected() > 0 && progress.done() < progress.selected())
    line += fmt::format(", {} left", human_duration(*left));
  const std::vector<RunningTest> running = progress.running(now);
  for (std::size_t i = 0; i < running.size() && display_width(line) < options.width; ++i)
    line += (i == 0 ? " | " : ", ") + running_words(running[i]);
  // The last column stays free: some terminals wrap as soon as it is filled.
  return fit_width(line, options.width - 1);
}

} // namespace sluice::reports
