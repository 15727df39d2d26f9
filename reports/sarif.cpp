#include "reports/attempt_words.h"
#include "reports/conduct_words.h"
#include "reports/json_writer.h"
#include "reports/plan_words.h"
#include "reports/renderers.h"
#include "reports/text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

namespace sluice::reports {

namespace {

constexpr std::size_t k_findings_shown = 1'000; // readers take 25,000 results at most

struct SarifResult {
  std::string rule, level, text, path;
};

// RFC 3986, as a path: what is not unreserved is escaped byte by byte.
std::string uri(std::string_view path)
{
  constexpr std::string_view kept = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
  std::string text;
  for (const char c : path) {
    if (kept.find(c) != std::string_view::npos) text += c;
    else text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return text;
}

std::vector<SarifResult> results_of(const RunRecord& record)
{
  std::vector<SarifResult> all;
  if (!record.finished)
    all.push_back({"gate/run-completed", "error", "The run did not complete: nothing is proven.", {}});
  if (record.finished) {
    const Verdict& verdict = record.finished->verdict;
    if (verdict.status != VerdictStatus::passed)
      all.push_back(
        {"gate/verdict",
         "error",
         one_line(fmt::format("{}: {}", to_string(verdict.status), fmt::join(verdict.reasons, "; ")), 4'000),
         {}});
    for (const RuleFinding& finding : verdict.rules) {
      if (finding.status != RuleStatus::violated) continue;
      const std::string words = fmt::format("{}\n{}", finding.summary, fmt::join(finding.evidence, "\n"));
      all.push_back({"policy/" + one_line(finding.rule, 200), "error", excerpt(words, 8'000), "sluice.policy.toml"});
    }
  }
  for (const Escalation& escalation : record.plan.escalations) {
    const bool is_file = escalation.cause != RunCause::incomplete;
    all.push_back({"widened/" + std::string(to_string(escalation.cause)), "note", escalation_words(escalation),
                   is_file ? escalation.subject : ""});
  }
  std::size_t shown = 0;
  for (const TestRecord& test : record.tests) {
    const Standing standing = test.standing();
    if (!is_excused(standing)) continue;
    if (++shown > k_findings_shown) return all;
    all.push_back({fmt::format("test/{}", to_string(standing)), "warning",
                   one_line(test.planned.test.value, 500) + ": " + test_message(test), test.planned.file});
  }
  const Conduct conduct(record);
  for (const TestRecord& test : record.tests)
    for (const TestFinding& found : findings_shown(conduct, test)) {
      if (++shown > k_findings_shown) return all;
      all.push_back({fmt::format("finding/{}", to_string(found.finding.kind)), "note",
                     one_line(test.planned.test.value, 500) + ": " + finding_words(found), test.planned.file});
    }
  return all;
}

void write_text(JsonWriter& json, std::string_view key, std::string_view text)
{
  json.begin_object(key);
  json.text("text", text);
  json.end_object();
}

void write(JsonWriter& json, const SarifResult& result)
{
  json.begin_object();
  json.text("ruleId", result.rule);
  json.text("level", result.level);
  write_text(json, "message", result.text.empty() ? result.rule : result.text);
  if (!result.path.empty()) {
    json.begin_array("locations");
    json.begin_object();
    json.begin_object("physicalLocation");
    json.begin_object("artifactLocation");
    json.text("uri", uri(result.path));
    json.end_object();
    json.begin_object("region");
    json.number("startLine", 1);
    json.end_object();
    json.end_object();
    json.end_object();
    json.end_array();
  }
  json.end_object();
}

} // namespace

void write_sarif(const RunRecord& record, const FormatOptions&, OutputStream& out)
{
  const std::vector<SarifResult> all = results_of(record);
  std::set<std::string> rules;
  for (const SarifResult& result : all) rules.insert(result.rule);
  JsonWriter json(out.text());
  json.begin_object();
  json.text("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
  json.text("version", "2.1.0");
  json.begin_array("runs");
  json.begin_object();
  json.begin_object("tool");
  json.begin_object("driver");
  json.text("name", "sluice");
  const std::string version = one_line(record.started.version, 100);
  json.text("version", version.empty() ? "0" : version);
  json.begin_array("rules");
  for (const std::string& rule : rules) {
    json.begin_object();
    json.text("id", rule);
    write_text(json, "shortDescription", rule);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  json.end_object();
  json.begin_array("results");
  for (const SarifResult& result : all) write(json, result);
  json.end_array();
  json.end_object();
  json.end_array();
  json.end_object();
  out.text() += '\n';
  out.finish();
}

} // namespace sluice::reports
