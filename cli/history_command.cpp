// sluice history, flaky, stats: what the store and the summaries of earlier runs say about the past.
#include "cache/questions.h"
#include "cli/commands.h"
#include "cli/run_summaries.h"
#include "cli/terminal.h"
#include "model/config_tree.h"
#include "model/error.h"
#include "reports/history_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::cli {

namespace {

cache::Store open_history(const Options& options)
{
  return cache::Store::open(state_folder(options.directory));
}

// Throws for a test that no run ever finished: the name is misspelt, or nothing ran yet.
void require_known(const cache::Store& store, const std::string& test)
{
  const History history = store.history();
  if (history.contains(TestId{test})) return;
  std::vector<std::string> names;
  for (const auto& [id, known] : history) names.push_back(id.value);
  std::sort(names.begin(), names.end());
  const std::string meant = nearest(test, names);
  throw Error(ErrorKind::usage, fmt::format("no run here knows a test \"{}\"", test),
              meant.empty() ? "list all tests: sluice plan --verbose" : fmt::format("did you mean \"{}\"?", meant));
}

} // namespace

int history_command(const Options& options)
{
  const cache::Store store = open_history(options);
  require_known(store, options.subject);
  std::vector<reports::HistoryLine> lines;
  for (cache::PastOutcome& past : cache::outcomes_of(store, options.subject, static_cast<std::size_t>(options.runs)))
    lines.push_back({std::move(past.run), std::move(past.head), past.started, past.clean, past.outcome, past.attempts,
                     past.duration});
  write_out(options.json ? reports::history_json(options.subject, lines)
                         : reports::history_text(options.subject, lines));
  return 0;
}

int flaky_command(const Options& options)
{
  std::vector<reports::FlakyLine> lines;
  for (cache::FlakyTest& test : cache::flaky_tests(open_history(options)))
    lines.push_back({std::move(test.test), test.same_inputs, test.same_tree, test.runs, test.red});
  write_out(options.json ? reports::flaky_json(lines) : reports::flaky_text(lines));
  return 0;
}

int stats_command(const Options& options)
{
  const auto runs = static_cast<std::size_t>(options.runs);
  std::vector<reports::StatisticsLine> lines;
  for (cache::TestStatistics& test : cache::statistics(open_history(options), runs))
    lines.push_back({std::move(test.test), test.runs, test.red, test.retried, test.total, test.longest});
  const auto summaries = run_summaries(state_folder(options.directory), runs);
  write_out(options.json ? reports::stats_json(summaries, lines) : reports::stats_text(summaries, std::move(lines)));
  return 0;
}

} // namespace sluice::cli
