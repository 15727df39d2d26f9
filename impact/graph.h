// The impact graph in memory: "input -> what uses it", as compressed sparse rows.
// Private to impact/. Nodes are the paths of the facts followed by the tests; a node knows only its number. The rows
// are plain arrays, so that Boost.Graph's algorithms run over them through graph_traits.h and so that they can be kept.
#pragma once

#include "impact/select.h"
#include "model/facts.h"

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace sluice::impact {

using Node = std::uint32_t;
inline constexpr Node k_no_node = 0xffffffffu;

// Users of node n are targets[offsets[n]] .. targets[offsets[n + 1]], sorted; sources[i] says who told edge i.
struct Rows {
  std::vector<std::uint32_t> offsets; // one more than there are nodes
  std::vector<Node> targets;
  std::vector<FactSource> sources;

  std::size_t nodes() const { return offsets.empty() ? 0 : offsets.size() - 1; }
  std::span<const Node> users(Node node) const
  {
    return {targets.data() + offsets[node], targets.data() + offsets[node + 1]};
  }
};

struct ImpactGraph::Impl {
  // A glob that sluice.toml declares as input of these tests.
  struct Declaration {
    std::string glob;
    std::vector<TestIndex> tests;
  };

  Rows rows;
  std::vector<std::string> names; // of path nodes
  std::unordered_map<std::string, Node> path_nodes;
  std::vector<bool> is_output;      // made by a build step
  std::vector<bool> is_group;       // phony
  std::vector<bool> only_configure; // used by the configure step and nothing else
  std::vector<bool> reaches_test;   // some test is downstream
  Node first_test = 0;              // tests are the last nodes
  std::vector<TestIndex> opaque;    // tests about whose reading nothing is known
  std::vector<Declaration> declared;

  bool is_test(Node node) const { return node >= first_test; }
  std::size_t test_of(Node node) const { return node - first_test; }
};

} // namespace sluice::impact
