#include "reports/attempt_words.h"
#include "reports/conduct_words.h"
#include "reports/json_writer.h"
#include "reports/junit_layout.h"
#include "reports/plan_fields.h"
#include "reports/renderers.h"
#include "reports/text.h"

#include <algorithm>

namespace sluice::reports {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t k_output_limit = 8'000;
constexpr std::size_t k_attempts_shown = 10;

std::int64_t epoch_millis(Timestamp time)
{
  return std::chrono::floor<milliseconds>(time.time_since_epoch()).count();
}

std::int64_t millis(std::chrono::microseconds duration)
{
  return std::max<std::int64_t>(std::chrono::round<milliseconds>(duration).count(), 0);
}

std::string_view word(CaseStatus status)
{
  switch (status) {
  case CaseStatus::passed:
    return "passed";
  case CaseStatus::failure:
  case CaseStatus::error:
    return "failed";
  case CaseStatus::skipped:
    return "skipped";
  }
  return "other";
}

std::string_view word(Outcome outcome)
{
  return is_red(outcome) ? "failed" : outcome == Outcome::passed ? "passed" : "skipped";
}

class Ctrf {
public:
  Ctrf(const RunRecord& record, const FormatOptions& options, OutputStream& out)
    : record_(record), conduct_(record), layout_(junit_layout(record, options.unselected)), out_(out), json_(out.text())
  {
  }

  void write()
  {
    json_.begin_object();
    json_.text("reportFormat", "CTRF");
    json_.text("specVersion", "0.0.0");
    json_.text_if_any("runId", one_line(record_.started.run, 200)); // the schema takes no empty one
    json_.text("generatedBy", "sluice");
    json_.begin_object("results");
    write_tool();
    write_summary();
    json_.begin_array("tests");
    for (const JunitSuite& suite : layout_)
      for (const JunitCase& entry : suite.cases) write(suite, entry);
    json_.end_array();
    write_environment();
    json_.end_object();
    json_.end_object();
    out_.text() += '\n';
    out_.finish();
  }

private:
  void write_tool()
  {
    json_.begin_object("tool");
    json_.text("name", "sluice");
    json_.text_if_any("version", one_line(record_.started.version, 100));
    json_.end_object();
  }

  void write_summary()
  {
    JunitCounts all;
    for (const JunitSuite& suite : layout_) all.add(suite.counts);
    const std::size_t failed = all.failures + all.errors;
    json_.begin_object("summary");
    json_.count("tests", all.tests);
    json_.count("passed", all.tests - failed - all.skipped);
    json_.count("failed", failed);
    json_.count("skipped", all.skipped);
    json_.count("pending", 0);
    json_.count("other", 0);
    if (const Counts counts = record_.counts(); counts.flaky > 0) json_.count("flaky", counts.flaky);
    json_.count("suites", layout_.size());
    const std::int64_t start = epoch_millis(record_.start_time);
    const std::int64_t duration = record_.finished ? millis(record_.finished->duration) : 0;
    json_.number("start", start);
    json_.number("stop", start + duration);
    json_.end_object();
  }

  void write_environment()
  {
    const event::RunStarted& run = record_.started;
    json_.begin_object("environment");
    json_.text_if_any("commit", one_line(run.head, 100));
    json_.begin_object("extra");
    json_.text_if_any("base", one_line(run.base, 100));
    json_.text_if_any("tree", one_line(run.tree, 100));
    json_.flag("workingTree", run.working_tree);
    json_.text_if_any("host", one_line(run.host, 255));
    const Counts counts = record_.counts();
    json_.count("testsLeftOut", counts.left_out);
    json_.count("testsReused", counts.reused);
    if (record_.sandbox) {
      json_.text("sandbox", to_string(record_.sandbox->level));
      json_.flag("observed", record_.sandbox->observed);
    }
    if (record_.finished) json_.text("verdict", to_string(record_.finished->verdict.status));
    json_.end_object();
    json_.end_object();
  }

