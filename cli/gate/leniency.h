// What may excuse failures in a run: retries, and the quarantine of tests. sluice.toml belongs to the author of a
// change, so what it says counts only as far as that of the base says it too: a change cannot excuse itself. What the
// command line says is said by whoever runs the gate. It decides no verdict: suites that the policy requires take
// neither unless their rule does (policy/rule_judge.h).
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

// Longer than a release and shorter than anybody's memory: whoever still needs it then says so again, and why.
inline constexpr int k_longest_quarantine_days = 90;

struct Leniency {
  int retries = 0;
  std::vector<std::optional<Quarantined>> quarantine; // by position in the catalogue; empty: no test is in quarantine
  std::vector<std::string> notes;                     // one line each: what the file says and does not count
};

// `now`: seconds since the epoch; days are those of UTC. Throws Error{configuration} for a quarantine in the tree's
// sluice.toml that ends more than k_longest_quarantine_days from now; one in the base's file does not count.
Leniency leniency_of(const Project& project, const Options& options, const ChangeSet& change,
                     const Catalogue& catalogue, std::int64_t now);

} // namespace sluice::cli
