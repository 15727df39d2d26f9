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

Rows make_rows(std::size_t nodes, std::vector<RawEdge> edges)
{
  std::sort(edges.begin(), edges.end());
  const auto same = [](const RawEdge& a, const RawEdge& b) { return a.from == b.from && a.to == b.to; };
  edges.erase(std::unique(edges.begin(), edges.end(), same), edges.end());

  Rows rows;
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

Node intern(ImpactGraph::Impl& graph, const std::string& path)
{
  const auto [at, fresh] = graph.path_nodes.try_emplace(path, static_cast<Node>(graph.names.size()));
  if (fresh) graph.names.push_back(path);
  return at->second;
}

// The files that a program names. Declared globs are kept aside: they are matched against changed paths, so that they
// cover files that did not exist when the graph was built.
std::vector<std::pair<Node, FactSource>> program_inputs(ImpactGraph::Impl& graph, const Program& program)
{
  std::vector<std::pair<Node, FactSource>> inputs;
  for (const std::string& file : program.files) inputs.emplace_back(intern(graph, file), FactSource::launched);
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

void mark_configure_inputs(ImpactGraph::Impl& graph, const Facts& facts)
{
  std::vector<bool> configure(graph.names.size()), other(graph.names.size());
  for (const Facts::Edge& edge : facts.edges)
    (edge.source == FactSource::configure ? configure : other)[static_cast<std::size_t>(edge.input)] = true;
  for (std::size_t i = 0; i < graph.names.size(); ++i) graph.only_configure[i] = configure[i] && !other[i];
}

// Backwards from the tests: which nodes have a test downstream.
void mark_leading_to_tests(ImpactGraph::Impl& graph, const std::vector<RawEdge>& edges)
{
  std::vector<RawEdge> reversed;
  reversed.reserve(edges.size());
  for (const RawEdge& edge : edges) reversed.push_back({edge.to, edge.from, edge.source});
  const std::size_t nodes = graph.rows.nodes();
  const Rows back = make_rows(nodes, std::move(reversed));
  graph.reaches_test.assign(nodes, false);
  std::vector<Node> queue;
  for (Node node = graph.first_test; node < nodes; ++node) {
    graph.reaches_test[node] = true;
    queue.push_back(node);
  }
  for (std::size_t next = 0; next < queue.size(); ++next)
    for (const Node input : back.users(queue[next]))
      if (!graph.reaches_test[input]) {
        graph.reaches_test[input] = true;
        queue.push_back(input);
      }
}

} // namespace

ImpactGraph::ImpactGraph() : ImpactGraph(Facts{}, Catalogue{}) {}

ImpactGraph::ImpactGraph(const Facts& facts, const Catalogue& catalogue) : impl_(std::make_unique<Impl>())
{
  Impl& graph = *impl_;
  graph.names = facts.paths;
  graph.path_nodes.reserve(facts.paths.size());
  for (std::size_t i = 0; i < facts.paths.size(); ++i) graph.path_nodes.emplace(facts.paths[i], static_cast<Node>(i));

  std::vector<std::vector<std::pair<Node, FactSource>>> inputs;
  inputs.reserve(catalogue.programs.size());
  for (const Program& program : catalogue.programs) inputs.push_back(program_inputs(graph, program));

  graph.first_test = static_cast<Node>(graph.names.size());
  graph.is_output.assign(graph.names.size(), false);
  graph.is_group.assign(graph.names.size(), false);
  graph.only_configure.assign(graph.names.size(), false);
  for (const PathId group : facts.groups) graph.is_group[static_cast<std::size_t>(group)] = true;
  mark_configure_inputs(graph, facts);
  keep_declarations(graph, catalogue);

  std::vector<RawEdge> edges;
  edges.reserve(facts.edges.size() + catalogue.tests.size());
  for (const Facts::Edge& edge : facts.edges) {
    if (edge.source == FactSource::configure) continue; // the configure step is judged by what it generates
    graph.is_output[static_cast<std::size_t>(edge.output)] = true;
    edges.push_back({static_cast<Node>(edge.input), static_cast<Node>(edge.output), edge.source});
  }
  const std::vector<std::vector<TestIndex>> stands_on = foundations(catalogue);
  for (std::size_t i = 0; i < catalogue.tests.size(); ++i) {
    const Node node = graph.first_test + static_cast<Node>(i);
    bool closed = true;
    const auto add_program = [&](const TestCase& test) {
      for (const auto& [input, source] : inputs[static_cast<std::size_t>(test.program)])
        edges.push_back({input, node, source});
      closed = closed && catalogue.program_of(test).closed;
    };
    add_program(catalogue.tests[i]);
    for (const TestIndex foundation : stands_on[i]) add_program(catalogue.test(foundation));
    if (!closed) graph.opaque.push_back(static_cast<TestIndex>(i));
  }
  graph.rows = make_rows(graph.names.size() + catalogue.tests.size(), edges);
  mark_leading_to_tests(graph, edges);
}

ImpactGraph::~ImpactGraph() = default;
ImpactGraph::ImpactGraph(ImpactGraph&&) noexcept = default;
ImpactGraph& ImpactGraph::operator=(ImpactGraph&&) noexcept = default;

} // namespace sluice::impact
