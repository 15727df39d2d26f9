#include "reports/junit.h"

#include "reports/attempt_words.h"
#include "reports/conduct_words.h"
#include "reports/junit_layout.h"
#include "reports/phrases.h"
#include "reports/text.h"
#include "reports/xml_writer.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::reports {

namespace {

// Readers cut a case at 8,000 characters and refuse files above 25 MB: what all cases that show output share.
constexpr std::size_t k_case_limit = 8'000;
constexpr std::size_t k_least_case_limit = 400;
constexpr std::size_t k_report_limit = 12u << 20;
constexpr std::size_t k_reruns_shown = 10;
constexpr std::size_t k_escalations_shown = 20;
constexpr std::size_t k_findings_shown = 20; // of the run, and of a case

std::string_view type_of(Outcome outcome)
{
  switch (outcome) {
  case Outcome::passed:
    return "Passed";
  case Outcome::failed:
    return "TestFailed";
  case Outcome::crashed:
    return "TestCrashed";
  case Outcome::timed_out:
    return "TestTimedOut";
  case Outcome::skipped:
    return "TestSkipped";
  case Outcome::lost:
    return "TestLost";
  case Outcome::not_started:
    return "TestNotStarted";
  case Outcome::not_run:
    return "TestNotRun";
  }
  return "Unknown";
}

// A path in an attachment line must not end that line's markup itself.
bool readers_take_for_markup(std::string_view path)
{
  return path.find_first_of("[]|") != std::string_view::npos;
}

class Report {
public:
  Report(const RunRecord& record, const JunitFile& file, const JunitOptions& options, OutputStream& out)
    : record_(record), conduct_(record), file_(file), rich_(options.profile == JunitProfile::rich), out_(out),
      xml_(out.text())
  {
  }

  void write()
  {
    JunitCounts all;
    for (const JunitSuite& suite : file_.suites) all.add(suite.counts);
    const Counts counts = record_.counts();
    const std::size_t shown = std::max<std::size_t>(all.failures + all.errors + counts.flaky + counts.quarantined, 1);
    case_limit_ = std::clamp(k_report_limit / shown, k_least_case_limit, k_case_limit);
    timestamp_ = utc_seconds(record_.start_time);
    host_ = one_line(record_.started.host, 255);
    if (host_.empty()) host_ = "localhost";

    if (file_.suite_is_root) {
      for (const JunitSuite& suite : file_.suites) write(suite);
    } else {
      xml_.open("testsuites");
      xml_.attribute("name", "sluice");
      write_counts(all);
      xml_.attribute("time", fixed_seconds(all.time));
      for (const JunitSuite& suite : file_.suites) write(suite);
      xml_.close();
    }
    xml_.finish();
    out_.finish();
  }

private:
  void write_counts(const JunitCounts& counts)
  {
    xml_.attribute("tests", std::to_string(counts.tests));
    xml_.attribute("failures", std::to_string(counts.failures));
    xml_.attribute("errors", std::to_string(counts.errors));
  }

  void write(const JunitSuite& suite)
  {
    xml_.open("testsuite");
    xml_.attribute("name", suite.name);
    write_counts(suite.counts);
    xml_.attribute("skipped", std::to_string(suite.counts.skipped));
    xml_.attribute("time", fixed_seconds(suite.counts.time));
    xml_.attribute("timestamp", timestamp_);
    if (!file_.suite_is_root) xml_.attribute("hostname", host_); // Surefire's schema has none
    if (suite.name == k_gate_suite) write_run_properties();
    for (const JunitCase& entry : suite.cases) write(suite, entry);
    xml_.close();
  }

  void write(const JunitSuite& suite, const JunitCase& entry)
  {
    xml_.open("testcase");
    xml_.attribute("name", entry.name);
    xml_.attribute("classname", suite.name);
    xml_.attribute("time", fixed_seconds(entry.time));
    if (entry.test) write_test(entry);
    else if (entry.status != CaseStatus::passed)
      write_problem(entry.status, entry.type, entry.message, gate_body(entry));
    xml_.close();
    out_.drain();
  }

  static std::string left_out_words(const TestRecord& test)
  {
    const Skip& skip = std::get<Skip>(test.planned.decision);
    const std::string subject = one_line(skip.subject, 900);
    return fmt::format("left out: {}{}{}", to_string(skip.cause), subject.empty() ? "" : ": ", subject);
  }

  std::string gate_body(const JunitCase& entry) const
  {
    std::string body = entry.message;
    if (!entry.body.empty()) body += "\n" + excerpt(entry.body, k_case_limit);
    return body;
  }

