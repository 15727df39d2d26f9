#include "policy/moved_paths.h"

#include "model/path.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace sluice::policy {

namespace {

// Old folder -> new ones, for the folders of renamed files and those above them: a/b/x -> c/b/x renames a/b to c/b and
// a to c.
std::map<std::string, std::set<std::string>> renamed_folders(const std::vector<ChangedPath>& since)
{
  std::map<std::string, std::set<std::string>> folders;
  for (const ChangedPath& moved : since) {
    if (moved.kind != ChangeKind::renamed) continue;
    std::string_view from = folder_of(moved.old_path), to = folder_of(moved.path);
    while (!from.empty() && from != to) {
      folders[std::string(from)].insert(std::string(to));
      if (last_component(from) != last_component(to)) break;
      from = folder_of(from);
      to = folder_of(to);
    }
  }
  return folders;
}

void add(std::vector<std::string>& names, std::string name)
{
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
}

} // namespace

void carry_to_base(ChangeSet& change, const std::vector<ChangedPath>& since)
{
  std::map<std::string_view, std::string_view> renamed; // old name -> new
  std::set<std::string_view> removed;
  for (const ChangedPath& moved : since)
    if (moved.kind == ChangeKind::renamed) renamed.emplace(moved.old_path, moved.path);
    else if (moved.kind == ChangeKind::deleted) removed.insert(moved.path);
  const auto folders = renamed_folders(since);

  for (ChangedPath& changed : change.paths) {
    for (const std::string* name : {&changed.path, &changed.old_path}) {
      if (const auto found = renamed.find(*name); found != renamed.end())
        add(changed.base_paths, std::string(found->second));
      const bool gone_on_both_sides = changed.kind == ChangeKind::deleted;
      if (removed.contains(*name) && !gone_on_both_sides) changed.lost_at_base = true;
    }
    if (changed.kind != ChangeKind::added && changed.kind != ChangeKind::renamed) continue;
    for (std::string_view folder = folder_of(changed.path); !folder.empty(); folder = folder_of(folder))
      if (const auto found = folders.find(std::string(folder)); found != folders.end())
        for (const std::string& to : found->second)
          add(changed.base_paths, to + changed.path.substr(to.empty() ? folder.size() + 1 : folder.size()));
  }
}

std::vector<std::string> names_of(const ChangedPath& changed)
{
  std::vector<std::string> names{changed.path};
  if (!changed.old_path.empty()) names.push_back(changed.old_path);
  names.insert(names.end(), changed.base_paths.begin(), changed.base_paths.end());
  return names;
}

} // namespace sluice::policy
