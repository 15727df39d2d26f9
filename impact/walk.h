// Breadth-first search over the impact graph from several nodes at once, keeping by which edge each node was reached.
// Private to impact/. It knows nodes and edges only, neither paths nor tests; Boost.Graph does the walking.
#pragma once

#include "impact/graph.h"

#include <vector>

namespace sluice::impact {

struct Arrival {
  Node from = k_no_node;
  FactSource source = FactSource::declared;
};

struct Walk {
  std::vector<Arrival> arrivals; // for each node the edge by which it was reached; from is k_no_node for sources
  std::vector<Node> reached;     // in order of distance, sources first
};

// The recorded edges lead back to a source by a shortest way.
Walk walk(const Rows& rows, const std::vector<Node>& sources);

} // namespace sluice::impact
