#include "reports/attempt_words.h"
#include "reports/fingerprint.h"
#include "reports/json_writer.h"
#include "reports/junit_layout.h"
#include "reports/renderers.h"
#include "reports/text.h"

namespace sluice::reports {

namespace {

// GitLab wants a file for each finding.
constexpr std::string_view k_gate_file = "sluice.policy.toml";
constexpr std::string_view k_unknown_file = "sluice.toml";

Place place_of(const JunitCase& entry)
{
  if (!entry.test) return {std::string(k_gate_file), 1};
  Place place = test_place(*entry.test, deciding_attempt(*entry.test));
  if (place.file.empty() || place.file.starts_with('/')) return {std::string(k_unknown_file), 1};
  return place;
}

void write(JsonWriter& json, const JunitSuite& suite, const JunitCase& entry)
{
  const Place place = place_of(entry);
  const std::string message = entry.test ? test_message(*entry.test) : entry.message;
  json.begin_object();
  json.text("description", suite.name + ": " + entry.name + ": " + message);
  json.text("check_name", entry.test ? "sluice/" + std::string(to_string(entry.test->outcome())) : "sluice/gate");
  json.text("fingerprint", hex_id_128(suite.name + '\n' + entry.name));
  json.text("severity", entry.test ? "major" : "blocker");
  json.begin_object("location");
  json.text("path", place.file);
  json.begin_object("lines");
  json.number("begin", std::max(place.line, 1));
  json.end_object();
  json.end_object();
  json.end_object();
}

} // namespace

void write_gitlab(const RunRecord& record, const FormatOptions& options, OutputStream& out)
{
  JsonWriter json(out.text());
  json.begin_array();
  for (const JunitSuite& suite : junit_layout(record, options.unselected))
    for (const JunitCase& entry : suite.cases) {
      if (entry.status != CaseStatus::failure && entry.status != CaseStatus::error) continue;
      write(json, suite, entry);
      out.drain();
    }
  json.end_array();
  out.text() += '\n';
  out.finish();
}

} // namespace sluice::reports
