#include "reports/history_text.h"

#include "reports/json_writer.h"
#include "reports/phrases.h"
#include "reports/plan_words.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace sluice::reports {

namespace {

constexpr std::size_t k_shown = 10;

Timestamp time_of(std::int64_t micros)
{
  return Timestamp(std::chrono::microseconds(micros));
}

std::string json_text(const auto& write)
{
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.number("v", 1);
  write(json);
  json.end_object();
  return out += '\n';
}

struct Sums {
  std::size_t passed = 0, executed = 0, reused = 0;
  std::chrono::microseconds wall{0}, spent{0}, saved{0};
};

Sums sums_of(const std::vector<RunSummary>& runs)
{
  Sums sums;
  for (const RunSummary& run : runs) {
    sums.passed += run.finished && run.status == VerdictStatus::passed;
    sums.executed += run.counts.selected;
    sums.reused += run.counts.reused;
    sums.wall += run.duration;
    sums.spent += run.spent;
    sums.saved += run.saved;
  }
  return sums;
}

// What widened plans, most often first.
std::vector<std::pair<std::string, std::size_t>> escalations_of(const std::vector<RunSummary>& runs)
{
  std::map<std::string, std::size_t> count;
  for (const RunSummary& run : runs)
    for (const Escalation& escalation : run.escalations) ++count[escalation_words(escalation)];
  std::vector<std::pair<std::string, std::size_t>> sorted(count.begin(), count.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return sorted;
}

std::string excuse(const HistoryLine& line)
{
  if (!is_excused(line.standing)) return {};
  return line.standing == Standing::flaky ? ", passed on a retry" : ", in quarantine";
}

void write(JsonWriter& json, const StatisticsLine& line)
{
  json.begin_object();
  json.text("test", line.test);
  json.count("runs", line.runs);
  json.count("red", line.red);
  json.count("retried", line.retried);
  json.number("total_us", line.total.count());
  json.number("longest_us", line.longest.count());
  json.end_object();
}

} // namespace

std::string history_text(const std::string& test, const std::vector<HistoryLine>& lines)
{
  if (lines.empty()) return fmt::format("{} was executed in no run that is remembered\n", shown(test));
  std::string text;
  const auto red =
    std::count_if(lines.begin(), lines.end(), [](const HistoryLine& line) { return is_red(line.outcome); });
  text += fmt::format("{}: executed in {}, red in {}\n", shown(test), counted(lines.size(), "run"), red);
  for (const HistoryLine& line : lines)
    text +=
      fmt::format("  {}  {:<11}  {:>9}{}{}  {}{}\n", utc_seconds(time_of(line.started)), to_string(line.outcome),
                  human_duration(line.duration), excuse(line),
                  line.attempts > 1 ? fmt::format(", {} attempts", line.attempts) : std::string(), line.run,
                  line.head.empty() ? "" : fmt::format("  {}{}", line.head.substr(0, 12), line.clean ? "" : " +"));
  return text;
}

std::string history_json(const std::string& test, const std::vector<HistoryLine>& lines)
{
  return json_text([&](JsonWriter& json) {
    json.text("test", test);
    json.begin_array("outcomes");
    for (const HistoryLine& line : lines) {
      json.begin_object();
      json.text("run", line.run);
      json.number("started", line.started);
      json.text_if_any("head", line.head);
      json.flag("clean", line.clean);
      json.text("outcome", to_string(line.outcome));
      if (is_excused(line.standing)) json.text("standing", to_string(line.standing));
      json.number("attempts", line.attempts);
      json.number("duration_us", line.duration.count());
      json.end_object();
    }
    json.end_array();
  });
}

std::string flaky_text(const std::vector<FlakyLine>& lines)
{
  if (lines.empty())
    return "no test is known to have passed and failed with the same inputs, or to have passed on a retry\n";
  std::string text;
  for (const FlakyLine& line : lines) {
    text += fmt::format("{}\n  red in {} of {}", shown(line.test), line.red, counted(line.runs, "run"));
    if (line.same_inputs > 0) text += fmt::format(", both ways with the same inputs {}x", line.same_inputs);
    if (line.same_tree > 0) text += fmt::format(", both ways on one commit {}x", line.same_tree);
    if (line.on_retry > 0) text += fmt::format(", passed on a retry {}x", line.on_retry);
    text += fmt::format("\n  sluice history {}\n", shell_word(line.test));
  }
  return text;
}

std::string flaky_json(const std::vector<FlakyLine>& lines)
{
  return json_text([&](JsonWriter& json) {
    json.begin_array("flaky");
    for (const FlakyLine& line : lines) {
      json.begin_object();
      json.text("test", line.test);
      json.count("runs", line.runs);
      json.count("red", line.red);
      json.count("same_inputs", line.same_inputs);
      json.count("same_tree", line.same_tree);
      json.count("on_retry", line.on_retry);
      json.end_object();
    }
    json.end_array();
  });
}

std::string stats_text(const std::vector<RunSummary>& runs, std::vector<StatisticsLine> tests)
{
  if (runs.empty()) return "there is no run yet; start one: sluice run\n";
  const Sums sums = sums_of(runs);
  std::string text = fmt::format("{}, {} passed; {} executed, {} reused\n"
                                 "  {} spent in tests, {} saved by reuse; the runs took {} in all\n",
                                 counted(runs.size(), "run"), sums.passed, counted(sums.executed, "test"), sums.reused,
                                 human_duration(sums.spent), human_duration(sums.saved), human_duration(sums.wall));
  const auto list = [&](std::string_view title, auto more, auto wanted, auto words) {
    std::stable_sort(tests.begin(), tests.end(), more);
    std::size_t listed = 0;
    for (const StatisticsLine& line : tests) {
      if (listed == k_shown || !wanted(line)) break;
      if (listed++ == 0) text += fmt::format("{}\n", title);
      text += fmt::format("  {}  {}\n", words(line), shown(line.test));
    }
  };
  list(
    "most time", [](const auto& a, const auto& b) { return a.total > b.total; },
    [](const auto& line) { return line.total.count() > 0; },
    [](const auto& line) {
      return fmt::format("{:>12} in {}, longest {}", human_duration(line.total), counted(line.runs, "run"),
                         human_duration(line.longest));
    });
  list(
    "most often red", [](const auto& a, const auto& b) { return a.red > b.red; },
    [](const auto& line) { return line.red > 0; },
    [](const auto& line) { return fmt::format("{:>3} of {:<9}", line.red, counted(line.runs, "run")); });
  const auto escalations = escalations_of(runs);
  if (!escalations.empty()) text += "what widened plans\n";
  for (std::size_t i = 0; i < std::min(escalations.size(), k_shown); ++i)
    text += fmt::format("  {:>3}x  {}\n", escalations[i].second, escalations[i].first);
  return text;
}

std::string stats_json(const std::vector<RunSummary>& runs, const std::vector<StatisticsLine>& tests)
{
  return json_text([&](JsonWriter& json) {
    const Sums sums = sums_of(runs);
    json.count("runs", runs.size());
    json.count("passed", sums.passed);
    json.count("executed", sums.executed);
    json.count("reused", sums.reused);
    json.number("spent_us", sums.spent.count());
    json.number("saved_us", sums.saved.count());
    json.number("wall_us", sums.wall.count());
    json.begin_array("tests");
    for (const StatisticsLine& line : tests) write(json, line);
    json.end_array();
    json.begin_array("widened");
    for (const auto& [words, count] : escalations_of(runs)) {
      json.begin_object();
      json.text("words", words);
      json.count("runs", count);
      json.end_object();
    }
    json.end_array();
  });
}

} // namespace sluice::reports
