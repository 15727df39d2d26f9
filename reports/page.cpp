#include "reports/page.h"

#include "reports/attempt_words.h"
#include "reports/json_writer.h"
#include "reports/plan_words.h"
#include "reports/text.h"
#include "reports/timeline.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <unordered_map>

namespace sluice::reports {

namespace {

constexpr std::size_t k_output_limit = 20'000; // of one attempt
constexpr std::size_t k_least_output_limit = 500;
constexpr std::size_t k_output_budget = 20u << 20; // of all
constexpr std::size_t k_name_limit = 2'000;

// Numbers of the decisions and spans in the format.
enum class DecisionCode { run, reuse, skip };
enum class SpanCode { batch, test, waiting };

class Strings {
public:
  std::int64_t of(std::string_view text)
  {
    const auto [found, is_new] = index_.try_emplace(std::string(text), all_.size());
    if (is_new) all_.push_back(&found->first);
    return static_cast<std::int64_t>(found->second);
  }
  const std::vector<const std::string*>& all() const { return all_; }

private:
  std::unordered_map<std::string, std::size_t> index_;
  std::vector<const std::string*> all_; // keys do not move
};

std::string clean(std::string_view bytes)
{
  return one_line(bytes, k_name_limit);
}

std::string decision_words(const Decision& decision)
{
  if (const Run* run = std::get_if<Run>(&decision)) return cause_words(*run);
  if (const Skip* skip = std::get_if<Skip>(&decision)) return skip_words(*skip);
  const Reuse& reuse = std::get<Reuse>(decision);
  const std::string from = reuse.proof.run.empty() ? "an earlier run" : "run " + clean(reuse.proof.run);
  return fmt::format("passed in {}; {}", from,
                     reuse.cut_off ? "what was built from the changed files is the same as then"
                                   : "nothing that it rests on differs from then");
}

class Page {
public:
  Page(const RunRecord& record, OutputStream& out) : record_(record), out_(out), json_(out.text()) {}

  void write()
  {
    json_.begin_object();
    json_.number("v", 1);
    write_run();
    write_verdict();
    write_plan();
    write_outcomes();
    write_tests();
    write_attempts();
    write_spans();
    write_tables();
    json_.end_object();
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
    if (!record_.build) return;
    json_.begin_object("build");
    json_.flag("ok", record_.build->ok);
    json_.number("exit", record_.build->exit_code);
    json_.number("us", record_.build->duration.count());
    json_.text("output", excerpt(record_.build->output, k_output_limit));
    json_.end_object();
  }

