// Tests that are known to fail for a while, as sluice.toml names them, and what of it holds for one test. It does not
// know which file's entries count (policy/leniency.h does) nor what day it is.
#pragma once

#include <string>
#include <vector>

namespace sluice {

// One [[quarantine]] of sluice.toml.
struct Quarantine {
  std::vector<std::string> tests; // ids, with wildcards (name_glob_matches)
  std::string reason;
  std::string ticket, owner; // may be empty
  std::string until;         // the last day on which it holds (UTC), "2026-12-31": dates compare as text
  int line = 0;
  friend bool operator==(const Quarantine&, const Quarantine&) = default;
};

// What the quarantine says about one test in one run.
struct Quarantined {
  std::string until, reason, ticket, owner;
  bool expired = false; // on the day of the run: it excuses nothing, and the failure says so
  friend bool operator==(const Quarantined&, const Quarantined&) = default;
};

} // namespace sluice
