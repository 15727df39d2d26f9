// How the tests of earlier runs behaved. It is stored with each run and read when a rule looks at reused results.
// It decides nothing; what is no longer stored counts as not known (policy/conduct_demands.h).
#pragma once

#include "cli/stages.h"
#include "model/run_record.h"

namespace sluice::cli {

// Nothing for a run that executed no test.
void keep_conduct(const RunRecord& record, cache::Store& store);

// What sluice.toml of the base opens, and of each run that `proofs` names how its tests behaved. Only where a rule of
// the policy asks for it.
void gather_conduct(const Project& project, const std::vector<ProofState>& proofs, const cache::Store& store,
                    Change& change);

} // namespace sluice::cli
