// What may excuse failures in a run: retries, and the quarantine of tests. The author of a change can edit sluice.toml,
// so an excuse in it counts only if the base's file has it too: a change cannot excuse itself. The command line counts,
// since it belongs to the person or service that runs the gate. It decides no verdict: suites that the policy requires
// accept neither excuse unless their rule does (policy/rule_judge.h).
#pragma once

#include "model/catalogue.h"
#include "model/config.h"
#include "model/quarantine.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sluice::policy {

// Longer than a release, short enough to be remembered. A quarantine that is still needed then is written anew, with
// its reason.
inline constexpr int k_longest_quarantine_days = 90;

struct Leniency {
  int retries = 0;
  std::vector<std::optional<Quarantined>> quarantine; // by position in the catalogue; empty: no test is in quarantine
  std::vector<std::string> notes;                     // one line for each excuse of the file that does not count
};

// Throws Error{configuration} for a quarantine that ends more than k_longest_quarantine_days from `now`, in seconds
// since the epoch.
void require_short_quarantines(const Config& config, std::int64_t now);

// Whether the tree's sluice.toml asks for any excuse, so that the base's has to be read. `retries`: of the command
// line.
bool asks_for_leniency(const Config& here, std::optional<int> retries);

// `base`: absent where it has no sluice.toml that can be read, and then nothing of `here` is excused. `now`: seconds
// since the epoch; days are those of UTC. Throws what require_short_quarantines(here) throws; a quarantine of the base
// that is too long is left out.
Leniency leniency_of(const Config& here, const std::optional<Config>& base, std::optional<int> retries,
                     const Catalogue& catalogue, std::int64_t now);

} // namespace sluice::policy
