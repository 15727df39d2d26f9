#include "model/facts.h"

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

std::string_view to_string(FactSource source)
{
  switch (source) {
  case FactSource::ninja_graph: return "ninja";
  case FactSource::ninja_deps: return "ninja-deps";
  case FactSource::cmake_file_api: return "cmake";
  case FactSource::depfile: return "depfile";
  case FactSource::configure: return "configure";
  case FactSource::declared: return "declared";
  case FactSource::loaded: return "loads";
  case FactSource::launched: return "starts";
  case FactSource::observed: return "observed";
  }
  return "?";
}

} // namespace sluice
