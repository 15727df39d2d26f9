// The verdict of a run told to the forges that --post names. What they are told is made by adapters/forge; tokens and
// addresses come from the environment.
#pragma once

#include "cli/options.h"
#include "model/change_set.h"
#include "model/run_record.h"

namespace sluice::cli {

// From the record in memory: what lies on disk could have been edited by a test. Throws Error{world} for a verdict that
// could not be told, Error{usage} for a variable that is missing.
void tell_forges(const Options& options, const ChangeSet& change, const RunRecord& record);

} // namespace sluice::cli
