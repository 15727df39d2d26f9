// What GitHub Actions reads: workflow commands on standard output, and the step summary. Limits are those of its
// documentation; what is beyond them would be dropped in silence, or with the whole file.
#include "reports/attempt_words.h"
#include "reports/junit_layout.h"
#include "reports/phrases.h"
#include "reports/plan_words.h"
#include "reports/renderers.h"
#include "reports/text.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::reports {

namespace {

constexpr std::size_t k_annotations = 10; // of each level that a step may show
constexpr std::size_t k_annotation_bytes = 4'000;
constexpr std::size_t k_summary_bytes = 900 << 10; // above 1 MiB the whole summary is refused
constexpr std::size_t k_failure_output = 4'000;
constexpr std::size_t k_failures_with_output = 100;

enum class Field { message, property };

std::string escaped(std::string_view clean, Field field)
{
  std::string text;
  for (const char c : clean) {
    const bool special = c == '%' || c == '\r' || c == '\n' || (field == Field::property && (c == ':' || c == ','));
    if (special) text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else text += c;
  }
  return text;
}

// Text that Markdown and HTML leave alone: every sign that either knows is a character reference.
std::string markdown(std::string_view clean)
{
  constexpr std::string_view signs = "\\`*_{}[]()<>#+-.!|~&@:\"'$=";
  std::string text;
  for (const char c : clean) {
    if (signs.find(c) != std::string_view::npos) text += fmt::format("&#{};", static_cast<int>(c));
    else text += c == '\n' ? ' ' : c;
  }
  return text;
}

std::string fenced(std::string_view clean)
{
  std::size_t longest = 2, run = 0;
  for (const char c : clean) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  return fmt::format("{}text\n{}{}{}\n", fence, clean, clean.ends_with('\n') ? "" : "\n", fence);
}

bool is_red(const JunitCase& entry)
{
  return entry.status == CaseStatus::failure || entry.status == CaseStatus::error;
}

bool is_excused(const JunitCase& entry)
{
  return entry.test && sluice::is_excused(entry.test->standing());
}

std::string annotation(std::string_view level, const Place& place, std::string_view title, std::string_view message)
{
  std::string properties;
  if (!place.file.empty() && !place.file.starts_with('/')) {
    properties += "file=" + escaped(place.file, Field::property) + ",";
    if (place.line > 0) properties += fmt::format("line={},", place.line);
  }
  return fmt::format("::{} {}title={}::{}\n", level, properties, escaped(title, Field::property),
                     escaped(message, Field::message));
}

std::string message_of(const JunitCase& entry)
{
  if (!entry.test) return entry.body.empty() ? entry.message : entry.message + "\n" + excerpt(entry.body, 2'000);
  const Attempt* attempt = deciding_attempt(*entry.test);
  std::string message = test_message(*entry.test);
  if (attempt && !attempt->result.output.empty())
    message += "\n" + excerpt(attempt->result.output, k_annotation_bytes / 2);
  return message + "\n" + repeat_command(entry.test->planned.test.value);
}

class Summary {
public:
  Summary(const RunRecord& record, const FormatOptions& options)
    : record_(record), layout_(junit_layout(record, options.unselected))
  {
  }

  std::string write()
  {
    headline();
    table();
    gate();
    failures();
    excused();
    widened();
    return std::move(text_);
  }

private:
  // Whole pieces, as long as there is room for them.
  bool add(const std::string& piece)
  {
    constexpr std::size_t reserve = 200; // for the line that says what is missing
    if (text_.size() + piece.size() + reserve > k_summary_bytes) return false;
    text_ += piece;
    return true;
  }

  void headline()
  {
    const std::string_view word =
      record_.finished ? to_string(record_.finished->verdict.status) : std::string_view("NOT COMPLETED");
    const bool passed = word == "PASSED";
    add(fmt::format("### {} Sluice: {}\n\n", passed ? ":white_check_mark:" : ":x:", word));
    if (!record_.finished) return;
    for (const std::string& reason : record_.finished->verdict.reasons)
      add(fmt::format("* {}\n", markdown(one_line(reason, 1'000))));
  }

  void table()
  {
    const Counts counts = record_.counts();
    add(fmt::format("\n| run | passed | red | skipped | reused | left out | time |\n"
                    "|---:|---:|---:|---:|---:|---:|---:|\n| {} | {} | {} | {} | {} | {} | {} |\n\n",
                    counts.selected, counts.passed, counts.red, counts.skipped, counts.reused, counts.left_out,
                    record_.finished ? human_duration(record_.finished->duration) : "?"));
  }

  void gate()
  {
    for (const JunitCase& entry : layout_.front().cases)
      if (is_red(entry) && entry.name != k_verdict_case)
        add(fmt::format("* **{}** {}\n", markdown(entry.name), markdown(entry.message)));
  }

  void failures()
  {
    std::size_t shown = 0, left_out = 0;
    for (std::size_t i = 1; i < layout_.size(); ++i)
      for (const JunitCase& entry : layout_[i].cases)
        if (is_red(entry) && !add(failure(layout_[i], entry, ++shown <= k_failures_with_output))) ++left_out;
    if (left_out > 0) text_ += fmt::format("\n{} more are not shown here; they are in the JUnit report.\n", left_out);
  }

  static std::string failure(const JunitSuite& suite, const JunitCase& entry, bool with_output)
  {
    const Attempt* attempt = deciding_attempt(*entry.test);
    std::string text =
      fmt::format("<details><summary>{}: <b>{}</b> {}</summary>\n\n{}\n\n", markdown(suite.name), markdown(entry.name),
                  markdown(to_string(entry.test->outcome())), markdown(test_message(*entry.test)));
    if (const std::string at = test_location(*entry.test, attempt); !at.empty()) text += markdown(at) + "\n\n";
    if (with_output && attempt && !attempt->result.output.empty())
      text += fenced(excerpt(attempt->result.output, k_failure_output));
    return text + fenced(repeat_command(entry.test->planned.test.value)) + "\n</details>\n\n";
  }

  void excused()
  {
    for (std::size_t i = 1; i < layout_.size(); ++i)
      for (const JunitCase& entry : layout_[i].cases)
        if (is_excused(entry) &&
            !add(fmt::format("* **{}** {}: {}\n", to_string(entry.test->standing()),
                             markdown(layout_[i].name + ": " + entry.name), markdown(test_message(*entry.test)))))
          return;
  }

  void widened()
  {
    for (const Escalation& escalation : record_.plan.escalations)
      if (!add(fmt::format("* widened: {}\n", markdown(escalation_words(escalation))))) return;
  }

  const RunRecord& record_;
  std::vector<JunitSuite> layout_;
  std::string text_;
};

} // namespace

void write_github_annotations(const RunRecord& record, const FormatOptions& options, OutputStream& out)
{
  std::size_t red = 0;
  const std::vector<JunitSuite> layout = junit_layout(record, options.unselected);
  for (const JunitSuite& suite : layout)
    for (const JunitCase& entry : suite.cases) {
      if (!is_red(entry) || ++red > k_annotations) continue;
      const Place place = entry.test ? test_place(*entry.test, deciding_attempt(*entry.test)) : Place{};
      out.text() += annotation("error", place, suite.name + ": " + entry.name, message_of(entry));
    }
  if (red > k_annotations)
    out.text() += fmt::format("{} more are red; GitHub shows {} of a step\n", red - k_annotations, k_annotations);
  std::size_t warnings = 0;
  for (const JunitSuite& suite : layout)
    for (const JunitCase& entry : suite.cases)
      if (is_excused(entry) && ++warnings <= k_annotations)
        out.text() += annotation("warning", test_place(*entry.test, deciding_attempt(*entry.test)),
                                 suite.name + ": " + entry.name, test_message(*entry.test));
  for (const Escalation& escalation : record.plan.escalations)
    if (++warnings <= k_annotations)
      out.text() += annotation("warning", {}, "the plan was widened", escalation_words(escalation));
  out.finish();
}

void write_github_summary(const RunRecord& record, const FormatOptions& options, OutputStream& out)
{
  out.text() += Summary(record, options).write();
  out.finish();
}

} // namespace sluice::reports
