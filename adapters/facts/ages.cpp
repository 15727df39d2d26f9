#include "adapters/facts/ages.h"

#include <fmt/format.h>

#include <utility>

namespace sluice::facts {

Ages::Ages(const std::string& root, const Facts& facts, const std::vector<std::string>& unbuilt,
           const std::vector<std::string>& rewritten)
  : root_(root), facts_(facts), inputs_(facts.paths.size()), group_(facts.paths.size()), unbuilt_(facts.paths.size()),
    rewritten_(facts.paths.size()), states_(facts.paths.size())
{
  for (const std::string& path : rewritten)
    if (PathId id{}; facts.find(path, id)) rewritten_[static_cast<std::size_t>(id)] = true;
  for (const std::string& path : unbuilt)
    if (PathId id{}; facts.find(path, id)) unbuilt_[static_cast<std::size_t>(id)] = true;
  for (const Facts::Edge& edge : facts.edges)
    if (edge.source != FactSource::configure)
      inputs_[static_cast<std::size_t>(edge.output)].push_back(static_cast<Node>(edge.input));
  for (const PathId id : facts.groups) group_[static_cast<std::size_t>(id)] = true;
}

std::string Ages::why_stale(const std::string& path)
{
  PathId id{};
  if (!facts_.find(path, id)) return {};
  const auto node = static_cast<Node>(id);
  visit(node);
  const State& state = states_[node];
  if (!state.stale) return {};
  if (unbuilt_[state.blame] || state.blame == node) return fmt::format("{} is not built", facts_.paths[state.blame]);
  return fmt::format("{} is older than {}", path, facts_.paths[state.blame]);
}

// Post-order with a stack of its own: build graphs are deep enough to overflow a stack of calls. A cycle can only come
// from a broken graph; the edge that closes it is left out.
void Ages::visit(Node start)
{
  std::vector<std::pair<Node, std::size_t>> stack{{start, 0}};
  while (!stack.empty()) {
    const Node node = stack.back().first;
    State& state = states_[node];
    if (state.progress == Progress::done) {
      stack.pop_back();
      continue;
    }
    state.progress = Progress::open;
    std::size_t& next = stack.back().second;
    if (next < inputs_[node].size()) {
      const Node input = inputs_[node][next++];
      if (states_[input].progress == Progress::untouched) stack.emplace_back(input, 0);
      continue;
    }
    settle(node);
    stack.pop_back();
  }
}

void Ages::settle(Node node)
{
  State& state = states_[node];
  state.progress = Progress::done;
  state.blame = node;
  std::error_code missing;
  const auto time = std::filesystem::last_write_time(std::filesystem::path(root_) / facts_.paths[node], missing);
  if (!missing) state.time = rewritten_[node] ? std::filesystem::file_time_type::max() : time;
  state.stale = unbuilt_[node] || (!group_[node] && !inputs_[node].empty() && !state.time);
  for (const Node input : inputs_[node]) {
    const State& below = states_[input];
    if (below.stale) {
      state.stale = true;
      state.blame = below.blame;
      return;
    }
    if (!below.time) continue;
    if (group_[node]) {
      if (!state.time || *below.time > *state.time) state.time = below.time;
    } else if (state.time && *below.time > *state.time) {
      state.stale = true;
      state.blame = input;
    }
  }
}

} // namespace sluice::facts
