// Runs by week: how many, what selection saved, and how changes fared by who wrote them. Folds over values; it knows
// neither the store that they come from nor what shows them.
#pragma once

#include "model/policy.h"
#include "model/verdict.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sluice::reports {

// One run as the store knows it (docs/formats/store.md, "runs").
struct RunLine {
  std::string run;
  std::int64_t started = 0; // microseconds since the epoch
  std::string base, head;
  bool clean = false;                   // nothing uncommitted was tested
  bool counted = false;                 // false: recorded by a version that kept nothing of what follows
  std::optional<VerdictStatus> verdict; // absent: cut off
  std::optional<Authorship> authorship; // absent: nobody asked, or there was no commit
  std::size_t selected = 0, reused = 0;
  std::chrono::microseconds spent{0}, saved{0};
};

// What became of changes: of each, its last run decides.
struct Fates {
  std::size_t passed = 0, failed = 0, refused = 0, overridden = 0, cut_off = 0;
  friend bool operator==(const Fates&, const Fates&) = default;
};

struct Week {
  std::int64_t begin = 0; // Monday, 00:00 UTC, in microseconds since the epoch
  std::size_t runs = 0;
  std::size_t selected = 0, reused = 0; // tests
  std::chrono::microseconds spent{0}, saved{0};
  std::array<Fates, 4> changes{}; // by Authorship
  Fates unasked;                  // changes of which nobody asked who wrote them
};

// Every week from the first run to the last, at most the last `most`, oldest first. A change is a pair of base and head
// that differ; it counts in the week of its last run. Runs with uncommitted work are no changes.
std::vector<Week> weeks_of(std::span<const RunLine> runs, std::size_t most);

} // namespace sluice::reports
