#include "impact/own_sources.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sluice::impact {

namespace {

constexpr std::array<std::string_view, 12> k_compiled{".c",    ".cc", ".cpp", ".cxx", ".c++", ".C",
                                                      ".cppm", ".m",  ".mm",  ".cu",  ".f90", ".rs"};

bool is_compiled(std::string_view path)
{
  return !path.starts_with('/') && std::any_of(k_compiled.begin(), k_compiled.end(),
                                               [&](std::string_view ending) { return path.ends_with(ending); });
}

// What each path leads to, groups left out: they make nothing.
class Uses {
public:
  explicit Uses(const Facts& facts) : facts_(facts), outputs_(facts.paths.size())
  {
    for (const Facts::Edge& edge : facts.edges) {
      if (edge.source == FactSource::configure) continue;
      if (std::binary_search(facts.groups.begin(), facts.groups.end(), edge.output)) continue;
      outputs_[static_cast<std::size_t>(edge.input)].push_back(edge.output);
    }
  }

  // The only program that the source leads to, directly or by an object that is linked into nothing else.
  std::optional<PathId> only_program(PathId source, const std::unordered_map<PathId, std::size_t>& programs) const
  {
    std::optional<PathId> only;
    const auto is_only = [&](PathId program) {
      if (!programs.contains(program) || (only && *only != program)) return false;
      only = program;
      return true;
    };
    for (const PathId output : of(source)) {
      if (is_only(output)) continue;
      if (programs.contains(output) || of(output).empty() || !std::ranges::all_of(of(output), is_only))
        return std::nullopt;
    }
    return only;
  }

private:
  const std::vector<PathId>& of(PathId id) const { return outputs_[static_cast<std::size_t>(id)]; }

  const Facts& facts_;
  std::vector<std::vector<PathId>> outputs_;
};

} // namespace

void add_own_sources(const Facts& facts, Catalogue& catalogue)
{
  std::unordered_map<PathId, std::size_t> programs;
  for (std::size_t i = 0; i < catalogue.programs.size(); ++i)
    for (const std::string& file : catalogue.programs[i].files)
      if (PathId id{}; facts.find(file, id) && facts.recipes.contains(id)) programs.emplace(id, i);
  if (programs.empty()) return;
  const Uses uses(facts);
  std::unordered_map<std::size_t, std::vector<std::string>> own;
  for (std::size_t i = 0; i < facts.paths.size(); ++i) {
    const auto id = static_cast<PathId>(i);
    if (!is_compiled(facts.paths[i]) || facts.recipes.contains(id)) continue;
    if (const auto program = uses.only_program(id, programs)) own[programs.at(*program)].push_back(facts.paths[i]);
  }
  for (auto& [index, sources] : own)
    if (sources.size() == 1) catalogue.programs[index].own_source = std::move(sources.front());
}

} // namespace sluice::impact
