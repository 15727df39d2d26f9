#include "reports/event_log.h"

#include "reports/event_names.h"
#include "reports/json_writer.h"
#include "reports/plan_fields.h"

namespace sluice::reports {

namespace {

std::string_view name_of(event::AttemptKind kind)
{
  for (const auto& [value, name] : k_attempt_kinds)
    if (value == kind) return name;
  return "?"; // refused by decode(): better than a wrong word
}

void write(JsonWriter& json, const event::RunStarted& body)
{
  json.text("run", body.run);
  json.text_if_any("sluice", body.version);
  json.text_if_any("host", body.host);
  json.texts_if_any("command_line", body.command_line);
  json.text_if_any("base", body.base);
  json.text_if_any("head", body.head);
  json.text_if_any("tree", body.tree);
  json.flag_if_set("working_tree", body.working_tree);
  json.number("lanes", body.lanes);
  if (body.seed != 0) json.count("seed", body.seed);
  if (!body.compared) return;
  json.begin_object("compared");
  json.text_if_any("base_name", body.compared->base_name);
  json.text_if_any("base_tip", body.compared->base_tip);
  json.count("commits", body.compared->commits);
  json.count("paths", body.compared->paths);
  json.end_object();
}

void write(JsonWriter& json, const event::CommitRead& commit)
{
  json.begin_object();
  json.text("sha", commit.commit);
  json.text_if_any("author", commit.author);
  json.text_if_any("subject", commit.subject);
  json.text("authorship", to_string(commit.authorship));
  json.text_if_any("tool", commit.tool);
  if (!commit.evidence.empty()) {
    json.begin_array("evidence");
    for (const AuthorshipEvidence& evidence : commit.evidence) {
      json.begin_object();
      json.text("grade", to_string(evidence.grade));
      json.text("text", evidence.text);
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
}

void write(JsonWriter& json, const event::AuthorshipRead& body)
{
  json.text("strongest", to_string(body.strongest));
  if (!body.commits.empty()) {
    json.begin_array("commits");
    for (const event::CommitRead& commit : body.commits) write(json, commit);
    json.end_array();
  }
  if (body.left_out > 0) json.count("left_out", body.left_out);
}

void write(JsonWriter& json, const event::BuildStarted& body)
{
  json.texts_if_any("command", body.command);
  json.texts_if_any("targets", body.targets);
  json.flag_if_set("configures", body.configures);
}

void write(JsonWriter& json, const event::SecondTreeStarted& body)
{
  json.text("commit", body.commit);
  json.flag_if_set("base_tests", body.base_tests);
}

void write(JsonWriter& json, const event::BuildFinished& body)
{
  json.flag("ok", body.ok);
  json.number_if_any("exit_code", body.exit_code);
  json.number("duration_us", body.duration.count());
  json.text_if_any("output", body.output);
}

void write(JsonWriter& json, const event::TestPlanned& body)
{
  json.text("test", body.test.value);
  json.text_if_any("suite", body.suite);
  json.text_if_any("name", body.name);
  json.text_if_any("program", body.program);
  json.text_if_any("file", body.file);
  json.number_if_any("line", body.line);
  json.texts_if_any("labels", body.labels);
  write_decision(json, body.decision);
  if (body.expected) json.number("expected_us", body.expected->count());
  if (body.quarantine) write_quarantine(json, *body.quarantine);
}

void write(JsonWriter& json, const event::PlanMade& body)
{
  write_escalations(json, body.escalations);
  write_dismissals(json, body.dismissed);
  write_blast_radius(json, body.blast_radius);
}

void write(JsonWriter& json, const event::SandboxPrepared& body)
{
  const SandboxReport& sandbox = body.sandbox;
  json.text("level", to_string(sandbox.level));
  json.flag("observed", sandbox.observed);
  json.text_if_any("refused", sandbox.refused);
  json.texts_if_any("losses", sandbox.losses);
  json.texts_if_any("openings", sandbox.openings);
  json.text_if_any("limits", sandbox.limits);
}

void write(JsonWriter& json, const event::BatchStarted& body)
{
  json.count("batch", body.batch);
  json.number("lane", body.lane);
  json.text_if_any("program", body.program);
  json.count("cases", body.cases);
}

void write(JsonWriter& json, const event::BatchFinished& body)
{
  json.count("batch", body.batch);
  json.number_if_any("exit_code", body.exit_code);
  json.number_if_any("signal", body.signal);
  json.number("duration_us", body.duration.count());
  json.number_if_any("cpu_us", body.cpu.count());
  json.flag_if_set("left_processes", body.left_processes);
  json.flag_if_set("cut_off", body.cut_off);
  if (!body.findings.empty()) {
    json.begin_array("findings");
    for (const Finding& finding : body.findings) {
      json.begin_object();
      json.text("kind", to_string(finding.kind));
      json.text_if_any("detail", finding.detail);
      json.flag_if_set("declared", finding.declared);
      json.end_object();
    }
    json.end_array();
  }
  json.text_if_any("written", body.written);
  json.text_if_any("unobserved", body.unobserved);
}

void write(JsonWriter& json, const event::TestStarted& body)
{
  json.text("test", body.test.value);
  json.number("attempt", body.attempt);
  json.number("lane", body.lane);
  json.count("batch", body.batch);
}

void write(JsonWriter& json, const event::TestFinished& body)
{
  json.text("test", body.test.value);
  json.number("attempt", body.attempt);
  json.number("lane", body.lane);
  json.count("batch", body.batch);
  if (body.kind != event::AttemptKind::first) json.text("kind", name_of(body.kind));
  json.flag_if_set("retry", body.kind == event::AttemptKind::retry);
  const AttemptResult& result = body.result;
  json.text("outcome", to_string(result.outcome));
  json.number("duration_us", result.duration.count());
  json.text_if_any("message", result.message);
  json.text_if_any("file", result.file);
  json.number_if_any("line", result.line);
  json.number_if_any("exit_code", result.exit_code);
  json.number_if_any("signal", result.signal);
  json.text_if_any("output", result.output);
  json.text_if_any("log", result.log);
}

void write(JsonWriter& json, const event::Interrupted& body)
{
  json.number("signal", body.signal);
}

void write(JsonWriter& json, const event::RunFinished& body)
{
  json.text("status", to_string(body.verdict.status));
  json.number("exit", static_cast<int>(body.verdict.exit));
  json.texts_if_any("reasons", body.verdict.reasons);
  if (!body.verdict.rules.empty()) {
    json.begin_array("rules");
    for (const RuleFinding& finding : body.verdict.rules) {
      json.begin_object();
      json.text("rule", finding.rule);
      json.text("status", to_string(finding.status));
      json.text_if_any("summary", finding.summary);
      json.texts_if_any("evidence", finding.evidence);
      json.end_object();
    }
    json.end_array();
  }
  if (const auto& reach = body.verdict.reach) {
    json.begin_object("reach");
    json.count("tests", reach->tests);
    json.count("all_tests", reach->all_tests);
    json.end_object();
  }
  json.number("duration_us", body.duration.count());
}

} // namespace

void encode(const RunEvent& event, std::string& out)
{
  JsonWriter json(out);
  json.begin_object();
  json.number("v", k_event_version);
  json.number("t", event.time.time_since_epoch().count());
  json.text("event", k_event_names[event.body.index()]);
  std::visit([&](const auto& body) { write(json, body); }, event.body);
  json.end_object();
  out += '\n';
}

} // namespace sluice::reports
