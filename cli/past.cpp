#include "cli/past.h"

#include "cache/questions.h"

namespace sluice::cli {

std::vector<reports::HistoryLine> past_of(const cache::Store& store, const std::string& test, std::size_t most)
{
  std::vector<reports::HistoryLine> lines;
  for (cache::PastOutcome& past : cache::outcomes_of(store, test, most))
    lines.push_back({std::move(past.run), std::move(past.head), past.started, past.clean, past.outcome, past.attempts,
                     past.duration});
  return lines;
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
    lines.push_back({std::move(test.test), test.same_inputs, test.same_tree, test.runs, test.red});
  return lines;
}

} // namespace sluice::cli
