#include "reports/console_text.h"

#include "reports/attempt_words.h"
#include "reports/change_words.h"
#include "reports/conduct_words.h"
#include "reports/phrases.h"
#include "reports/plan_words.h"
#include "reports/text.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::reports {

namespace {

constexpr std::size_t k_quiet_green_bytes = 300;
constexpr std::size_t k_failures_shown = 50;
constexpr std::size_t k_lines_shown = 10; // of reasons, evidence, escalations
constexpr std::size_t k_slowest_shown = 3;
constexpr std::chrono::seconds k_slow{1};

struct Tally {
  std::size_t passed = 0, skipped = 0, red = 0;
  std::vector<const TestRecord*> failed;    // red, and begun
  std::vector<const TestRecord*> not_begun; // red, because nothing was seen of them
  std::vector<const TestRecord*> flaky;     // of the passed
  std::vector<const TestRecord*> quarantined;
};

Tally tally(const RunRecord& record)
{
  Tally tally;
  for (const TestRecord& test : record.tests) {
    if (!test.selected()) continue;
    switch (test.standing()) {
    case Standing::flaky:
      tally.flaky.push_back(&test);
      [[fallthrough]];
    case Standing::passed:
      ++tally.passed;
      break;
    case Standing::skipped:
      ++tally.skipped;
      break;
    case Standing::quarantined:
      tally.quarantined.push_back(&test);
      break;
    case Standing::red:
      ++tally.red;
      (test.outcome() == Outcome::not_run ? tally.not_begun : tally.failed).push_back(&test);
    }
  }
  return tally;
}

class Summary {
public:
  Summary(const Progress& progress, const event::RunFinished& finished, const ConsoleOptions& options)
    : progress_(progress), verdict_(finished.verdict), duration_(finished.duration), options_(options),
      tally_(tally(progress.record()))
  {
  }

  std::string write()
  {
    const bool green = verdict_.status == VerdictStatus::passed && tally_.red == 0;
    if (green && options_.style == ConsoleStyle::quiet) return quiet_green();
    std::string text = headline();
    text += reasons() + violated_rules() + failures() + excused() + escalations() + sandbox() + findings();
    text += options_.style == ConsoleStyle::quiet ? compared() : slowest();
    return text += reports();
  }

private:
  std::string headline() const
  {
    const Paint paint = verdict_.status == VerdictStatus::passed ? Paint::good : Paint::bad;
    std::string text =
      fmt::format("{}  {} run", painted(to_string(verdict_.status), paint, options_), progress_.selected());
    if (tally_.red > 0) text += fmt::format(" ({} passed, {} failed)", tally_.passed, tally_.failed.size());
    if (!tally_.not_begun.empty()) text += fmt::format(", {} of them not begun", tally_.not_begun.size());
    if (!tally_.flaky.empty()) text += fmt::format(", {} of them flaky", tally_.flaky.size());
    if (!tally_.quarantined.empty())
      text += fmt::format(", {} of them failed in quarantine", tally_.quarantined.size());
    if (tally_.skipped > 0) text += fmt::format(", {} of them skipped by themselves", tally_.skipped);
    text += fmt::format(", {} reused, {} left out, in {}\n", progress_.reused(), progress_.left_out(),
                        human_duration(duration_));
    return text;
  }

  // All that fits: each line is whole or absent.
  std::string quiet_green() const
  {
    std::string text = headline();
    const std::size_t widened = progress_.record().plan.escalations.size();
    const auto add = [&](const std::string& line) {
      if (text.size() + line.size() <= k_quiet_green_bytes) text += line;
    };
    if (tally_.flaky.size() + tally_.quarantined.size() <= 2) add(excused());
    if (widened == 1) add(escalations());
    else if (widened > 1) add(fmt::format("widened for {} reasons: sluice plan\n", widened));
    const std::size_t found = finding_lines(progress_.record()).size();
    if (found == 1) add(findings());
    else if (found > 1) add(fmt::format("finding  {} of them; without --quiet they are named\n", found));
    // What was judged, unless another line needs the room.
    if (const std::string change = compared(); text.size() + change.size() + reports().size() <= k_quiet_green_bytes)
      text += change;
    add(reports());
    return text;
  }

  std::string compared() const
  {
    const std::string words = compared_words(progress_.record().started);
    return words.empty() ? words : fmt::format("change  {}\n", words);
  }

  static std::string lines(const std::vector<std::string>& values, std::string_view indent)
  {
    std::string text;
    for (std::size_t i = 0; i < std::min(values.size(), k_lines_shown); ++i)
      text += fmt::format("{}{}\n", indent, shown(values[i]));
    if (values.size() > k_lines_shown) text += fmt::format("{}and {} more\n", indent, values.size() - k_lines_shown);
    return text;
  }

  std::string reasons() const { return lines(verdict_.reasons, "  "); }

  std::string violated_rules() const
  {
    std::string text;
    for (const RuleFinding& finding : verdict_.rules) {
      if (finding.status != RuleStatus::violated) continue;
      text += fmt::format("\n{}  {}\n", painted("RULE VIOLATED", Paint::bad, options_), shown(finding.rule));
      if (!finding.summary.empty()) text += "  " + shown(finding.summary) + "\n";
      text += lines(finding.evidence, "    ");
    }
    return text;
  }

