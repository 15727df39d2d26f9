// The summaries of earlier runs, read from beside their logs; made from the log where there is none yet.
// It does not know what they are asked for.
#pragma once

#include "reports/run_summary.h"

#include <string>
#include <vector>

namespace sluice::cli {

// .sluice of the repository that `directory` lies in. Throws Error{usage} outside of one.
std::string state_folder(const std::string& directory);

// Of the newest `most` runs, newest first. A run that is under way, or was killed, is not finished.
std::vector<reports::RunSummary> run_summaries(const std::string& state, std::size_t most);

} // namespace sluice::cli
