// How the suites of the policy did in a run, as numbers for people. It judges nothing: what a rule demands of a suite
// is rule_judge.h's business.
#pragma once

#include "model/catalogue.h"
#include "model/policy.h"
#include "model/run_record.h"
#include "policy/circumstances.h"

#include <vector>

namespace sluice::policy {

// One for each suite of the policy that holds a test, in its order.
std::vector<SuiteRun> suite_runs(const Policy& policy, const Catalogue& catalogue, const BaseListing& base,
                                 const RunRecord& record);

} // namespace sluice::policy
