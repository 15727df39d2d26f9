#include "model/path.h"

namespace sluice {

bool lies_in(std::string_view path, std::string_view folder)
{
  if (folder.empty()) return false;
  while (!folder.empty() && folder.back() == '/') folder.remove_suffix(1);
  return path.starts_with(folder) && (path.size() == folder.size() ? !path.empty() : path[folder.size()] == '/');
}

std::string_view last_component(std::string_view path)
{
  return path.substr(path.rfind('/') + 1); // npos + 1: all of it
}

std::string_view folder_of(std::string_view path)
{
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

std::string name_in(const std::string& root, const std::string& path)
{
  const bool below = path.size() > root.size() && path.starts_with(root) && path[root.size()] == '/';
  return below ? path.substr(root.size() + 1) : path;
}

} // namespace sluice
