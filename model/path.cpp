#include "model/path.h"

namespace sluice {

bool lies_in(std::string_view path, std::string_view folder)
{
  if (folder.empty()) return false;
  while (!folder.empty() && folder.back() == '/') folder.remove_suffix(1);
  return path.starts_with(folder) && (path.size() == folder.size() ? !path.empty() : path[folder.size()] == '/');
}

} // namespace sluice
