#include "reports/page.h"

#include "reports/attempt_words.h"
#include "reports/conduct_words.h"
#include "reports/json_writer.h"
#include "reports/page_head.h"
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

std::string quarantined(const Quarantined& quarantine)
{
  return fmt::format("{}{}: {}", quarantine.expired ? "expired, " : "", quarantine_words(quarantine),
                     clean(quarantine.reason));
}

class Page {
public:
  Page(const RunRecord& record, OutputStream& out) : record_(record), out_(out), json_(out.text()) {}

  void write()
  {
    json_.begin_object();
    json_.number("v", 1);
    write_page_head(record_, json_);
    write_outcomes();
    write_tests();
    write_attempts();
    write_conduct();
    write_spans();
    write_tables();
    json_.end_object();
  }

private:
  void write_outcomes()
  {
    json_.begin_array("outcomes");
    for (int code = 0; code <= static_cast<int>(Outcome::not_run); ++code)
      json_.element(to_string(static_cast<Outcome>(code)));
    json_.end_array();
    json_.begin_array("standings");
    for (int code = 0; code <= static_cast<int>(Standing::red); ++code)
      json_.element(to_string(static_cast<Standing>(code)));
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
      json_.element_number(static_cast<int>(test.standing()));
      json_.element_number(test.planned.quarantine ? strings_.of(quarantined(*test.planned.quarantine)) : -1);
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
    constexpr std::string_view kinds[] = {"first", "isolated", "repeat", "retry"};
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
    json_.text_if_any("written", written_path(record_, attempt));
    json_.end_object();
  }

  // Findings of tests, and tests of which it is not known completely what they used: rows of test and place in
  // `strings`.
  void write_conduct()
  {
    const Conduct conduct(record_);
    std::vector<std::pair<std::size_t, std::int64_t>> unobserved;
    json_.begin_object("findings");
    for (std::size_t i = 0; i < record_.tests.size(); ++i) {
      const TestRecord& test = record_.tests[i];
      if (const std::string words = conduct.unobserved(test); !words.empty())
        unobserved.emplace_back(i, strings_.of(clean(words)));
      const std::vector<TestFinding> found = findings_shown(conduct, test);
      if (found.empty()) continue;
      json_.begin_array(std::to_string(i));
      for (const TestFinding& each : found) json_.element(clean(finding_words(each)));
      json_.end_array();
      out_.drain();
    }
    json_.end_object();
    json_.begin_array("unobserved");
    for (const auto& [test, words] : unobserved) {
      json_.begin_array();
      json_.element_number(static_cast<std::int64_t>(test));
      json_.element_number(words);
      json_.end_array();
      out_.drain();
    }
    json_.end_array();
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
