// One record out of several: the shards of one run, a run and its repetitions, or both. What is red in one of them
// stays red: a later pass is an attempt more, never an excuse, and the worst verdict stands. It does not know where the
// records come from.
#pragma once

#include "model/run_record.h"

#include <string>
#include <vector>

namespace sluice::reports {

// Why these runs cannot be one: they tested different trees. Empty if they can.
std::string merge_obstacle(const std::vector<RunRecord>& records);

// The records in any order; at least one. A test that one run executed and another left out or reused counts as
// executed. Attempts keep their order in time and are numbered anew, as are batches and lanes (each run has its own).
// The merge is finished only if every run is.
RunRecord merge(std::vector<RunRecord> records);

} // namespace sluice::reports
