#include "cli/records/run_summaries.h"

#include "adapters/git/repository.h"
#include "cli/project.h"
#include "cli/records/atomic_file.h"
#include "cli/records/run_log.h"
#include "model/error.h"
#include "reports/event_log.h"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <iterator>

namespace sluice::cli {

namespace {

std::optional<reports::RunSummary> kept_summary(const std::string& folder)
{
  std::ifstream in(folder + "/summary.json", std::ios::binary);
  if (!in) return std::nullopt;
  return reports::decode_summary(std::string(std::istreambuf_iterator<char>(in), {}));
}

reports::RunSummary summary_of(const std::string& state, const std::string& run)
{
  const std::string folder = fmt::format("{}/runs/{}", state, run);
  if (auto kept = kept_summary(folder)) return *kept;
  reports::RunSummary summary =
    reports::summarise(reports::read_log(read_file(folder + "/events.ndjson", "the run's log")));
  summary.run = run;
  if (is_running(state, run)) return summary;
  try {
    write_atomically(folder + "/summary.json", reports::encode_summary(summary));
  } catch (const Error&) {
    // A folder that cannot be written (somebody else's) only costs the time to read its log again.
  }
  return summary;
}

} // namespace

std::string state_folder(const std::string& directory)
{
  const std::string state = git::Repository::open(directory).root() + "/.sluice";
  require_own_state(state);
  return state;
}

std::vector<reports::RunSummary> run_summaries(const std::string& state, std::size_t most)
{
  std::vector<std::string> ids = run_ids(state);
  std::reverse(ids.begin(), ids.end());
  if (ids.size() > most) ids.resize(most);
  std::vector<reports::RunSummary> summaries;
  for (const std::string& id : ids) summaries.push_back(summary_of(state, id));
  return summaries;
}

} // namespace sluice::cli
