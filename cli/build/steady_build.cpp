#include "cli/build/steady_build.h"

#include "adapters/facts/build_facts.h"
#include "cli/build/built_sources.h"

#include <algorithm>
#include <set>
#include <utility>

namespace sluice::cli {

namespace {

// What a build says that wrote where it may not, and what its reader should know then.
constexpr std::string_view k_refused_write = "Read-only file system";
constexpr std::string_view k_about_writing = "\n[Sluice lets a build write to the tree (not to .git), to caches and to "
                                             "/tmp; what else it needs is named under [build] "
                                             "in sluice.toml: writable = [\"...\"]]\n";

// Of the build graph as text, read anew each time.
Digest build_graph_digest(const Project& project)
{
  cache::FileDigests digests(nullptr);
  return digests.of(project.build_directory + "/build.ninja", cache::DigestOf::content);
}

build::BuildResult build_everything_asked(const Project& project, build::BuildRequest& request)
{
  const Digest graph_before = build_graph_digest(project);
  build::BuildResult built = build::build_targets(request);
  // The build itself may have configured again: then there can be programs that the targets did not name, and targets
  // that are no more.
  if (!request.targets.empty() && build_graph_digest(project) != graph_before) {
    const auto spent = built.duration;
    request.targets.clear();
    built = build::build_targets(request);
    built.duration += spent;
  }
  return built;
}

// Those of the files that steps of the build read.
std::vector<std::string> sources_among(const Facts& facts, const std::vector<std::string>& files)
{
  std::set<std::string> sources;
  for (const Facts::Edge& edge : facts.edges) {
    const std::string& name = facts.name(edge.input);
    if (edge.source != FactSource::configure && !facts.recipes.contains(edge.input) &&
        std::binary_search(files.begin(), files.end(), name))
      sources.insert(name);
  }
  return {sources.begin(), sources.end()};
}

} // namespace

BuildOutcome outcome_of(build::BuildResult result, std::vector<std::string> targets)
{
  BuildOutcome outcome;
  outcome.attempted = true;
  outcome.ok = result.ok;
  outcome.targets = std::move(targets);
  outcome.exit_code = result.exit_code;
  outcome.duration = result.duration;
  outcome.output = std::move(result.output);
  if (outcome.output.find(k_refused_write) != std::string::npos) outcome.output += k_about_writing;
  return outcome;
}

BuildOutcome build_steadily(const Project& project, build::BuildRequest& request, TreeSinceBuild& since,
                            cache::FileDigests& digests)
{
  const auto build = [&] {
    BuildOutcome outcome = outcome_of(build_everything_asked(project, request), request.targets);
    outcome.tree = read_tree(project);
    digests.look_again();
    outcome.altered = since.altered(project, outcome.tree, digests);
    return outcome;
  };
  BuildOutcome first = build();
  if (first.altered.empty()) return first;
  const facts::BuildFacts known = facts::read_build_facts(project.root, project.build_directory);
  const std::vector<std::string> sources = sources_among(known.facts, first.altered);
  remove_direct_outputs(project, known.facts, sources);
  const bool configured_otherwise =
    std::any_of(first.altered.begin(), first.altered.end(), [&](const std::string& file) {
      return std::binary_search(known.configure_inputs.begin(), known.configure_inputs.end(), file);
    });
  if (!first.ok || (sources.empty() && !configured_otherwise)) return first;
  if (configured_otherwise)
    if (build::BuildResult result = build::configure_again(request, build::ConfigureAgain::any); !result.ok)
      return outcome_of(std::move(result), {});
  BuildOutcome second = build();
  second.duration += first.duration;
  if (!second.ok) remove_direct_outputs(project, known.facts, sources_among(known.facts, second.altered));
  return second;
}

} // namespace sluice::cli
