#include "adapters/frameworks/gtest/gtest_batch.h"

#include "adapters/frameworks/gtest/gtest_output.h"
#include "adapters/frameworks/gtest/gtest_results.h"

#include <fmt/format.h>
#include <unistd.h>

namespace sluice::frameworks {

namespace {

using State = GtestOutput::State;
using Updates = std::vector<runner::CaseUpdate>;

bool looks_green(State state)
{
  return state == State::passed || state == State::skipped;
}

class GtestReader final : public runner::BatchReader {
public:
  explicit GtestReader(const runner::BatchRequest& request) : request_(request), output_(request.cases) {}

  void feed(std::string_view bytes, Updates& updates) override
  {
    const std::size_t before = updates.size();
    output_.feed(bytes, updates);
    for (std::size_t i = before; i < updates.size(); ++i) {
      if (const auto* finished = std::get_if<runner::CaseFinished>(&updates[i])) last_ = finished->position;
    }
  }

  void finish(const runner::Ended& ended, Updates& updates) override;

private:
  struct Doubt {
    Outcome outcome = Outcome::lost;
    std::string message;
  };

  void left_early(const runner::Ended& ended, Updates& updates);
  void confirm(const GtestResults& results, Updates& updates);
  void confirm_case(std::size_t position, const AttemptResult& result, Updates& updates);
  void withdraw_all(const Doubt& doubt, Updates& updates);
  void withdraw_suites(Updates& updates);
  void withdraw(std::size_t position, const Doubt& doubt, Updates& updates);
  bool all_ended() const;
  std::size_t ended_cases() const;

  const runner::BatchRequest& request_;
  GtestOutput output_;
  std::optional<std::size_t> last_; // case that ended last
  bool corrected_red_ = false;      // the result file knew a failure that was not printed
  runner::Ended ended_;
};

void GtestReader::finish(const runner::Ended& ended, Updates& updates)
{
  output_.end();
  ended_ = ended;
  const auto results = read_gtest_results(result_file(request_));
  const bool complete = results || ::access(premature_exit_file(request_).c_str(), F_OK) != 0;
  if (!complete) return left_early(ended, updates);
  if (ended.signal != 0)
    return withdraw_all(
      {Outcome::crashed, fmt::format("the program ended by signal {} after its last case", ended.signal)}, updates);
  if (results) confirm(*results, updates);
  const bool outside = output_.failed_outside() || (results && results->failed_outside);
  if (!output_.failed_suites().empty()) return withdraw_suites(updates);
  if (outside) return withdraw_all({Outcome::failed, "an assertion failed outside of any test"}, updates);
  const bool explained = output_.any_failed() || corrected_red_;
  if (ended.exit_code != 0 && !explained)
    return withdraw_all({Outcome::failed, fmt::format("exit code {} though no test failed", ended.exit_code)}, updates);
  if (results) return;
  // A small batch was asked for a result file: without one nothing that was printed is confirmed.
  if (request_.cases.size() <= k_most_confirmed_by_file)
    return withdraw_all({Outcome::lost, "the program wrote no result file"}, updates);
  const bool miscounted = output_.counted() >= 0 && static_cast<std::size_t>(output_.counted()) < ended_cases();
  if (output_.contradictory() || miscounted)
    withdraw_all({Outcome::lost, "what the program printed contradicts itself"}, updates);
}

// gtest did not come to the end of its run. A case that was running then is the runner's business. When none was, the
// process ended between two cases, or the last one printed its own end marker: it cannot count as passed.
void GtestReader::left_early(const runner::Ended& ended, Updates& updates)
{
  if (output_.any_running() || !last_) return;
  Doubt doubt{Outcome::lost, "the program left before GoogleTest had finished"};
  if (ended.signal != 0)
    doubt = {Outcome::crashed, fmt::format("the program ended by signal {} after this test", ended.signal)};
  else if (ended.exit_code != 0)
    doubt = {Outcome::failed, fmt::format("the program left with exit code {} after this test", ended.exit_code)};
  if (all_ended()) withdraw_all(doubt, updates);
  else if (looks_green(output_.state(*last_))) withdraw(*last_, doubt, updates);
}

void GtestReader::confirm(const GtestResults& results, Updates& updates)
{
  std::vector<bool> seen(request_.cases.size());
  for (const GtestResult& entry : results.cases) {
    const std::ptrdiff_t position = output_.position_of(entry.selector);
    if (position < 0) continue; // nobody asked for it; if it failed, the exit code stays unexplained
    seen[static_cast<std::size_t>(position)] = true;
    confirm_case(static_cast<std::size_t>(position), entry.result, updates);
  }
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (seen[i] || !looks_green(output_.state(i))) continue;
    withdraw(i, {Outcome::lost, "GoogleTest's result file does not know this test"}, updates);
  }
}

void GtestReader::confirm_case(std::size_t position, const AttemptResult& result, Updates& updates)
{
  const State printed = output_.state(position);
  if (printed == State::failed) return;
  if (result.outcome == Outcome::lost) {
    if (looks_green(printed))
      withdraw(position, {Outcome::lost, "GoogleTest's result file says that it did not run"}, updates);
    return;
  }
  const bool silent = !looks_green(printed);
  const bool skipped_after_all = printed == State::passed && result.outcome == Outcome::skipped;
  if (result.outcome == Outcome::failed) corrected_red_ = true;
  if (silent || skipped_after_all || result.outcome == Outcome::failed)
    updates.emplace_back(runner::CaseFinished{position, result});
}

void GtestReader::withdraw_all(const Doubt& doubt, Updates& updates)
{
  for (std::size_t i = 0; i < request_.cases.size(); ++i) {
    if (looks_green(output_.state(i))) withdraw(i, doubt, updates);
  }
}

void GtestReader::withdraw_suites(Updates& updates)
{
  for (const std::string& suite : output_.failed_suites()) {
    const Doubt doubt{Outcome::failed, "set-up or tear-down of its suite " + suite + " failed"};
    for (std::size_t i = 0; i < request_.cases.size(); ++i) {
      const std::string_view selector = request_.cases[i]->selector;
      const bool member = selector.starts_with(suite) && selector.substr(suite.size()).starts_with('.');
      if (member && looks_green(output_.state(i))) withdraw(i, doubt, updates);
    }
  }
}

void GtestReader::withdraw(std::size_t position, const Doubt& doubt, Updates& updates)
{
  AttemptResult result;
  result.outcome = doubt.outcome;
  result.message = doubt.message;
  result.output = output_.outside_text();
  Assertion assertion = first_assertion(result.output, "Failure");
  if (!assertion.message.empty()) result.message += ": " + assertion.message;
  result.file = std::move(assertion.file);
  result.line = assertion.line;
  result.exit_code = ended_.exit_code;
  result.signal = ended_.signal;
  updates.emplace_back(runner::CaseFinished{position, std::move(result)});
}

bool GtestReader::all_ended() const
{
  return ended_cases() == request_.cases.size();
}

std::size_t GtestReader::ended_cases() const
{
  std::size_t count = 0;
  for (std::size_t i = 0; i < request_.cases.size(); ++i) {
    const State state = output_.state(i);
    if (state != State::waiting && state != State::running) ++count;
  }
  return count;
}

} // namespace

std::string premature_exit_file(const runner::BatchRequest& request)
{
  return request.scratch + "/unfinished";
}
std::string result_file(const runner::BatchRequest& request)
{
  return request.scratch + "/results.json";
}

std::unique_ptr<runner::BatchReader> read_gtest_batch(const runner::BatchRequest& request)
{
  return std::make_unique<GtestReader>(request);
}

} // namespace sluice::frameworks
