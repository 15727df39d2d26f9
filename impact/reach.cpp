// Forward walk from the changed files. The predecessor recorded by the walk is the explanation.
#include "impact/select.h"
#include "impact/walk.h"

#include "model/glob.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::impact {

namespace {

std::string name_of(const ImpactGraph::Impl& graph, Node node)
{
  return std::string(graph.names[node]);
}

std::vector<ReasonStep> path_to(const ImpactGraph::Impl& graph, const Walk& walk, Node node, const std::string& last)
{
  std::vector<ReasonStep> path{{last, ""}};
  for (Node at = node; walk.arrivals[at].from != k_no_node; at = walk.arrivals[at].from)
    path.push_back({name_of(graph, walk.arrivals[at].from), std::string(to_string(walk.arrivals[at].source))});
  std::reverse(path.begin(), path.end());
  return path;
}

// Sorts the changed paths: where the walk starts, what widens, what cannot matter.
class Sorter {
public:
  Sorter(const ImpactGraph& impact, const ReachOptions& options, Reach& reach)
    : impact_(impact), graph_(impact.impl()), options_(options), reach_(reach)
  {
  }

  void sort(const std::string& path)
  {
    const RoleOfFile found = role_of(impact_, options_, path);
    if (found.role == FileRole::dismissed) {
      reach_.dismissed.push_back({path, fmt::format("sluice.toml: ignore \"{}\"", found.dismissed_by)});
      return;
    }
    relevant.push_back(path);
    if (found.declared) reach_.declared.push_back(path);
    if (found.role == FileRole::compared) reach_.compared.push_back(path);
    if (found.role == FileRole::known && leads_nowhere(path))
      (is_declared(path) ? reach_.declared : reach_.untested).push_back(path);
    if (found.role == FileRole::unknown) reach_.escalations.push_back({RunCause::unknown_file, path, mend(path)});
    for (const ImpactGraph::Impl::Declaration& declaration : graph_.declared)
      if (glob_matches(declaration.glob, path))
        for (const TestIndex test : declaration.tests) declared.emplace_back(test, path);
    if (const Node known = graph_.names.find(path); known != k_no_node) sources.push_back(known);
  }

  std::vector<Node> sources;
  std::vector<std::string> relevant;                       // changed and not dismissed
  std::vector<std::pair<TestIndex, std::string>> declared; // test and the changed file that it declares

private:
  bool is_declared(const std::string& path) const
  {
    return std::any_of(graph_.declared.begin(), graph_.declared.end(),
                       [&](const auto& declaration) { return glob_matches(declaration.glob, path); });
  }
  bool leads_nowhere(const std::string& path) const
  {
    const Node node = graph_.names.find(path);
    return node != k_no_node && !graph_.is(k_reaches_test, node);
  }
  std::string mend(const std::string& path) const
  {
    if (graph_.names.find(path) != k_no_node) return "configure and build: then what it generates can be compared";
    return "declare it: `inputs` of a [[tests]] entry, or `ignore` under [changes] if it cannot matter";
  }

  const ImpactGraph& impact_;
  const ImpactGraph::Impl& graph_;
  const ReachOptions& options_;
  Reach& reach_;
};

// An output that the default build makes and that leads to no test's program.
bool is_untied(const ImpactGraph::Impl& graph, const ReachOptions& options, Node node)
{
  if (graph.is_test(node) || !graph.is(k_output, node) || graph.is(k_group, node) || graph.is(k_reaches_test, node))
    return false;
  return !std::binary_search(options.on_demand.begin(), options.on_demand.end(), name_of(graph, node));
}

// Such an output that some test may start or open, and no fact says which: not one that only goes into objects (a
// generated header).
bool is_loose(const ImpactGraph::Impl& graph, const ReachOptions& options, Node node)
{
  if (!is_untied(graph, options, node)) return false;
  const std::string name = name_of(graph, node);
  if (first_match(options.ignore, name) || first_match(options.harmless_outputs, name)) return false;
  const auto users = graph.rows.users(node);
  const auto is_product = [&](Node user) { return !graph.is(k_group, user); };
  if (std::none_of(users.begin(), users.end(), is_product)) return true;
  return std::any_of(users.begin(), users.end(), [&](Node user) {
    return is_product(user) && !first_match(options.harmless_outputs, name_of(graph, user));
  });
}

std::vector<std::string> outputs_that(const ImpactGraph& impact, const ReachOptions& options, auto is)
{
  const ImpactGraph::Impl& graph = impact.impl();
  std::vector<std::string> outputs;
  for (Node node = 0; node < graph.first_test; ++node)
    if (is(graph, options, node)) outputs.push_back(name_of(graph, node));
  std::sort(outputs.begin(), outputs.end());
  return outputs;
}

void collect(const ImpactGraph::Impl& graph, const Catalogue& catalogue, const Walk& walk, const ReachOptions& options,
             Reach& reach)
{
  for (const Node node : walk.reached) {
    if (graph.is_test(node)) {
      const std::size_t test = graph.test_of(node);
      reach.paths[test] = path_to(graph, walk, node, catalogue.tests[test].id.value);
      continue;
    }
    ++reach.blast_radius.files;
    if (!graph.is(k_output, node) || graph.is(k_group, node)) continue;
    reach.outputs.push_back(name_of(graph, node));
    if (is_loose(graph, options, node))
      reach.escalations.push_back({RunCause::loose_output, name_of(graph, node),
                                   fmt::format("built from {}; no fact says which test uses it",
                                               path_to(graph, walk, node, name_of(graph, node)).front().name)});
  }
}

void add_direct(const Sorter& sorter, const ImpactGraph::Impl& graph, const Catalogue& catalogue, Reach& reach)
{
  for (const auto& [test, path] : sorter.declared) {
    auto& slot = reach.paths[static_cast<std::size_t>(test)];
    if (slot.empty())
      slot = {{path, std::string(to_string(FactSource::declared))}, {catalogue.test(test).id.value, ""}};
  }
  if (sorter.relevant.empty()) return;
  for (const TestIndex test : graph.opaque) {
    auto& slot = reach.paths[static_cast<std::size_t>(test)];
    if (!slot.empty()) continue;
    slot = {{sorter.relevant.front(), std::string(k_may_be_read)},
            {catalogue.program_of(catalogue.test(test)).name, "runs"},
            {catalogue.test(test).id.value, ""}};
    reach.guessed[static_cast<std::size_t>(test)] = true;
  }
}

} // namespace

