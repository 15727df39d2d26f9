#include "reports/run_summary.h"

#include "reports/json_reader.h"
#include "reports/json_writer.h"
#include "reports/plan_fields.h"

namespace sluice::reports {

RunSummary summarise(const RunRecord& record)
{
  RunSummary summary;
  summary.run = record.started.run;
  summary.head = record.started.head;
  summary.base = record.started.base;
  summary.started = record.start_time;
  summary.working_tree = record.started.working_tree;
  summary.interrupted = record.interrupted;
  summary.counts = record.counts();
  summary.escalations = record.plan.escalations;
  summary.spent = record.spent();
  summary.saved = record.saved();
  if (record.authorship && !record.authorship->commits.empty()) summary.authorship = record.authorship->strongest;
  if (!record.finished) return summary;
  const Verdict& verdict = record.finished->verdict;
  summary.finished = true;
  summary.duration = record.finished->duration;
  summary.status = verdict.status;
  summary.exit = static_cast<int>(verdict.exit);
  if (!verdict.reasons.empty()) summary.reason = verdict.reasons.front();
  return summary;
}

std::string encode_summary(const RunSummary& summary)
{
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.number("v", k_summary_version);
  json.text("run", summary.run);
  json.number("started", summary.started.time_since_epoch().count());
  json.number("duration_us", summary.duration.count());
  json.text_if_any("head", summary.head);
  json.text_if_any("base", summary.base);
  json.flag_if_set("working_tree", summary.working_tree);
  json.flag("finished", summary.finished);
  json.flag_if_set("interrupted", summary.interrupted);
  json.text("status", to_string(summary.status));
  json.number("exit", summary.exit);
  json.text_if_any("reason", summary.reason);
  json.count("total", summary.counts.total);
  json.count("selected", summary.counts.selected);
  json.count("reused", summary.counts.reused);
  json.count("left_out", summary.counts.left_out);
  json.count("passed", summary.counts.passed);
  json.count("skipped", summary.counts.skipped);
  json.count("red", summary.counts.red);
  if (summary.counts.flaky > 0) json.count("flaky", summary.counts.flaky);
  if (summary.counts.quarantined > 0) json.count("quarantined", summary.counts.quarantined);
  json.number("spent_us", summary.spent.count());
  json.number("saved_us", summary.saved.count());
  if (summary.authorship) json.text("authorship", to_string(*summary.authorship));
  write_escalations(json, summary.escalations);
  json.end_object();
  out += '\n';
  return out;
}

std::optional<RunSummary> decode_summary(std::string_view text)
{
  RunSummary summary;
  const bool whole = read_json(text, [&](JsonFields& in) {
    int version = 0;
    in.number("v", version, Presence::required);
    if (version != k_summary_version) return in.refuse();
    in.text("run", summary.run, Presence::required);
    std::int64_t started = 0;
    in.number("started", started, Presence::required);
    summary.started = Timestamp(std::chrono::microseconds(started));
    in.duration("duration_us", summary.duration);
    in.text("head", summary.head);
    in.text("base", summary.base);
    in.flag("working_tree", summary.working_tree);
    in.flag("finished", summary.finished, Presence::required);
    in.flag("interrupted", summary.interrupted);
    in.word("status", summary.status, VerdictStatus::refused);
    in.number("exit", summary.exit, Presence::required);
    in.text("reason", summary.reason);
    in.number("total", summary.counts.total, Presence::required);
    in.number("selected", summary.counts.selected, Presence::required);
    in.number("reused", summary.counts.reused, Presence::required);
    in.number("left_out", summary.counts.left_out, Presence::required);
    in.number("passed", summary.counts.passed, Presence::required);
    in.number("skipped", summary.counts.skipped, Presence::required);
    in.number("red", summary.counts.red, Presence::required);
    in.number("flaky", summary.counts.flaky);
    in.number("quarantined", summary.counts.quarantined);
    in.duration("spent_us", summary.spent);
    in.duration("saved_us", summary.saved);
    if (in.has("authorship")) in.word("authorship", summary.authorship.emplace(), Authorship::undeclared);
    in.objects("escalations", summary.escalations, [](JsonFields& fields, Escalation& escalation) {
      fields.word("cause", escalation.cause, RunCause::requested);
      fields.text("subject", escalation.subject);
      fields.text("mend", escalation.mend);
    });
  });
  if (!whole) return std::nullopt;
  return summary;
}

} // namespace sluice::reports
