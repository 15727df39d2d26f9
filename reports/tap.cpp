#include "reports/attempt_words.h"
#include "reports/json_writer.h"
#include "reports/junit_layout.h"
#include "reports/renderers.h"
#include "reports/text.h"

#include <fmt/format.h>

namespace sluice::reports {

namespace {

constexpr std::size_t k_output_limit = 4'000;

// A description must not look like a directive ("# SKIP") nor end in an escape.
std::string description(std::string_view clean)
{
  std::string text;
  for (const char c : clean) {
    if (c == '#' || c == '\\') text += '\\';
    text += c;
  }
  return text;
}

// One line of the diagnostic block. A JSON string is a double-quoted scalar of YAML.
void write_field(std::string& out, std::string_view key, std::string_view clean)
{
  std::string object;
  {
    JsonWriter json(object);
    json.begin_object();
    json.text("v", clean);
    json.end_object();
  }
  constexpr std::size_t prefix = 5; // {"v":
  out += fmt::format("  {}: {}\n", key, std::string_view(object).substr(prefix, object.size() - prefix - 1));
}

std::string_view severity(const JunitCase& entry, Standing standing)
{
  if (is_excused(standing)) return to_string(standing);
  return entry.status == CaseStatus::failure ? "fail" : "error";
}

void write_diagnostics(const JunitCase& entry, Standing standing, std::string& out)
{
  const Attempt* attempt = entry.test ? deciding_attempt(*entry.test) : nullptr;
  out += "  ---\n";
  write_field(out, "message", entry.test ? test_message(*entry.test) : entry.message);
  write_field(out, "severity", severity(entry, standing));
  if (entry.test) {
    write_field(out, "outcome", to_string(entry.test->outcome()));
    if (const std::string at = test_location(*entry.test, attempt); !at.empty()) write_field(out, "at", at);
  }
  out += fmt::format("  duration_ms: {}\n", entry.time.count());
  const std::string_view raw = attempt ? std::string_view(attempt->result.output) : std::string_view(entry.body);
  if (!raw.empty()) write_field(out, "output", excerpt(raw, k_output_limit));
  out += "  ...\n";
}

} // namespace

void write_tap(const RunRecord& record, const FormatOptions& options, TapVersion version, OutputStream& out)
{
  const std::vector<JunitSuite> layout = junit_layout(record, options.unselected);
  std::size_t cases = 0;
  for (const JunitSuite& suite : layout) cases += suite.cases.size();
  out.text() += fmt::format("TAP version {}\n1..{}\n", static_cast<int>(version), cases);
  std::size_t number = 0;
  for (const JunitSuite& suite : layout) {
    for (const JunitCase& entry : suite.cases) {
      const Standing standing = entry.test ? entry.test->standing() : Standing::passed;
      const bool red = entry.status == CaseStatus::failure || entry.status == CaseStatus::error;
      const bool excused = standing == Standing::quarantined;
      out.text() += fmt::format("{} {} - {}: {}", red || excused ? "not ok" : "ok", ++number, description(suite.name),
                                description(entry.name));
      if (excused) {
        out.text() += " # TODO " + description(test_message(*entry.test));
      } else if (entry.status == CaseStatus::skipped) {
        const bool ran = entry.test && entry.test->selected();
        out.text() += " # SKIP " + description(ran ? test_message(*entry.test) : "left out");
      }
      out.text() += '\n';
      if (red || excused || standing == Standing::flaky) write_diagnostics(entry, standing, out.text());
      out.drain();
    }
  }
  out.finish();
}

} // namespace sluice::reports
