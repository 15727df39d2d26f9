// sluice cache gc: removes the folders of old runs, stores that were put aside, trees that a killed run has left, and
// gives space back.
#include "cache/questions.h"
#include "cli/commands/commands.h"
#include "cli/gate/second_tree.h"
#include "cli/records/folders.h"
#include "cli/records/run_log.h"
#include "cli/records/run_summaries.h"
#include "cli/terminal.h"
#include "cli/walls/held_folder.h"
#include "model/entries.h"
#include "model/error.h"
#include "reports/phrases.h"

#include <fmt/format.h>

#include <filesystem>

namespace sluice::cli {

namespace {

namespace fs = std::filesystem;

struct Removed {
  std::size_t runs = 0;
  std::uintmax_t bytes = 0;
};

// A run that goes on stays, and so does one that was killed and that the store has not learnt from yet. One that cannot
// be removed is said and keeps no other.
Removed remove_old_runs(const std::string& state, const cache::Store& store, std::size_t keep)
{
  const std::vector<std::string> ids = run_ids(state);
  Removed removed;
  for (std::size_t i = 0; i + keep < ids.size(); ++i) {
    if (is_running(state, ids[i]) || !store.knows_run(ids[i])) continue;
    const std::string folder = (fs::path(state) / "runs" / ids[i]).string();
    const std::uintmax_t bytes = bytes_below(folder);
    if (const std::error_code failed = remove_whole(folder)) {
      write_error(fmt::format("sluice: cannot remove {}: {}\n  check whose files these are; the folder may be removed "
                              "by hand\n",
                              folder, failed.message()));
      continue;
    }
    ++removed.runs;
    removed.bytes += bytes;
  }
  return removed;
}

std::uintmax_t remove_stores_set_aside(const std::string& state)
{
  std::uintmax_t bytes = 0;
  std::error_code failed, kept;
  for (const auto& entry : entries(fs::directory_iterator(state, failed), failed)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("store.db.damaged-") && !name.starts_with("store.db.newer-")) continue;
    const std::uintmax_t size = entry.file_size(kept);
    if (!kept && fs::remove(entry.path(), kept)) bytes += size;
  }
  return bytes;
}

} // namespace

int cache_command(const Options& options)
{
  if (options.subject != "gc")
    throw Error(ErrorKind::usage, fmt::format("there is no \"cache {}\"", options.subject),
                "there is: sluice cache gc");
  const std::string state = state_folder(options.directory);
  cache::Store store = cache::Store::open(state);
  Removed removed = remove_old_runs(state, store, static_cast<std::size_t>(options.keep_runs));
  removed.bytes += remove_stores_set_aside(state);
  for (const char* purpose : k_second_trees) removed.bytes += remove_unheld(state, purpose);
  cache::compact(store);
  write_out(fmt::format("removed {}, {:.1f} MB; {} kept\n", reports::counted(removed.runs, "run"),
                        static_cast<double>(removed.bytes) / 1e6, run_ids(state).size()));
  return 0;
}

} // namespace sluice::cli
