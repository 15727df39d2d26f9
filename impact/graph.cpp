#include "impact/graph.h"
#include "impact/foundations.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace sluice::impact {

namespace {

struct RawEdge {
  Node from;
  Node to;
  FactSource source;
  friend bool operator<(const RawEdge& a, const RawEdge& b)
  {
    return std::tie(a.from, a.to, a.source) < std::tie(b.from, b.to, b.source);
  }
};

struct OwnedRows {
  std::vector<std::uint32_t> offsets;
  std::vector<Node> targets;
  std::vector<FactSource> sources;
  Rows view() const { return {offsets, targets, sources}; }
};

// What a graph that was made here shows.
struct Arrays {
  OwnedRows rows;
  NameTable names;
  std::vector<std::uint8_t> marks;
};

OwnedRows make_rows(std::size_t nodes, std::vector<RawEdge> edges)
{
  std::sort(edges.begin(), edges.end());
  const auto same = [](const RawEdge& a, const RawEdge& b) { return a.from == b.from && a.to == b.to; };
  edges.erase(std::unique(edges.begin(), edges.end(), same), edges.end());

  OwnedRows rows;
  rows.offsets.assign(nodes + 1, 0);
  rows.targets.reserve(edges.size());
  rows.sources.reserve(edges.size());
  for (const RawEdge& edge : edges) {
    ++rows.offsets[edge.from + 1];
    rows.targets.push_back(edge.to);
    rows.sources.push_back(edge.source);
  }
  std::partial_sum(rows.offsets.begin(), rows.offsets.end(), rows.offsets.begin());
  return rows;
}

// The files that a program names. Declared globs are kept aside: they are matched against changed paths, so that they
// cover files that did not exist when the graph was built.
std::vector<Node> program_inputs(NameTable& names, const Program& program)
{
  std::vector<Node> inputs;
  for (const std::string& file : program.files) inputs.push_back(names.add(file));
  return inputs;
}

void keep_declarations(ImpactGraph::Impl& graph, const Catalogue& catalogue)
{
  std::vector<std::vector<TestIndex>> tests_of(catalogue.programs.size());
  for (std::size_t i = 0; i < catalogue.tests.size(); ++i)
    tests_of[static_cast<std::size_t>(catalogue.tests[i].program)].push_back(static_cast<TestIndex>(i));
  for (std::size_t i = 0; i < catalogue.programs.size(); ++i)
    for (const std::string& glob : catalogue.programs[i].declared_inputs) graph.declared.push_back({glob, tests_of[i]});
}

void mark_configure_inputs(std::vector<std::uint8_t>& marks, const Facts& facts)
{
  std::vector<bool> configure(marks.size()), other(marks.size());
  for (const Facts::Edge& edge : facts.edges)
    (edge.source == FactSource::configure ? configure : other)[static_cast<std::size_t>(edge.input)] = true;
  for (std::size_t i = 0; i < marks.size(); ++i)
    if (configure[i] && !other[i]) marks[i] |= k_only_configure;
}

// Backwards from the tests: which nodes have a test downstream.
void mark_leading_to_tests(std::vector<std::uint8_t>& marks, Node first_test, const std::vector<RawEdge>& edges)
{
  std::vector<RawEdge> reversed;
  reversed.reserve(edges.size());
  for (const RawEdge& edge : edges) reversed.push_back({edge.to, edge.from, edge.source});
  const OwnedRows back = make_rows(marks.size(), std::move(reversed));
  std::vector<Node> queue;
  for (Node node = first_test; node < marks.size(); ++node) {
    marks[node] |= k_reaches_test;
    queue.push_back(node);
  }
  for (std::size_t next = 0; next < queue.size(); ++next)
    for (const Node input : back.view().users(queue[next]))
      if (!(marks[input] & k_reaches_test)) {
        marks[input] |= k_reaches_test;
        queue.push_back(input);
      }
}

} // namespace

ImpactGraph::ImpactGraph() : ImpactGraph(Facts{}, Catalogue{}) {}

ImpactGraph::ImpactGraph(const Facts& facts, const Catalogue& catalogue) : impl_(std::make_unique<Impl>())
{
  Impl& graph = *impl_;
  const auto arrays = std::make_shared<Arrays>();
  arrays->names.reserve(facts.paths.size() + catalogue.programs.size());
  for (const std::string& path : facts.paths) arrays->names.add(path);

  std::vector<std::vector<Node>> inputs;
  inputs.reserve(catalogue.programs.size());
  for (const Program& program : catalogue.programs) inputs.push_back(program_inputs(arrays->names, program));

  graph.names = arrays->names.view();
  graph.first_test = static_cast<Node>(graph.names.size());
  std::vector<std::uint8_t>& marks = arrays->marks;
  marks.assign(graph.names.size() + catalogue.tests.size(), 0);
  for (const PathId group : facts.groups) marks[static_cast<std::size_t>(group)] |= k_group;
  mark_configure_inputs(marks, facts);
  keep_declarations(graph, catalogue);

  std::vector<RawEdge> edges;
  edges.reserve(facts.edges.size() + catalogue.tests.size());
  for (const Facts::Edge& edge : facts.edges) {
    if (edge.source == FactSource::configure) continue; // the configure step is judged by what it generates
    marks[static_cast<std::size_t>(edge.output)] |= k_output;
    edges.push_back({static_cast<Node>(edge.input), static_cast<Node>(edge.output), edge.source});
  }
  const std::vector<std::vector<TestIndex>> stands_on = foundations(catalogue);
  for (std::size_t i = 0; i < catalogue.tests.size(); ++i) {
    const Node node = graph.first_test + static_cast<Node>(i);
    bool closed = true;
    const auto add_program = [&](const TestCase& test) {
      for (const Node input : inputs[static_cast<std::size_t>(test.program)])
        edges.push_back({input, node, FactSource::launched});
      closed = closed && catalogue.program_of(test).closed;
    };
    add_program(catalogue.tests[i]);
    for (const TestIndex foundation : stands_on[i]) add_program(catalogue.test(foundation));
    if (!closed) graph.opaque.push_back(static_cast<TestIndex>(i));
  }
  mark_leading_to_tests(marks, graph.first_test, edges);
  arrays->rows = make_rows(marks.size(), std::move(edges));
  graph.rows = arrays->rows.view();
  graph.marks = marks;
  graph.owner = arrays;
}

ImpactGraph::ImpactGraph(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ImpactGraph::~ImpactGraph() = default;
ImpactGraph::ImpactGraph(ImpactGraph&&) noexcept = default;
ImpactGraph& ImpactGraph::operator=(ImpactGraph&&) noexcept = default;

} // namespace sluice::impact
