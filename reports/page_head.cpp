#include "reports/page_head.h"

#include "reports/conduct_words.h"
#include "reports/plan_words.h"
#include "reports/text.h"

namespace sluice::reports {

namespace {

constexpr std::size_t k_output_limit = 20'000;
constexpr std::size_t k_name_limit = 2'000;

std::string clean(std::string_view bytes)
{
  return one_line(bytes, k_name_limit);
}

class Head {
public:
  Head(const RunRecord& record, JsonWriter& json) : record_(record), json_(json) {}

  void write()
  {
    write_run();
    write_verdict();
    write_build();
    write_authorship();
    write_sandbox();
    write_plan();
  }

private:
  void write_run()
  {
    const event::RunStarted& run = record_.started;
    json_.begin_object("run");
    json_.text("id", clean(run.run));
    json_.text("version", clean(run.version));
    json_.text("host", clean(run.host));
    json_.begin_array("command");
    for (const std::string& word : run.command_line) json_.element(clean(word));
    json_.end_array();
    json_.text("base", clean(run.base));
    json_.text("head", clean(run.head));
    json_.text("tree", clean(run.tree));
    json_.flag("workingTree", run.working_tree);
    json_.number("lanes", run.lanes);
    json_.text("seed", run.seed == 0 ? std::string() : std::to_string(run.seed));
    json_.number("started", record_.start_time.time_since_epoch().count());
    json_.number("us", record_.finished ? record_.finished->duration.count() : 0);
    json_.flag("finished", record_.finished.has_value());
    json_.flag("interrupted", record_.interrupted);
    json_.end_object();
  }

  void write_verdict()
  {
    static const Verdict none;
    const Verdict& verdict = record_.finished ? record_.finished->verdict : none;
    json_.begin_object("verdict");
    json_.text("status", record_.finished ? to_string(verdict.status) : "");
    json_.number("exit", static_cast<int>(verdict.exit));
    write_texts("reasons", verdict.reasons);
    json_.begin_array("rules");
    for (const RuleFinding& finding : verdict.rules) {
      json_.begin_object();
      json_.text("rule", clean(finding.rule));
      json_.text("status", to_string(finding.status));
      json_.text("summary", clean(finding.summary));
      write_texts("evidence", finding.evidence);
      json_.end_object();
    }
    json_.end_array();
    json_.end_object();
  }

  void write_build()
  {
    if (!record_.build) return;
    json_.begin_object("build");
    json_.flag("ok", record_.build->ok);
    json_.number("exit", record_.build->exit_code);
    json_.number("us", record_.build->duration.count());
    json_.text("output", excerpt(record_.build->output, k_output_limit));
    json_.end_object();
  }

  void write_authorship()
  {
    if (!record_.authorship) return;
    json_.begin_object("authorship");
    json_.text("strongest", to_string(record_.authorship->strongest));
    json_.count("leftOut", record_.authorship->left_out);
    json_.begin_array("commits");
    for (const event::CommitRead& commit : record_.authorship->commits) {
      json_.begin_object();
      json_.text("sha", clean(commit.commit));
      json_.text("author", clean(commit.author));
      json_.text("subject", clean(commit.subject));
      json_.text("authorship", to_string(commit.authorship));
      json_.text("tool", clean(commit.tool));
      json_.begin_array("evidence");
      for (const AuthorshipEvidence& evidence : commit.evidence) {
        json_.begin_object();
        json_.text("grade", to_string(evidence.grade));
        json_.text("text", clean(evidence.text));
        json_.end_object();
      }
      json_.end_array();
      json_.end_object();
    }
    json_.end_array();
    json_.end_object();
  }

  void write_texts(std::string_view key, const std::vector<std::string>& values)
  {
    json_.begin_array(key);
    for (const std::string& value : values) json_.element(clean(value));
    json_.end_array();
  }

  void write_sandbox()
  {
    if (!record_.sandbox) return;
    const SandboxReport& sandbox = *record_.sandbox;
    json_.begin_object("sandbox");
    json_.text("level", to_string(sandbox.level));
    json_.flag("observed", sandbox.observed);
    json_.text("words", clean(sandbox_words(sandbox)));
    json_.text("limits", clean(sandbox.limits));
    write_texts("losses", sandbox.losses);
    write_texts("openings", sandbox.openings);
    json_.end_object();
  }

  void write_plan()
  {
    const Counts counts = record_.counts();
    json_.begin_object("counts");
    json_.count("total", counts.total);
    json_.count("selected", counts.selected);
    json_.count("reused", counts.reused);
    json_.count("leftOut", counts.left_out);
    json_.count("passed", counts.passed);
    json_.count("skipped", counts.skipped);
    json_.count("red", counts.red);
    json_.count("flaky", counts.flaky);
    json_.count("quarantined", counts.quarantined);
    json_.end_object();
    json_.begin_array("escalations");
    for (const Escalation& escalation : record_.plan.escalations) {
      json_.begin_object();
      json_.text("words", escalation_words(escalation));
      json_.text("mend", clean(escalation.mend));
      json_.end_object();
    }
    json_.end_array();
    json_.begin_array("dismissed");
    for (const Dismissal& dismissal : record_.plan.dismissed) {
      json_.begin_object();
      json_.text("path", clean(dismissal.path));
      json_.text("reason", clean(dismissal.reason));
      json_.end_object();
    }
    json_.end_array();
    const BlastRadius& radius = record_.plan.blast_radius;
    json_.begin_object("blast");
    json_.count("tests", radius.tests);
    json_.count("allTests", radius.all_tests);
    json_.count("programs", radius.programs);
    json_.count("allPrograms", radius.all_programs);
    json_.count("files", radius.files);
    json_.count("allFiles", radius.all_files);
    json_.end_object();
  }

  const RunRecord& record_;
  JsonWriter& json_;
};

} // namespace

void write_page_head(const RunRecord& record, JsonWriter& json)
{
  Head(record, json).write();
}

} // namespace sluice::reports
