#include "reports/event_log.h"

#include "reports/event_names.h"
#include "reports/json_reader.h"

namespace sluice::reports {

namespace {

void read(JsonFields& in, ReasonStep& step)
{
  in.text("name", step.name, Presence::required);
  in.text("via", step.via);
}

void read(JsonFields& in, Proof& proof)
{
  in.text("run", proof.run, Presence::required);
  in.number("made", proof.made);
  in.text("tree", proof.tree);
  in.duration("duration_us", proof.duration);
  std::string hex = "absent";
  in.text("inputs", hex);
  const std::optional<Digest> digest = digest_from_hex(hex);
  if (digest) proof.inputs = *digest;
  else in.refuse();
}

void read(JsonFields& in, Escalation& escalation)
{
  in.word("cause", escalation.cause, RunCause::requested);
  in.text("subject", escalation.subject);
  in.text("mend", escalation.mend);
}

void read(JsonFields& in, Dismissal& dismissal)
{
  in.text("path", dismissal.path, Presence::required);
  in.text("reason", dismissal.reason);
}

void read(JsonFields& in, BlastRadius& radius)
{
  in.number("tests", radius.tests);
  in.number("all_tests", radius.all_tests);
  in.number("programs", radius.programs);
  in.number("all_programs", radius.all_programs);
  in.number("files", radius.files);
  in.number("all_files", radius.all_files);
}

void read(JsonFields& in, RuleFinding& finding)
{
  in.text("rule", finding.rule, Presence::required);
  in.word("status", finding.status, RuleStatus::overridden);
  in.text("summary", finding.summary);
  in.texts("evidence", finding.evidence);
}

void read(JsonFields& in, Finding& finding)
{
  in.word("kind", finding.kind, FindingKind::limit);
  in.text("detail", finding.detail);
  in.flag("declared", finding.declared);
}

void read(JsonFields& in, AuthorshipEvidence& evidence)
{
  in.word("grade", evidence.grade, EvidenceGrade::weak);
  in.text("text", evidence.text);
}

void read(JsonFields& in, event::CommitRead& commit)
{
  in.text("sha", commit.commit, Presence::required);
  in.text("author", commit.author);
  in.text("subject", commit.subject);
  in.word("authorship", commit.authorship, Authorship::undeclared);
  in.text("tool", commit.tool);
  in.objects("evidence", commit.evidence,
             [](JsonFields& fields, AuthorshipEvidence& evidence) { read(fields, evidence); });
}

void read(JsonFields& in, ReachedTests& reach)
{
  in.number("tests", reach.tests, Presence::required);
  in.number("all_tests", reach.all_tests, Presence::required);
}

void read(JsonFields& in, event::Compared& compared)
{
  in.text("base_name", compared.base_name);
  in.text("base_tip", compared.base_tip);
  in.number("commits", compared.commits);
  in.number("paths", compared.paths);
}

void read(JsonFields& in, Quarantined& quarantine)
{
  in.text("until", quarantine.until, Presence::required);
  in.text("reason", quarantine.reason);
  in.text("ticket", quarantine.ticket);
  in.text("owner", quarantine.owner);
  in.flag("expired", quarantine.expired);
}

// What nested objects and arrays are read with: any of the above.
constexpr auto k_read = [](JsonFields& in, auto& value) { read(in, value); };

void read(JsonFields& in, Run& run)
{
  in.word("cause", run.cause, RunCause::requested);
  in.text("subject", run.subject);
  in.objects("path", run.path, k_read);
}

void read(JsonFields& in, Reuse& reuse)
{
  in.flag("cut_off", reuse.cut_off);
  in.object("proof", reuse.proof, k_read, Presence::required);
}

void read(JsonFields& in, Skip& skip)
{
  in.word("cause", skip.cause, SkipCause::shard);
  in.text("subject", skip.subject);
}

void read(JsonFields& in, Decision& decision)
{
  std::string word;
  in.text("decision", word, Presence::required);
  if (word == "run") read(in, decision.emplace<Run>());
  else if (word == "reuse") read(in, decision.emplace<Reuse>());
  else if (word == "skip") read(in, decision.emplace<Skip>());
  else in.refuse();
}

void read(JsonFields& in, event::RunStarted& body)
{
  in.text("run", body.run, Presence::required);
  in.text("sluice", body.version);
  in.text("host", body.host);
  in.texts("command_line", body.command_line);
  in.text("base", body.base);
  in.text("head", body.head);
  in.text("tree", body.tree);
  in.flag("working_tree", body.working_tree);
  in.number("lanes", body.lanes);
  in.number("seed", body.seed);
  if (in.has("compared")) in.object("compared", body.compared.emplace(), k_read);
}

void read(JsonFields& in, event::AuthorshipRead& body)
{
  in.word("strongest", body.strongest, Authorship::undeclared);
  in.objects("commits", body.commits, k_read);
  in.number("left_out", body.left_out);
}

void read(JsonFields& in, event::BuildStarted& body)
{
  in.texts("command", body.command);
  in.texts("targets", body.targets);
  in.flag("configures", body.configures);
}

void read(JsonFields& in, event::SecondTreeStarted& body)
{
  in.text("commit", body.commit, Presence::required);
  in.flag("base_tests", body.base_tests);
}

void read(JsonFields& in, event::BuildFinished& body)
{
  in.flag("ok", body.ok, Presence::required);
  in.number("exit_code", body.exit_code);
  in.duration("duration_us", body.duration);
  in.text("output", body.output);
}

void read(JsonFields& in, event::TestPlanned& body)
{
  in.text("test", body.test.value, Presence::required);
  in.text("suite", body.suite);
  in.text("name", body.name);
  in.text("program", body.program);
  in.text("file", body.file);
  in.number("line", body.line);
  in.texts("labels", body.labels);
  read(in, body.decision);
  if (in.has("expected_us")) in.duration("expected_us", body.expected.emplace());
  if (in.has("quarantine")) in.object("quarantine", body.quarantine.emplace(), k_read);
}

void read(JsonFields& in, event::PlanMade& body)
{
  in.objects("escalations", body.escalations, k_read);
  in.objects("dismissed", body.dismissed, k_read);
  in.object("blast_radius", body.blast_radius, k_read);
}

void read(JsonFields& in, event::SandboxPrepared& body)
{
  in.word("level", body.sandbox.level, SandboxLevel::none);
  in.flag("observed", body.sandbox.observed, Presence::required);
  in.text("refused", body.sandbox.refused);
  in.texts("losses", body.sandbox.losses);
  in.texts("openings", body.sandbox.openings);
  in.text("limits", body.sandbox.limits);
}

void read(JsonFields& in, event::BatchStarted& body)
{
  in.number("batch", body.batch, Presence::required);
  in.number("lane", body.lane);
  in.text("program", body.program);
  in.number("cases", body.cases);
}

void read(JsonFields& in, event::BatchFinished& body)
{
  in.number("batch", body.batch, Presence::required);
  in.number("exit_code", body.exit_code);
  in.number("signal", body.signal);
  in.duration("duration_us", body.duration);
  in.duration("cpu_us", body.cpu);
  in.flag("left_processes", body.left_processes);
  in.flag("cut_off", body.cut_off);
  in.objects("findings", body.findings, k_read);
  in.text("written", body.written);
  in.text("unobserved", body.unobserved);
}

void read(JsonFields& in, event::TestStarted& body)
{
  in.text("test", body.test.value, Presence::required);
  in.number("attempt", body.attempt, Presence::required);
  in.number("lane", body.lane);
  in.number("batch", body.batch);
}

void read(JsonFields& in, event::AttemptKind& kind)
{
  std::string word(k_attempt_kinds.front().second);
  in.text("kind", word);
  for (const auto& [value, name] : k_attempt_kinds) {
    if (name != word) continue;
    kind = value;
    bool retry = false;
    in.flag("retry", retry);
    if (retry && kind == event::AttemptKind::isolated) kind = event::AttemptKind::retry;
    else if (retry) in.refuse();
    return;
  }
  in.refuse();
}

void read(JsonFields& in, event::TestFinished& body)
{
  in.text("test", body.test.value, Presence::required);
  in.number("attempt", body.attempt, Presence::required);
  in.number("lane", body.lane);
  in.number("batch", body.batch);
  read(in, body.kind);
  AttemptResult& result = body.result;
  in.word("outcome", result.outcome, Outcome::not_run);
  in.duration("duration_us", result.duration);
  in.text("message", result.message);
  in.text("file", result.file);
  in.number("line", result.line);
  in.number("exit_code", result.exit_code);
  in.number("signal", result.signal);
  in.text("output", result.output);
  in.text("log", result.log);
}

void read(JsonFields& in, event::Interrupted& body)
{
  in.number("signal", body.signal);
}

bool is_exit_code(int code)
{
  switch (static_cast<ExitCode>(code)) {
  case ExitCode::passed:
  case ExitCode::failed:
  case ExitCode::usage:
  case ExitCode::refused:
  case ExitCode::nothing:
  case ExitCode::world:
  case ExitCode::interrupted:
    return true;
  }
  return false;
}

void read(JsonFields& in, event::RunFinished& body)
{
  in.word("status", body.verdict.status, VerdictStatus::overridden);
  int code = static_cast<int>(ExitCode::failed);
  in.number("exit", code, Presence::required);
  if (is_exit_code(code)) body.verdict.exit = static_cast<ExitCode>(code);
  else in.refuse();
  in.texts("reasons", body.verdict.reasons);
  in.objects("rules", body.verdict.rules, k_read);
  if (in.has("reach")) in.object("reach", body.verdict.reach.emplace(), k_read);
  in.duration("duration_us", body.duration);
}

template <std::size_t Index = 0> bool read_body(JsonFields& in, std::string_view name, EventBody& body)
{
  if constexpr (Index == std::variant_size_v<EventBody>) {
    return false;
  } else {
    if (name != k_event_names[Index]) return read_body<Index + 1>(in, name, body);
    read(in, body.emplace<Index>());
    return true;
  }
}

} // namespace

std::optional<RunEvent> decode(std::string_view line)
{
  RunEvent event;
  const bool whole = read_json(line, [&](JsonFields& in) {
    int version = 0;
    in.number("v", version, Presence::required);
    if (version != k_event_version) return in.refuse();
    std::int64_t time = 0;
    in.number("t", time, Presence::required);
    event.time = Timestamp(std::chrono::microseconds(time));
    std::string name;
    in.text("event", name, Presence::required);
    if (!read_body(in, name, event.body)) in.refuse();
  });
  if (!whole) return std::nullopt;
  return event;
}

} // namespace sluice::reports
