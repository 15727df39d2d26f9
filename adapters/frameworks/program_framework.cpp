#include "adapters/frameworks/program_framework.h"

#include "adapters/frameworks/ctest/cmake_regex.h"
#include "adapters/frameworks/environment.h"
#include "adapters/frameworks/junit_report.h"
#include "adapters/frameworks/placeholders.h"
#include "adapters/frameworks/result_rules.h"
#include "adapters/frameworks/tap_output.h"
#include "model/excerpt.h"

#include <algorithm>

namespace sluice::frameworks {

namespace {

constexpr std::size_t k_most_matched = 256u << 20; // bytes of output that patterns are matched against

bool has_patterns(const ResultRules& rules)
{
  return !rules.pass_patterns.empty() || !rules.fail_patterns.empty() || !rules.skip_patterns.empty();
}

constexpr std::size_t k_longest_match = 64u << 10; // for a limit; else a talkative program costs the square

constexpr std::string_view k_report_word = "{report}";

std::string report_file(const runner::BatchRequest& request)
{
  return request.scratch + "/report.xml";
}

class ProgramReader final : public runner::BatchReader {
public:
  explicit ProgramReader(const ResultRules& rules)
    : rules_(rules), after_match_(rules.after_match.patterns.begin(), rules.after_match.patterns.end()),
      whole_(has_patterns(rules) || !after_match_.empty())
  {
  }

  void feed(std::string_view bytes, std::vector<runner::CaseUpdate>& updates) override
  {
    start(updates);
    kept_.add(bytes);
    if (!whole_) return;
    if (text_.size() + bytes.size() > k_most_matched) too_long_ = true;
    else text_.append(bytes);
    look_for_limit(updates);
  }

  void finish(const runner::Ended& ended, std::vector<runner::CaseUpdate>& updates) override
  {
    start(updates);
    if (ended.signal != 0) return; // a crash is a crash, whatever WILL_FAIL says
    AttemptResult result = judge(rules_, ended.exit_code, text_);
    if (too_long_) {
      result.outcome = Outcome::failed;
      result.message = "it printed more than its patterns can be matched against (256 MiB)";
    }
    if (result.outcome != Outcome::passed) result.output = kept_.text();
    updates.emplace_back(runner::CaseFinished{0, std::move(result)});
  }

private:
  void start(std::vector<runner::CaseUpdate>& updates)
  {
    if (!std::exchange(started_, true)) updates.emplace_back(runner::CaseStarted{0});
  }

  // As CTest does: in all that was printed until the end of a line, until something is found.
  void look_for_limit(std::vector<runner::CaseUpdate>& updates)
  {
    const std::size_t end = after_match_.empty() ? std::string::npos : text_.rfind('\n');
    if (end == std::string::npos || end < looked_at_) return;
    const std::string_view lines(text_.data(), end + 1);
    const std::size_t from = looked_at_ > k_longest_match ? looked_at_ - k_longest_match : 0;
    looked_at_ = lines.size();
    const auto found = [&](const CMakeRegex& pattern) { return pattern.found_in(lines, from); };
    if (std::none_of(after_match_.begin(), after_match_.end(), found)) return;
    after_match_.clear();
    whole_ = has_patterns(rules_);
    updates.emplace_back(runner::CaseLimited{0, rules_.after_match.limit});
  }

  const ResultRules& rules_;
  std::vector<CMakeRegex> after_match_; // those that may still match
  std::size_t looked_at_ = 0;           // bytes, whole lines
  Excerpt kept_{k_excerpt_head, k_inner_tail};
  std::string text_;
  bool whole_;
  bool started_ = false;
  bool too_long_ = false;
};

// A program that reports its own cases. The report of a program that a signal ended is worth nothing.
class ReportReader final : public runner::BatchReader {
public:
  ReportReader(ResultFormat format, std::string file) : format_(format), file_(std::move(file)) {}

  void feed(std::string_view bytes, std::vector<runner::CaseUpdate>& updates) override
  {
    if (!std::exchange(started_, true)) updates.emplace_back(runner::CaseStarted{0});
    kept_.add(bytes);
    if (format_ == ResultFormat::tap) tap_.feed(bytes);
  }

  void finish(const runner::Ended& ended, std::vector<runner::CaseUpdate>& updates) override
  {
    feed({}, updates);
    if (ended.signal != 0) return;
    tap_.end();
    AttemptResult result =
      judge(format_ == ResultFormat::tap ? tap_.reported() : read_junit_file(file_), ended.exit_code);
    if (result.outcome != Outcome::passed) result.output = kept_.text();
    updates.emplace_back(runner::CaseFinished{0, std::move(result)});
  }

private:
  ResultFormat format_;
  std::string file_;
  Excerpt kept_{k_excerpt_head, k_inner_tail};
  TapOutput tap_;
  bool started_ = false;
};

} // namespace

runner::Command ProgramFramework::command(const runner::BatchRequest& request) const
{
  const Launch& launch = request.program->launch;
  std::vector<std::string> arguments = launch.arguments;
  if (request.cases.front()->rules.format == ResultFormat::junit)
    for (std::string& argument : arguments) replace_all(argument, k_report_word, report_file(request));
  return {std::move(arguments), launch.working_directory, environment_for(request.environment, launch.environment)};
}

std::unique_ptr<runner::BatchReader> ProgramFramework::reader(const runner::BatchRequest& request) const
{
  const ResultRules& rules = request.cases.front()->rules;
  if (rules.format == ResultFormat::exit_code) return std::make_unique<ProgramReader>(rules);
  return std::make_unique<ReportReader>(rules.format, report_file(request));
}

std::size_t ProgramFramework::most_cases_per_batch(const Program&) const
{
  return 1;
}

} // namespace sluice::frameworks
