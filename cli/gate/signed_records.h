// Approvals and overrides from files: read, checked against the signers' file of the base, and bound to the change.
// Each record that does not count is named on standard error, with the reason. It does not judge.
#pragma once

#include "cli/stages.h"

namespace sluice::cli {

// Fills Change::known with the records that count. Throws Error{usage} for a folder that is not there.
void gather_records(const Project& project, const Options& options, Change& change);

} // namespace sluice::cli
