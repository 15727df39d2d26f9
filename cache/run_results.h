// The result of a run as a whole: verdict, authorship, time spent and saved, what widened its plan, how the policy's
// suites did. It knows nothing of proofs (recorder.h). The caller holds the transaction where it says so.
#pragma once

#include "cache/store.h"

#include <optional>

struct sqlite3;

namespace sluice::cache {

// The numbers under which verdicts and authorship are stored: pinned. A number that this version does not know reads as
// failed, and as undeclared.
int code_of(VerdictStatus status);
VerdictStatus verdict_of(std::int64_t code);
int code_of(Authorship authorship);
Authorship authorship_of(std::int64_t code);

// Within the caller's transaction: fills the row `key` of `runs` and the run's rows of `widened`.
void write_result(sqlite3* database, std::int64_t key, const RunRecord& run);

// One transaction. A run that is not recorded leaves nothing.
void conclude_run(sqlite3* database, const RunRecord& run, std::span<const SuiteRun> suites);

// Within the caller's transaction: what widened old plans and how suites did in old runs. The newest execution of each
// suite stays, however old it is.
void forget_old_results(sqlite3* database);

} // namespace sluice::cache
