#include "reports/plan_fields.h"

namespace sluice::reports {

namespace {

void write(JsonWriter& json, const Run& run)
{
  json.text("decision", "run");
  json.text("cause", to_string(run.cause));
  json.text_if_any("subject", run.subject);
  if (run.path.empty()) return;
  json.begin_array("path");
  for (const ReasonStep& step : run.path) {
    json.begin_object();
    json.text("name", step.name);
    json.text_if_any("via", step.via);
    json.end_object();
  }
  json.end_array();
}

void write(JsonWriter& json, const Reuse& reuse)
{
  json.text("decision", "reuse");
  json.flag_if_set("cut_off", reuse.cut_off);
  json.begin_object("proof");
  json.text("run", reuse.proof.run);
  json.number_if_any("made", reuse.proof.made);
  json.text_if_any("tree", reuse.proof.tree);
  if (!reuse.proof.inputs.absent()) json.text("inputs", to_hex(reuse.proof.inputs));
  json.number_if_any("duration_us", reuse.proof.duration.count());
  json.end_object();
}

void write(JsonWriter& json, const Skip& skip)
{
  json.text("decision", "skip");
  json.text("cause", to_string(skip.cause));
  json.text_if_any("subject", skip.subject);
}

} // namespace

void write_decision(JsonWriter& json, const Decision& decision)
{
  std::visit([&](const auto& chosen) { write(json, chosen); }, decision);
}

void write_quarantine(JsonWriter& json, const Quarantined& quarantine)
{
  json.begin_object("quarantine");
  json.text("until", quarantine.until);
  json.text_if_any("reason", quarantine.reason);
  json.text_if_any("ticket", quarantine.ticket);
  json.text_if_any("owner", quarantine.owner);
  json.flag_if_set("expired", quarantine.expired);
  json.end_object();
}

void write_escalations(JsonWriter& json, const std::vector<Escalation>& escalations)
{
  json.begin_array("escalations");
  for (const Escalation& escalation : escalations) {
    json.begin_object();
    json.text("cause", to_string(escalation.cause));
    json.text_if_any("subject", escalation.subject);
    json.text_if_any("mend", escalation.mend);
    json.end_object();
  }
  json.end_array();
}

void write_dismissals(JsonWriter& json, const std::vector<Dismissal>& dismissed)
{
  json.begin_array("dismissed");
  for (const Dismissal& dismissal : dismissed) {
    json.begin_object();
    json.text("path", dismissal.path);
    json.text_if_any("reason", dismissal.reason);
    json.end_object();
  }
  json.end_array();
}

void write_blast_radius(JsonWriter& json, const BlastRadius& radius)
{
  json.begin_object("blast_radius");
  json.count("tests", radius.tests);
  json.count("all_tests", radius.all_tests);
  json.count("programs", radius.programs);
  json.count("all_programs", radius.all_programs);
  json.count("files", radius.files);
  json.count("all_files", radius.all_files);
  json.end_object();
}

} // namespace sluice::reports
