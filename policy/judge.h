// What the policy demands of a change, and the verdict on a finished run. Deterministic and total: the same values give
// the same verdict, and every rule reports. Pure; it reads neither git nor the store, and does not know how a commit's
// authorship was told (policy/authorship.h). What cannot be known (a commit or a path that an incomplete change set may
// hide, a test that the record does not show) counts against the change.
#pragma once

#include "model/catalogue.h"
#include "model/change_set.h"
#include "model/policy.h"
#include "model/run_record.h"
#include "model/verdict.h"
#include "policy/authorship.h"
#include "policy/circumstances.h"

#include <string>
#include <vector>

namespace sluice::policy {

// The policy applied to a change, before anything runs.
struct Obligations {
  // For each test of the catalogue the name of the rule that demands its execution, or empty.
  std::vector<std::string> required_by;
  std::vector<RuleFinding> applicable; // every rule: satisfied means "nothing to prove yet", violated means that it
                                       // cannot be met whatever happens (a suite that matches too few tests, a test of
                                       // it that is disabled)
};
Obligations obligations(const Policy& policy, const std::vector<CommitAuthorship>& authorship, const ChangeSet& change,
                        const Catalogue& catalogue, const Circumstances& known = {});

// Adds to `required_by` the tests whose proofs were made in a way that a rule that applies does not take: what is not
// known of an earlier run (known.earlier) is found out by running them again. `proofs`: one for each test.
void require_known_conduct(const Policy& policy, const std::vector<CommitAuthorship>& authorship,
                           const ChangeSet& change, const Catalogue& catalogue, const std::vector<ProofState>& proofs,
                           const Circumstances& known, std::vector<std::string>& required_by);

// The verdict on a finished run; `record.finished` is not looked at. The first that holds decides:
//   interrupted                                     FAILED   130
//   the build failed, or began and never ended      FAILED   1
//   the build or a test changed what is judged      FAILED   1
//   no test in the catalogue                        FAILED   4
//   a red test (Standing), or one never planned     FAILED   1
//   no test passed and no proof was reused          FAILED   4
//   a violated rule                                 REFUSED  3
//   a rule that only overrides excuse               OVERRIDDEN 0
//   else                                            PASSED   0
Verdict judge(const Policy& policy, const std::vector<CommitAuthorship>& authorship, const ChangeSet& change,
              const Catalogue& catalogue, const RunRecord& record, const Circumstances& known = {});

} // namespace sluice::policy