  void write_texts(std::string_view key, const std::vector<std::string>& values)
  {
    json_.begin_array(key);
    for (const std::string& value : values) json_.element(clean(value));
    json_.end_array();
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

  void write_outcomes()
  {
    json_.begin_array("outcomes");
    for (int code = 0; code <= static_cast<int>(Outcome::not_run); ++code)
      json_.element(to_string(static_cast<Outcome>(code)));
    json_.end_array();
  }

  std::int64_t path_of(const Decision& decision)
  {
    const Run* run = std::get_if<Run>(&decision);
    if (!run || run->path.empty()) return -1;
    std::vector<std::pair<std::int64_t, std::int64_t>> path;
    for (const ReasonStep& step : run->path)
      path.emplace_back(strings_.of(clean(step.name)), strings_.of(clean(step.via)));
    return static_cast<std::int64_t>(paths_.try_emplace(std::move(path), paths_.size()).first->second);
  }

  void write_tests()
  {
    json_.begin_array("tests");
    for (const TestRecord& test : record_.tests) {
      const Attempt* attempt = test.selected() ? deciding_attempt(test) : nullptr;
      json_.begin_array();
      json_.element(clean(test.planned.test.value));
      json_.element_number(strings_.of(clean(test.planned.suite)));
      json_.element(clean(test.planned.name));
      json_.element_number(strings_.of(clean(test.planned.program)));
      json_.element_number(strings_.of(clean(test.planned.file)));
      json_.element_number(test.planned.line);
      const DecisionCode decision = test.selected() ? DecisionCode::run
                                    : test.reused() ? DecisionCode::reuse
                                                    : DecisionCode::skip;
      json_.element_number(static_cast<int>(decision));
      json_.element_number(static_cast<int>(test.outcome()));
      json_.element_number(attempt ? attempt->result.duration.count() : 0);
      json_.element_number(strings_.of(decision_words(test.planned.decision)));
      json_.element_number(path_of(test.planned.decision));
      json_.end_array();
      out_.drain();
    }
    json_.end_array();
  }

  // A test that passed at once and printed nothing has no more to say than its row.
  static bool tells_more(const TestRecord& test)
  {
    if (test.attempts.size() > 1) return true;
    return !test.attempts.empty() &&
           (test.attempts[0].result.outcome != Outcome::passed || !test.attempts[0].result.output.empty());
  }

  void write_attempts()
  {
    std::size_t attempts = 0;
    for (const TestRecord& test : record_.tests)
      if (tells_more(test)) attempts += test.attempts.size();
    const std::size_t limit =
      std::clamp(k_output_budget / std::max<std::size_t>(attempts, 1), k_least_output_limit, k_output_limit);
    json_.begin_object("attempts");
    for (std::size_t i = 0; i < record_.tests.size(); ++i) {
      const TestRecord& test = record_.tests[i];
      if (!tells_more(test)) continue;
      json_.begin_array(std::to_string(i));
      for (const Attempt& attempt : test.attempts) write(test, attempt, limit);
      json_.end_array();
      out_.drain();
    }
    json_.end_object();
  }

  void write(const TestRecord& test, const Attempt& attempt, std::size_t limit)
  {
    constexpr std::string_view kinds[] = {"first", "isolated", "repeat"};
    json_.begin_object();
    json_.number("n", attempt.number);
    json_.text("kind", kinds[static_cast<std::size_t>(attempt.kind)]);
    json_.number("lane", attempt.lane);
    json_.text("outcome", to_string(attempt.result.outcome));
    json_.number("us", attempt.result.duration.count());
    json_.text("message", attempt.result.outcome == Outcome::passed ? std::string() : attempt_message(attempt));
    json_.text_if_any("at", test_location(test, &attempt));
    json_.text_if_any("output", excerpt(attempt.result.output, limit));
    json_.text_if_any("log", log_path(record_.started, attempt));
    json_.end_object();
  }

  void write_spans()
  {
    json_.begin_array("spans");
    for (const TimelineSpan& span : timeline(record_)) {
      SpanCode code = SpanCode::waiting;
      std::int64_t what = 0;
      if (span.kind == TimelineSpan::Kind::batch) {
        code = SpanCode::batch;
        what = strings_.of(clean(span.batch->begun.program));
      } else if (span.kind == TimelineSpan::Kind::test) {
        code = SpanCode::test;
        what = span.test - record_.tests.data();
      }
      json_.begin_array();
      json_.element_number(static_cast<int>(code));
      json_.element_number(span.lane);
      json_.element_number(std::chrono::microseconds(span.begin - record_.start_time).count());
      json_.element_number(std::chrono::microseconds(span.end - record_.start_time).count());
      json_.element_number(what);
      json_.end_array();
      out_.drain();
    }
    json_.end_array();
  }

  void write_tables()
  {
    std::vector<const std::vector<std::pair<std::int64_t, std::int64_t>>*> paths(paths_.size());
    for (const auto& [path, index] : paths_) paths[index] = &path;
    json_.begin_array("paths");
    for (const auto* path : paths) {
      json_.begin_array();
      for (const auto& [name, via] : *path) {
        json_.begin_array();
        json_.element_number(name);
        json_.element_number(via);
        json_.end_array();
      }
      json_.end_array();
      out_.drain();
    }
    json_.end_array();
    json_.begin_array("strings");
    for (const std::string* text : strings_.all()) {
      json_.element(*text);
      out_.drain();
    }
    json_.end_array();
  }

  const RunRecord& record_;
  OutputStream& out_;
  JsonWriter json_;
  Strings strings_;
  std::map<std::vector<std::pair<std::int64_t, std::int64_t>>, std::size_t> paths_;
};

} // namespace

void write_page_data(const RunRecord& record, OutputStream& out)
{
  // '<' stands in strings only, where it may be written as an escape.
  OutputStream escaping([&](std::string_view piece) {
    while (!piece.empty()) {
      const std::size_t end = std::min(piece.find('<'), piece.size());
      out.text() += piece.substr(0, end);
      if (end < piece.size()) out.text() += "\\u003c";
      piece.remove_prefix(std::min(end + 1, piece.size()));
    }
    out.drain();
  });
  Page(record, escaping).write();
  escaping.finish();
}

bool write_page(std::string_view page, const RunRecord& record, OutputStream& out)
{
  const std::size_t begin = page.find(k_page_data_begins);
  if (begin == std::string_view::npos) return false;
  const std::size_t data = begin + k_page_data_begins.size();
  out.text() += page.substr(0, data);
  write_page_data(record, out);
  out.text() += page.substr(std::min(page.find('<', data), page.size()));
  out.finish();
  return true;
}

} // namespace sluice::reports
