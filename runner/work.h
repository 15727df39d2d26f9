// The tests to run as units of work, and what must come before what.
// A unit is what is scheduled as one: cases of one program with the same needs, which may share processes, or a single
// case. Fixtures become barriers between units (CTest's meaning: setups, then users, then cleanups), DEPENDS becomes a
// plain edge. It knows neither time nor processes.
#pragma once

#include "model/catalogue.h"
#include "model/plan.h"
#include "runner/forecast.h"
#include "runner/framework.h"
#include "runner/run.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sluice::runner {

enum class LockId : std::uint32_t {};
using NodeIndex = std::uint32_t; // units come first, then barriers

struct Unit {
  ProgramId program{};
  std::vector<TestIndex> cases; // in the order in which they shall be given out
  std::size_t most_per_batch = 1;
  int width = 1; // lanes
  bool alone = false;
  bool once = false; // sets up or cleans up a fixture: --repeat does not repeat it
  std::vector<LockId> locks;
};

enum class BarrierKind {
  ready, // all setups of the fixture have ended; a red one keeps its users from starting
  used,  // all users have ended
};

struct Barrier {
  BarrierKind kind = BarrierKind::ready;
  std::string fixture;
};

struct Work {
  std::vector<Unit> units;
  std::vector<Barrier> barriers;
  std::size_t locks = 0;

  // Edges by node, as compressed rows: successors[first[n]] .. successors[first[n + 1]].
  std::vector<std::uint32_t> first;
  std::vector<NodeIndex> successors;
  std::vector<std::uint32_t> predecessors; // number, by node

  std::size_t nodes() const { return units.size() + barriers.size(); }
  bool is_unit(NodeIndex node) const { return node < units.size(); }
  const Barrier& barrier(NodeIndex node) const { return barriers[node - units.size()]; }
};

Work make_work(const Plan& plan, const Catalogue& catalogue, const RunOptions& options, const FrameworkOf& framework_of,
               const Forecast& forecast);

// Where a test stands in the order of one seed: depends on nothing but the seed and its id.
std::uint64_t shuffle_key(std::uint64_t seed, std::string_view id);

} // namespace sluice::runner
