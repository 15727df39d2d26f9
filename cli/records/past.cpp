#include "cli/records/past.h"

#include "cache/questions.h"

#include <algorithm>

namespace sluice::cli {

std::vector<reports::HistoryLine> past_of(const cache::Store& store, const std::string& test, std::size_t most)
{
  std::vector<reports::HistoryLine> lines;
  for (cache::PastOutcome& past : cache::outcomes_of(store, test, most))
    lines.push_back({std::move(past.run), std::move(past.head), past.started, past.clean, past.outcome, past.attempts,
                     past.duration, past.standing});
  return lines;
}

reports::ProofLine proof_of(const cache::Store& store, const std::string& test, std::size_t most)
{
  cache::ProofInputs proof = cache::inputs_of(store, test, most);
  return {std::move(proof.run), proof.total, std::move(proof.inputs)};
}

std::vector<reports::StatisticsLine> statistics_of(const cache::Store& store, std::size_t runs)
{
  std::vector<reports::StatisticsLine> lines;
  for (cache::TestStatistics& test : cache::statistics(store, runs))
    lines.push_back({std::move(test.test), test.runs, test.red, test.retried, test.total, test.longest});
  return lines;
}

std::vector<reports::FlakyLine> flaky_of(const cache::Store& store)
{
  std::vector<reports::FlakyLine> lines;
  for (cache::FlakyTest& test : cache::flaky_tests(store))
    lines.push_back({std::move(test.test), test.same_inputs, test.same_tree, test.runs, test.red, test.on_retry});
  return lines;
}

std::optional<reports::FlakyLine> flakiness_of(const cache::Store& store, const std::string& test)
{
  std::optional<cache::FlakyTest> flaky = cache::flakiness_of(store, test);
  if (!flaky) return std::nullopt;
  return reports::FlakyLine{std::move(flaky->test), flaky->same_inputs, flaky->same_tree, flaky->runs, flaky->red,
                            flaky->on_retry};
}

std::vector<reports::RunLine> runs_of(const cache::Store& store)
{
  std::vector<reports::RunLine> lines;
  for (cache::RunResult& run : cache::run_results(store))
    lines.push_back({std::move(run.run), run.started, std::move(run.base), std::move(run.head), run.clean, run.counted,
                     run.verdict, run.authorship, run.selected, run.reused, run.spent, run.saved});
  return lines;
}

std::vector<reports::WideningLine> widenings_of(const cache::Store& store, std::size_t most)
{
  std::vector<reports::WideningLine> lines;
  for (cache::Widening& widening : cache::widenings(store, most))
    lines.push_back({std::move(widening.escalation), widening.runs, std::move(widening.newest_run), widening.newest});
  return lines;
}

std::vector<reports::SuiteLine> suites_of(const cache::Store& store, const Policy& policy)
{
  std::vector<reports::SuiteLine> lines;
  for (const Suite& suite : policy.suites) {
    reports::SuiteLine& line = lines.emplace_back();
    line.suite = suite.name;
    line.owners = suite.owners;
    for (const Rule& rule : policy.rules)
      if (std::find(rule.suites.begin(), rule.suites.end(), suite.name) != rule.suites.end())
        line.rules.push_back(rule.name);
  }
  for (cache::SuitePast& past : cache::suites_past(store)) {
    auto line =
      std::find_if(lines.begin(), lines.end(), [&](const auto& each) { return each.suite == past.last.suite; });
    if (line == lines.end()) {
      line = lines.emplace(lines.end());
      line->suite = past.last.suite;
      line->in_policy = false;
    }
    line->run = std::move(past.run);
    line->started = past.started;
    line->whole_run = std::move(past.whole_run);
    line->whole_started = past.whole_started;
    line->whole_red = past.whole_red;
    line->last = std::move(past.last);
  }
  return lines;
}

} // namespace sluice::cli
