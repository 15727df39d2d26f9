// sluice history, flaky, stats: what the store and the summaries of earlier runs say about the past.
#include "cli/commands/commands.h"
#include "cli/records/past.h"
#include "cli/records/run_summaries.h"
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
  const auto lines = past_of(store, options.subject, static_cast<std::size_t>(options.runs));
  write_answer(options, options.json ? reports::history_json(options.subject, lines)
                                     : reports::history_text(options.subject, lines));
  return 0;
}

int flaky_command(const Options& options)
{
  const auto lines = flaky_of(open_history(options));
  write_answer(options, options.json ? reports::flaky_json(lines) : reports::flaky_text(lines));
  return 0;
}

int stats_command(const Options& options)
{
  const auto runs = static_cast<std::size_t>(options.runs);
  auto lines = statistics_of(open_history(options), runs);
  const auto summaries = run_summaries(state_folder(options.directory), runs);
  write_answer(options,
               options.json ? reports::stats_json(summaries, lines) : reports::stats_text(summaries, std::move(lines)));
  return 0;
}

} // namespace sluice::cli