  void write(const JunitSuite& suite, const JunitCase& entry)
  {
    json_.begin_object();
    json_.text("name", entry.name);
    json_.text("status", word(entry.status));
    json_.number("duration", entry.time.count());
    json_.begin_array("suite");
    json_.element(suite.name);
    json_.end_array();
    if (entry.test) write(*entry.test, entry.status);
    else write_gate(entry);
    json_.end_object();
    out_.drain();
  }

  void write_gate(const JunitCase& entry)
  {
    json_.text_if_any("message", entry.message);
    if (!entry.body.empty()) json_.text("trace", excerpt(entry.body, k_output_limit));
  }

  void write(const TestRecord& test, CaseStatus status)
  {
    const Attempt* attempt = test.selected() ? deciding_attempt(test) : nullptr;
    const std::string id = one_line(test.planned.test.value, 2'000);
    if (!id.empty()) json_.text("testId", id);
    const Standing standing = test.standing();
    const bool flaky = standing == Standing::flaky, quarantined = standing == Standing::quarantined;
    // A flaky test has passed; its failures are its other attempts.
    json_.text("rawStatus", test.reused() ? "reused" : flaky ? "flaky" : to_string(test.outcome()));
    if ((status != CaseStatus::passed || flaky) && test.selected()) json_.text("message", test_message(test));
    if (flaky) json_.flag("flaky", true);
    const auto [file, line] = test_place(test, attempt);
    json_.text_if_any("filePath", file);
    if (line > 0) json_.number("line", line);
    if (attempt) {
      json_.number("start", epoch_millis(attempt->started));
      json_.number("stop", epoch_millis(std::max(attempt->ended, attempt->started)));
      json_.text("threadId", std::to_string(attempt->lane));
      if (status != CaseStatus::passed) write_output(attempt->result);
    }
    if (!test.planned.labels.empty() || quarantined) {
      json_.begin_array("tags");
      for (const std::string& label : test.planned.labels) json_.element(one_line(label, 200));
      if (quarantined) json_.element("quarantined");
      json_.end_array();
    }
    write_other_attempts(test, attempt);
    write_extra(test);
  }

  void write_extra(const TestRecord& test)
  {
    const std::vector<TestFinding> found = findings_shown(conduct_, test);
    const auto& quarantine = test.planned.quarantine;
    if (found.empty() && !quarantine) return;
    json_.begin_object("extra");
    if (quarantine) {
      write_quarantine(json_,
                       {one_line(quarantine->until, 10), one_line(quarantine->reason, 1'000),
                        one_line(quarantine->ticket, 200), one_line(quarantine->owner, 200), quarantine->expired});
    }
    if (!found.empty()) {
      json_.begin_array("findings");
      for (const TestFinding& each : found) json_.element(finding_words(each));
      json_.end_array();
    }
    json_.end_object();
  }

  void write_output(const AttemptResult& result)
  {
    if (result.output.empty()) return;
    const std::string clean = excerpt(result.output, k_output_limit);
    json_.begin_array("stdout");
    for (std::size_t at = 0; at < clean.size();) {
      const std::size_t end = std::min(clean.find('\n', at), clean.size());
      json_.element(std::string_view(clean).substr(at, end - at));
      at = end + 1;
    }
    json_.end_array();
  }

  void write_other_attempts(const TestRecord& test, const Attempt* deciding)
  {
    if (test.attempts.size() < 2) return;
    json_.count("retries", test.attempts.size() - 1);
    json_.begin_array("retryAttempts");
    std::size_t shown = 0;
    for (const Attempt& attempt : test.attempts) {
      if (&attempt == deciding || shown == k_attempts_shown) continue;
      ++shown;
      json_.begin_object();
      json_.number("attempt", std::max(attempt.number, 1));
      json_.text("status", word(attempt.result.outcome));
      json_.number("duration", millis(attempt.result.duration));
      json_.text("message", attempt_message(attempt));
      json_.end_object();
    }
    json_.end_array();
  }

  const RunRecord& record_;
  Conduct conduct_;
  std::vector<JunitSuite> layout_;
  OutputStream& out_;
  JsonWriter json_;
};

} // namespace

void write_ctrf(const RunRecord& record, const FormatOptions& options, OutputStream& out)
{
  Ctrf(record, options, out).write();
}

} // namespace sluice::reports