  std::string failures() const
  {
    std::string text;
    const std::size_t count = std::min(tally_.failed.size(), k_failures_shown);
    for (std::size_t i = 0; i < count; ++i) text += failure(*tally_.failed[i]);
    if (count < tally_.failed.size())
      text += fmt::format("\nand {} more that failed; sluice run --rerun-failed repeats them\n",
                          tally_.failed.size() - count);
    if (tally_.not_begun.empty()) return text;
    text += fmt::format("\n{}  {}", painted(outcome_word(Outcome::not_run), Paint::bad, options_),
                        counted(tally_.not_begun.size(), "test"));
    for (std::size_t i = 0; i < std::min(tally_.not_begun.size(), k_slowest_shown); ++i)
      text += (i == 0 ? ": " : ", ") + shown(tally_.not_begun[i]->planned.test.value);
    if (tally_.not_begun.size() > k_slowest_shown) text += " ...";
    return text += '\n';
  }

  std::string failure(const TestRecord& test) const
  {
    const Attempt* attempt = deciding_attempt(test);
    std::string text = fmt::format("\n{}  {}\n  {}\n", painted(outcome_word(test.outcome()), Paint::bad, options_),
                                   shown(test.planned.test.value), test_message(test));
    if (const std::string location = test_location(test, attempt); !location.empty()) text += "  " + location + "\n";
    const std::string written = attempt ? written_path(progress_.record(), *attempt) : std::string();
    if (!written.empty()) text += "  what it wrote: " + written + "\n";
    return text += "  " + repeat_command(test.planned.test.value) + "\n";
  }

  // What failed and did not turn the verdict red.
  std::string excused() const
  {
    std::string text;
    for (const auto& [word, tests] :
         {std::pair("FLAKY", &tally_.flaky), std::pair("QUARANTINED", &tally_.quarantined)}) {
      for (std::size_t i = 0; i < std::min(tests->size(), k_lines_shown); ++i)
        text += fmt::format("{}  {}: {}\n", painted(word, Paint::careful, options_),
                            shown((*tests)[i]->planned.test.value), test_message(*(*tests)[i]));
      if (tests->size() > k_lines_shown)
        text +=
          fmt::format("{}  and {} more\n", painted(word, Paint::careful, options_), tests->size() - k_lines_shown);
    }
    return text;
  }

  std::string escalations() const
  {
    const std::vector<Escalation>& all = progress_.record().plan.escalations;
    std::string text;
    for (std::size_t i = 0; i < std::min(all.size(), k_lines_shown); ++i) {
      text += fmt::format("{}  {}\n", painted("widened", Paint::careful, options_), escalation_words(all[i]));
      if (!all[i].mend.empty()) text += "         to narrow it: " + shown(all[i].mend) + "\n";
    }
    if (all.size() > k_lines_shown)
      text += fmt::format("         and for {} more reasons\n", all.size() - k_lines_shown);
    return text;
  }

  // Only where it is less than it could be.
  std::string sandbox() const
  {
    const std::optional<SandboxReport>& sandbox = progress_.record().sandbox;
    if (!sandbox || (sandbox->level == SandboxLevel::full && sandbox->observed)) return {};
    return fmt::format("{}  {}\n", painted("sandbox", Paint::careful, options_), sandbox_words(*sandbox)) +
           lines(sandbox->losses, "         ");
  }

  std::string findings() const
  {
    const std::vector<std::string> all = finding_lines(progress_.record());
    std::string text;
    for (std::size_t i = 0; i < std::min(all.size(), k_lines_shown); ++i)
      text += fmt::format("{}  {}\n", painted("finding", Paint::careful, options_), all[i]);
    if (all.size() > k_lines_shown) text += fmt::format("         and {} more\n", all.size() - k_lines_shown);
    return text;
  }

  std::string slowest() const
  {
    std::vector<std::pair<std::chrono::microseconds, const TestRecord*>> slow;
    for (const TestRecord& test : progress_.record().tests) {
      const Attempt* attempt = deciding_attempt(test);
      if (attempt && attempt->result.duration >= k_slow) slow.emplace_back(attempt->result.duration, &test);
    }
    const std::size_t count = std::min(slow.size(), k_slowest_shown);
    std::partial_sort(slow.begin(), slow.begin() + static_cast<std::ptrdiff_t>(count), slow.end(),
                      [](const auto& a, const auto& b) {
                        if (a.first != b.first) return a.first > b.first;
                        return a.second->planned.test < b.second->planned.test;
                      });
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
      text += fmt::format("{}{} {}", i == 0 ? "slowest  " : ", ", shown(slow[i].second->planned.test.value),
                          human_duration(slow[i].first));
    return text.empty() ? text : text + "\n";
  }

  std::string reports() const
  {
    std::string text;
    for (const std::string& file : options_.report_files) text += (text.empty() ? "reports  " : ", ") + shown(file);
    return text.empty() ? text : text + "\n";
  }

  const Progress& progress_;
  const Verdict& verdict_;
  std::chrono::microseconds duration_;
  const ConsoleOptions& options_;
  Tally tally_;
};

} // namespace

std::string summary_text(const Progress& progress, const event::RunFinished& finished, const ConsoleOptions& options)
{
  return Summary(progress, finished, options).write();
}

} // namespace sluice::reports
