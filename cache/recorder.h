// Writes the results of a run into the store: outcomes, durations, proofs and red records, in one transaction.
// Knows what counts as evidence; what the evidence is worth is decided by proof_check.h. Every sixteenth run it also
// throws away what nothing refers to any more.
#pragma once

#include "cache/store.h"

struct sqlite3;

namespace sluice::cache {

// How many proofs, and how many red records, a test keeps: the newest, each with another input set.
inline constexpr std::size_t k_kept_evidence = 8;

// How many runs keep their outcomes test by test.
inline constexpr std::int64_t k_kept_runs = 100;

// How many runs keep what widened their plans and how their suites did.
inline constexpr std::int64_t k_kept_results = 1'000;

// False if the run is known already; then nothing is written.
bool record_run(sqlite3* database, const RunRecord& run, const Store::InputsOf& inputs_of);

// Deletes outcomes of old runs, and input sets and inputs that no evidence names. One transaction.
void sweep(sqlite3* database);

} // namespace sluice::cache
