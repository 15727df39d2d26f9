// Names and trees of recorded runs, each read once: thousands of proofs come from a few runs.
// It does not know the results of a run.
#pragma once

#include "cache/sqlite.h"

#include <cstdint>
#include <string>
#include <unordered_map>

namespace sluice::cache {

struct RecordedRun {
  std::string name;
  std::string tree; // empty if the working tree was dirty
};

class RunNames {
public:
  explicit RunNames(sqlite3* database) : row_(database, "SELECT name, tree FROM runs WHERE id = ?1") {}

  // Empty strings for a run that is not known.
  const RecordedRun& of(std::int64_t run)
  {
    const auto [at, fresh] = runs_.try_emplace(run);
    if (!fresh) return at->second;
    if (row_.bind(1, run).step()) at->second = {std::string(row_.text(0)), std::string(row_.text(1))};
    row_.reset();
    return at->second;
  }

private:
  Statement row_;
  std::unordered_map<std::int64_t, RecordedRun> runs_;
};

} // namespace sluice::cache
