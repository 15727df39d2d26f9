// The impact graph in memory: "input -> what uses it", as compressed sparse rows.
// Private to impact/. Nodes are the paths of the facts followed by the tests; a node knows only its number. The rows
// are plain arrays: Boost.Graph's algorithms run over them, and they can be kept in a file and used where they lie.
#pragma once

#include "impact/name_table.h"
#include "impact/select.h"
#include "model/facts.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace sluice::impact {

using Node = std::uint32_t;
inline constexpr Node k_no_node = k_no_name;

// Users of node n are targets[offsets[n]] .. targets[offsets[n + 1]], sorted; sources[i] says who told edge i.
struct Rows {
  std::span<const std::uint32_t> offsets; // one more than there are nodes
  std::span<const Node> targets;
  std::span<const FactSource> sources;

  std::size_t nodes() const { return offsets.empty() ? 0 : offsets.size() - 1; }
  std::span<const Node> users(Node node) const
  {
    return targets.subspan(offsets[node], offsets[node + 1] - offsets[node]);
  }
};

// What is said of a node, as bits.
enum Mark : std::uint8_t {
  k_output = 1,         // made by a build step
  k_group = 2,          // phony
  k_only_configure = 4, // used by the configure step and nothing else
  k_reaches_test = 8,   // some test is downstream
};

struct ImpactGraph::Impl {
  // A glob that sluice.toml declares as input of these tests.
  struct Declaration {
    std::string glob;
    std::vector<TestIndex> tests;
  };

  Rows rows;
  NameView names;                      // of path nodes
  std::span<const std::uint8_t> marks; // of every node
  Node first_test = 0;                 // tests are the last nodes
  std::vector<TestIndex> opaque;       // tests about whose reading nothing is known
  std::vector<Declaration> declared;

  std::shared_ptr<const void> owner; // of what the spans show

  bool is(Mark mark, Node node) const { return (marks[node] & mark) != 0; }
  bool is_test(Node node) const { return node >= first_test; }
  std::size_t test_of(Node node) const { return node - first_test; }
};

} // namespace sluice::impact
