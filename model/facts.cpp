#include "model/facts.h"

#include <algorithm>

namespace sluice {

PathId Facts::intern(std::string_view path)
{
  if (const auto found = ids_.find(path); found != ids_.end()) return found->second;
  const auto id = static_cast<PathId>(paths.size());
  paths.emplace_back(path);
  ids_.emplace(paths.back(), id);
  return id;
}

bool Facts::find(std::string_view path, PathId& id) const
{
  const auto found = ids_.find(path);
  if (found == ids_.end()) return false;
  id = found->second;
  return true;
}

void Facts::add(std::string_view input, std::string_view output, FactSource source)
{
  const PathId from = intern(input);
  const PathId to = intern(output);
  edges.push_back({from, to, source});
}

std::vector<std::string> leaf_inputs(const Facts& facts, const std::vector<std::string>& outputs)
{
  std::vector<std::vector<std::size_t>> inputs(facts.paths.size());
  for (const Facts::Edge& edge : facts.edges)
    if (edge.source != FactSource::configure)
      inputs[static_cast<std::size_t>(edge.output)].push_back(static_cast<std::size_t>(edge.input));

  std::vector<bool> seen(facts.paths.size());
  std::vector<std::size_t> queue;
  const auto visit = [&](std::size_t node) {
    if (seen[node]) return;
    seen[node] = true;
    queue.push_back(node);
  };
  for (const std::string& output : outputs)
    if (PathId id{}; facts.find(output, id)) visit(static_cast<std::size_t>(id));
  std::vector<std::string> leaves;
  for (std::size_t next = 0; next < queue.size(); ++next) {
    const std::size_t node = queue[next];
    for (const std::size_t input : inputs[node]) visit(input);
    if (inputs[node].empty()) leaves.push_back(facts.paths[node]);
  }
  std::sort(leaves.begin(), leaves.end());
  return leaves;
}

std::string_view to_string(FactSource source)
{
  switch (source) {
  case FactSource::ninja_graph:
    return "ninja";
  case FactSource::ninja_deps:
    return "ninja-deps";
  case FactSource::cmake_file_api:
    return "cmake";
  case FactSource::depfile:
    return "depfile";
  case FactSource::configure:
    return "configure";
  case FactSource::declared:
    return "declared";
  case FactSource::loaded:
    return "loads";
  case FactSource::launched:
    return "starts";
  }
  return "?";
}

} // namespace sluice