  void write_test(const JunitCase& entry)
  {
    const TestRecord& test = *entry.test;
    const std::string file = one_line(test.planned.file, 1'000);
    const bool has_file = rich_ && !file.empty() && !file.starts_with('/'); // readers look for it in the repository
    if (has_file) xml_.attribute("file", file);
    if (has_file && test.planned.line > 0) xml_.attribute("line", std::to_string(test.planned.line));

    if (rich_) write_properties(test);
    if (test.reused()) return;
    if (test.standing() == Standing::flaky) return write_attempts("flakyFailure", test, deciding_attempt(test));
    if (entry.status == CaseStatus::skipped) {
      const std::string reason = test.selected() ? test_message(test) : left_out_words(test);
      xml_.open("skipped");
      xml_.attribute("message", reason);
      xml_.text(reason);
      xml_.close();
      // It ran, and failed.
      if (const Attempt* attempt = deciding_attempt(test); attempt && is_red(attempt->result.outcome))
        write_output(*attempt);
    } else if (entry.status != CaseStatus::passed) {
      write_red_test(test, entry.status);
    }
  }

  void write_properties(const TestRecord& test)
  {
    const Reuse* const reuse = std::get_if<Reuse>(&test.planned.decision);
    const std::vector<TestFinding> found = reuse ? std::vector<TestFinding>{} : findings_shown(conduct_, test);
    const auto& quarantine = test.planned.quarantine;
    const bool from = reuse && !reuse->proof.run.empty();
    if (!from && !quarantine && found.empty()) return;
    xml_.open("properties");
    if (from) property("sluice.reused_from", reuse->proof.run);
    if (quarantine) {
      property("sluice.quarantine.until", quarantine->until);
      property("sluice.quarantine.reason", quarantine->reason);
      property("sluice.quarantine.ticket", quarantine->ticket);
      property("sluice.quarantine.owner", quarantine->owner);
      if (quarantine->expired) property("sluice.quarantine.expired", "true");
    }
    numbered("sluice.finding", found, finding_words);
    xml_.close();
  }

  // The order of the children is Surefire's: failure, reruns, error, system-out.
  void write_red_test(const TestRecord& test, CaseStatus status)
  {
    const Attempt* attempt = deciding_attempt(test);
    const std::string message = test_message(test);
    const Outcome outcome = attempt ? attempt->result.outcome : Outcome::not_run;
    if (status == CaseStatus::failure)
      write_problem(status, type_of(outcome), message, body_of(test, attempt, message));
    write_attempts("rerunFailure", test, attempt);
    if (status == CaseStatus::error) write_problem(status, type_of(outcome), message, body_of(test, attempt, message));
    if (attempt) write_output(*attempt);
  }

  void write_problem(CaseStatus status, std::string_view type, const std::string& message, const std::string& body)
  {
    xml_.open(status == CaseStatus::failure ? "failure" : "error");
    xml_.attribute("message", message);
    xml_.attribute("type", std::string(type));
    xml_.text(body);
    xml_.close();
  }

  // GitLab and others show this text and nothing else, so it repeats the message and quotes the output.
  std::string body_of(const TestRecord& test, const Attempt* attempt, const std::string& message) const
  {
    std::string body = message;
    if (const std::string location = test_location(test, attempt); !location.empty())
      body += "\n" + location + ": " + (attempt ? attempt_message(*attempt) : message);
    if (attempt && !attempt->result.output.empty()) body += "\n\n" + excerpt(attempt->result.output, case_limit_ / 4);
    return body;
  }

  // The red attempts but for the deciding one, each as an element of this name.
  void write_attempts(const char* element, const TestRecord& test, const Attempt* deciding)
  {
    std::vector<const Attempt*> reruns;
    for (const Attempt& attempt : test.attempts)
      if (&attempt != deciding && is_red(attempt.result.outcome) && reruns.size() < k_reruns_shown)
        reruns.push_back(&attempt);
    for (const Attempt* attempt : reruns) {
      const std::string message = attempt_message(*attempt);
      const std::string location = test_location(test, attempt);
      xml_.open(element);
      xml_.attribute("message", message);
      xml_.attribute("type", std::string(type_of(attempt->result.outcome)));
      xml_.open("stackTrace");
      xml_.text(location.empty() ? message : message + "\n" + location + ": " + message);
      xml_.close();
      if (!attempt->result.output.empty()) {
        xml_.open("system-out");
        xml_.text(excerpt(attempt->result.output, case_limit_ / 4 / reruns.size()));
        xml_.close();
      }
      xml_.close();
    }
  }

  void write_output(const Attempt& attempt)
  {
    const std::string log = log_path(record_.started, attempt);
    const std::string written = written_path(record_, attempt);
    if (attempt.result.output.empty() && log.empty() && written.empty()) return;
    std::string text;
    if (!log.empty() && !readers_take_for_markup(log)) text = "[[ATTACHMENT|" + log + "]]\n";
    if (!written.empty()) text += "what it wrote: " + written + "\n";
    text += excerpt(attempt.result.output, case_limit_ / 2, log.empty() ? log : "full log: " + log);
    xml_.open("system-out");
    xml_.text(text);
    xml_.close();
  }

  void property(const char* name, std::string_view value)
  {
    const std::string clean = one_line(value, 1'000);
    if (clean.empty()) return;
    xml_.open("property");
    xml_.attribute("name", name);
    xml_.attribute("value", clean);
    xml_.close();
  }

  template <class T> void numbered(const char* name, const std::vector<T>& values, auto words)
  {
    for (std::size_t i = 0; i < std::min(values.size(), k_findings_shown); ++i)
      property(fmt::format("{}.{}", name, i + 1).c_str(), words(values[i]));
  }

  // What tests ran in and how they behaved: of the whole run, in every profile.
  void write_conduct()
  {
    constexpr auto as_it_is = [](const std::string& text) { return text; };
    if (const auto& sandbox = record_.sandbox) {
      property("sluice.sandbox.level", to_string(sandbox->level));
      property("sluice.sandbox.observed", sandbox->observed ? "true" : "false");
      property("sluice.sandbox.refused", sandbox->refused);
      numbered("sluice.sandbox.loss", sandbox->losses, as_it_is);
      numbered("sluice.sandbox.opening", sandbox->openings, as_it_is);
    }
    const std::vector<std::string> found = finding_lines(record_);
    count("sluice.findings", found.size());
    numbered("sluice.finding", found, as_it_is);
  }

  void count(const char* name, std::size_t value) { property(name, std::to_string(value)); }

  void write_run_properties()
  {
    const event::RunStarted& run = record_.started;
    const Counts counts = record_.counts();
    xml_.open("properties");
    property("sluice.run", run.run);
    property("sluice.version", run.version);
    property("sluice.base", run.base);
    property("sluice.head", run.head);
    property("sluice.tree", run.tree);
    property("sluice.working_tree", run.working_tree ? "true" : "false");
    count("sluice.lanes", static_cast<std::size_t>(std::max(run.lanes, 0)));
    if (run.seed != 0) property("sluice.seed", std::to_string(run.seed));
    count("sluice.tests.all", counts.total);
    count("sluice.tests.run", counts.selected);
    count("sluice.tests.reused", counts.reused);
    count("sluice.tests.left_out", counts.left_out);
    if (counts.flaky > 0) count("sluice.tests.flaky", counts.flaky);
    if (counts.quarantined > 0) count("sluice.tests.quarantined", counts.quarantined);
    write_skip_causes();
    write_escalations();
    write_conduct();
    xml_.close();
  }

  void write_skip_causes()
  {
    std::array<std::size_t, static_cast<std::size_t>(SkipCause::shard) + 1> causes{};
    for (const TestRecord& test : record_.tests)
      if (const Skip* skip = std::get_if<Skip>(&test.planned.decision)) ++causes[static_cast<std::size_t>(skip->cause)];
    for (std::size_t i = 0; i < causes.size(); ++i) {
      if (causes[i] == 0) continue;
      count(fmt::format("sluice.tests.left_out.{}", to_string(static_cast<SkipCause>(i))).c_str(), causes[i]);
    }
  }

  void write_escalations()
  {
    const std::vector<Escalation>& escalations = record_.plan.escalations;
    count("sluice.escalations", escalations.size());
    for (std::size_t i = 0; i < std::min(escalations.size(), k_escalations_shown); ++i)
      property(fmt::format("sluice.escalation.{}", i + 1).c_str(),
               fmt::format("{}: {}", to_string(escalations[i].cause), escalations[i].subject));
  }

  const RunRecord& record_;
  Conduct conduct_;
  const JunitFile& file_;
  bool rich_;
  OutputStream& out_;
  XmlWriter xml_;
  std::size_t case_limit_ = k_case_limit;
  std::string timestamp_;
  std::string host_;
};

} // namespace

void write_junit(const RunRecord& record, const JunitFile& file, const JunitOptions& options, OutputStream& out)
{
  Report(record, file, options, out).write();
}

std::string junit(const RunRecord& record)
{
  std::string xml;
  OutputStream out([&](std::string_view bytes) { xml += bytes; });
  write_junit(record, junit_files(record, {}).front(), {}, out);
  return xml;
}

} // namespace sluice::reports
