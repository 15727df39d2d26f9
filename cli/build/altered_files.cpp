#include "cli/build/altered_files.h"

#include "model/error.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace sluice::cli {

std::vector<std::string> altered_files(const git::Repository& repository, const std::string& head,
                                       const std::vector<std::string>& written)
{
  std::set<std::string> own;
  for (const std::string& file : written)
    if (!file.empty())
      own.insert(std::filesystem::absolute(file).lexically_normal().lexically_proximate(repository.root()).string());
  const auto changes = repository.changes_since(head);
  if (!changes) throw Error(ErrorKind::world, "commit " + head + " is not in the repository any more", "run git fsck");
  std::vector<std::string> altered;
  for (const ChangedPath& change : *changes) {
    // Of a renamed file the old name is missing; the new one is an addition.
    const std::string& path = change.kind == ChangeKind::renamed ? change.old_path : change.path;
    if (change.kind != ChangeKind::added && !own.contains(path)) altered.push_back(path);
  }
  return altered;
}

} // namespace sluice::cli
