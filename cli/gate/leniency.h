// What may excuse failures in a run: retries, and the quarantine of tests. The author of a change can edit sluice.toml,
// so an excuse in it counts only if the base's file has it too: a change cannot excuse itself. The command line counts,
// since it belongs to the person or service that runs the gate. It decides no verdict: suites that the policy requires
// accept neither excuse unless their rule does (policy/rule_judge.h).
#pragma once

#include "cli/project.h"
#include "model/catalogue.h"
#include "model/change_set.h"
#include "model/quarantine.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sluice::cli {

// Longer than a release, short enough to be remembered. A quarantine that is still needed then is written anew, with
// its reason.
inline constexpr int k_longest_quarantine_days = 90;

struct Leniency {
  int retries = 0;
  std::vector<std::optional<Quarantined>> quarantine; // by position in the catalogue; empty: no test is in quarantine
  std::vector<std::string> notes;                     // one line for each excuse of the file that does not count
};

// `now`: seconds since the epoch; days are those of UTC. Throws Error{configuration} for a quarantine in the tree's
// sluice.toml that ends more than k_longest_quarantine_days from now; one in the base's file does not count.
Leniency leniency_of(const Project& project, const Options& options, const ChangeSet& change,
                     const Catalogue& catalogue, std::int64_t now);

} // namespace sluice::cli