BlastRadius blast_radius_of(const Reach& reach, const Catalogue& catalogue, const std::vector<bool>& spared)
{
  BlastRadius radius = reach.blast_radius;
  const bool configured = std::any_of(reach.compared.begin(), reach.compared.end(),
                                      [](const std::string& path) { return path != "sluice.policy.toml"; });
  radius.tests = 0;
  std::vector<bool> programs(catalogue.programs.size());
  for (std::size_t i = 0; i < catalogue.tests.size(); ++i) {
    if (reach.paths[i].empty() && reach.escalations.empty() && !configured) continue;
    if (!configured && reach.is_without_fact(i) && spared[i] && !reach.incomplete()) continue;
    ++radius.tests;
    programs[static_cast<std::size_t>(catalogue.tests[i].program)] = true;
  }
  radius.programs = static_cast<std::size_t>(std::count(programs.begin(), programs.end(), true));
  return radius;
}

bool Reach::incomplete() const
{
  return std::any_of(escalations.begin(), escalations.end(),
                     [](const Escalation& escalation) { return escalation.cause == RunCause::incomplete; });
}

std::vector<std::string> loose_outputs(const ImpactGraph& graph, const ReachOptions& options)
{
  return outputs_that(graph, options, is_loose);
}

std::vector<std::string> untied_outputs(const ImpactGraph& graph, const ReachOptions& options)
{
  return outputs_that(graph, options, is_untied);
}

RoleOfFile role_of(const ImpactGraph& impact, const ReachOptions& options, const std::string& path)
{
  const ImpactGraph::Impl& graph = impact.impl();
  if (const std::string* glob = first_match(options.ignore, path)) return {FileRole::dismissed, *glob};
  if (first_match(options.compared, path)) return {FileRole::compared, {}};
  if (const Node known = graph.names.find(path); known != k_no_node) {
    if (!graph.is(k_only_configure, known)) return {FileRole::known, {}};
    if (options.configured) return {FileRole::compared, {}};
  }
  const bool declared = std::any_of(graph.declared.begin(), graph.declared.end(),
                                    [&](const auto& declaration) { return glob_matches(declaration.glob, path); });
  return {declared ? FileRole::known : FileRole::unknown, {}, declared};
}

Reach reach(const ImpactGraph& impact, const Catalogue& catalogue, const ChangeSet& change, const ReachOptions& options)
{
  const ImpactGraph::Impl& graph = impact.impl();
  Reach result;
  result.paths.resize(catalogue.tests.size());
  result.guessed.resize(catalogue.tests.size());
  for (const Incompleteness& gap : change.incomplete)
    result.escalations.push_back({RunCause::incomplete, gap.what, gap.mend});

  Sorter sorter(impact, options, result);
  for (const ChangedPath& path : change.paths) {
    sorter.sort(path.path);
    if (!path.old_path.empty()) sorter.sort(path.old_path);
  }
  const Walk found = walk(graph.rows, sorter.sources);
  collect(graph, catalogue, found, options, result);
  add_direct(sorter, graph, catalogue, result);
  result.blast_radius.all_tests = catalogue.tests.size();
  result.blast_radius.all_programs = catalogue.programs.size();
  result.blast_radius.all_files = graph.names.size();
  result.blast_radius = blast_radius_of(result, catalogue, std::vector<bool>(catalogue.tests.size()));
  return result;
}

} // namespace sluice::impact
