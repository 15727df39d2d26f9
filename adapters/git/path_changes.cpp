#include "adapters/git/path_changes.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace sluice::git {

namespace {

enum class Present : bool { no, yes };

// Follows each path through one or more comparisons.
class PathHistory {
public:
  void add(const ChangedPath& change)
  {
    switch (change.kind) {
    case ChangeKind::added:
      step(change.path, Present::no, Present::yes, ChangeKind::modified);
      break;
    case ChangeKind::deleted:
      step(change.path, Present::yes, Present::no, ChangeKind::modified);
      break;
    case ChangeKind::renamed: {
      const auto earlier = origins_.find(change.old_path);
      const std::string origin = earlier == origins_.end() ? change.old_path : earlier->second;
      step(change.old_path, Present::yes, Present::no, ChangeKind::modified);
      step(change.path, Present::no, Present::yes, ChangeKind::modified);
      origins_[change.path] = origin;
      break;
    }
    case ChangeKind::modified:
    case ChangeKind::mode:
    case ChangeKind::type:
    case ChangeKind::submodule:
    case ChangeKind::conversion:
      step(change.path, Present::yes, Present::yes, change.kind);
      break;
    }
  }

  std::vector<ChangedPath> result() const
  {
    std::vector<ChangedPath> changes;
    std::unordered_set<std::string_view> moved;
    changes.reserve(states_.size());
    for (const auto& [path, state] : states_) {
      if (state.before == Present::yes && state.after == Present::yes) changes.push_back({state.kind, path, {}});
      else if (state.after == Present::yes) changes.push_back(arrival(path, moved));
    }
    for (const auto& [path, state] : states_) {
      if (state.before == Present::yes && state.after == Present::no && !moved.count(path))
        changes.push_back({ChangeKind::deleted, path, {}});
    }
    std::sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return changes;
  }

private:
  struct State {
    Present before = Present::no;
    Present after = Present::no;
    ChangeKind kind = ChangeKind::modified;
  };

  // What is said of a path that exists on both sides and changed in more than one way.
  static ChangeKind stronger(ChangeKind a, ChangeKind b)
  {
    for (const ChangeKind kind : {ChangeKind::submodule, ChangeKind::type, ChangeKind::modified})
      if (a == kind || b == kind) return kind;
    return a == ChangeKind::conversion ? b : a;
  }

  void step(const std::string& path, Present before, Present after, ChangeKind kind)
  {
    const auto [entry, is_new] = states_.try_emplace(path, State{before, after, kind});
    if (is_new) return;
    entry->second.after = after;
    entry->second.kind = stronger(entry->second.kind, kind);
  }

  ChangedPath arrival(const std::string& path, std::unordered_set<std::string_view>& moved) const
  {
    const auto origin = origins_.find(path);
    if (origin != origins_.end()) {
      const auto left = states_.find(origin->second);
      const bool gone =
        left != states_.end() && left->second.before == Present::yes && left->second.after == Present::no;
      if (gone && moved.insert(left->first).second) return {ChangeKind::renamed, path, origin->second};
    }
    return {ChangeKind::added, path, {}};
  }

  std::unordered_map<std::string, State> states_;
  std::unordered_map<std::string, std::string> origins_; // by new path
};

ChangeKind kind_of(const TreeDifference& difference)
{
  switch (difference.status) {
  case 'A':
  case 'C':
    return ChangeKind::added;
  case 'D':
    return ChangeKind::deleted;
  case 'R':
    return ChangeKind::renamed;
  default:
    break;
  }
  if (type_of_mode(difference.old_mode) != type_of_mode(difference.new_mode)) return ChangeKind::type;
  if (type_of_mode(difference.new_mode) == k_mode_submodule) return ChangeKind::submodule;
  if (difference.old_id == difference.new_id && difference.old_mode != difference.new_mode) return ChangeKind::mode;
  return ChangeKind::modified;
}

// Of a path that is both in HEAD and on disk.
ChangeKind kind_of(const StatusEntry& entry)
{
  if (entry.head_mode && entry.disk_mode && type_of_mode(entry.head_mode) != type_of_mode(entry.disk_mode))
    return ChangeKind::type;
  if (entry.submodule) return ChangeKind::submodule;
  const bool content_known = entry.kind == StatusEntry::Kind::ordinary && entry.unstaged == '.';
  if (content_known && entry.head_id == entry.index_id && entry.head_mode != entry.disk_mode) return ChangeKind::mode;
  return ChangeKind::modified;
}

std::string without_slash(std::string path)
{
  if (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

void add(PathHistory& history, const StatusEntry& entry)
{
  const bool on_disk = entry.disk_mode != 0;
  switch (entry.kind) {
  case StatusEntry::Kind::untracked:
    history.add({ChangeKind::added, without_slash(entry.path), {}});
    break;
  case StatusEntry::Kind::renamed:
    if (entry.staged == 'C' || entry.unstaged == 'C') {
      if (on_disk) history.add({ChangeKind::added, entry.path, {}});
    } else if (on_disk) history.add({ChangeKind::renamed, entry.path, entry.old_path});
    else history.add({ChangeKind::deleted, entry.old_path, {}});
    break;
  case StatusEntry::Kind::ordinary:
  case StatusEntry::Kind::unmerged:
    if (entry.head_mode && on_disk) history.add({kind_of(entry), entry.path, {}});
    else if (on_disk) history.add({ChangeKind::added, entry.path, {}});
    // An unmerged path without "ours" may still be in HEAD: the index alone does not tell.
    else if (entry.head_mode || entry.kind == StatusEntry::Kind::unmerged)
      history.add({ChangeKind::deleted, entry.path, {}});
    break;
  }
}

} // namespace

std::vector<ChangedPath> changes_of(const std::vector<TreeDifference>& differences)
{
  PathHistory history;
  for (const TreeDifference& difference : differences) {
    const ChangeKind kind = kind_of(difference);
    history.add({kind, difference.path, kind == ChangeKind::renamed ? difference.old_path : std::string()});
  }
  return history.result();
}

std::vector<ChangedPath> changes_of(const std::vector<StatusEntry>& entries)
{
  PathHistory history;
  for (const StatusEntry& entry : entries) add(history, entry);
  return history.result();
}

std::vector<ChangedPath> one_after_another(const std::vector<ChangedPath>& first,
                                           const std::vector<ChangedPath>& second)
{
  PathHistory history;
  for (const ChangedPath& change : first) history.add(change);
  for (const ChangedPath& change : second) history.add(change);
  return history.result();
}

std::vector<ChangedPath> either(std::vector<ChangedPath> first, const std::vector<ChangedPath>& second)
{
  std::unordered_set<std::string> named;
  for (const ChangedPath& change : first) {
    named.insert(change.path);
    if (!change.old_path.empty()) named.insert(change.old_path);
  }
  for (const ChangedPath& change : second) {
    const bool is_new = named.insert(change.path).second;
    const bool old_is_new = !change.old_path.empty() && named.insert(change.old_path).second;
    if (is_new) first.push_back({change.kind, change.path, old_is_new ? change.old_path : std::string()});
    else if (old_is_new) first.push_back({ChangeKind::deleted, change.old_path, {}});
    if (is_new && change.kind == ChangeKind::renamed && !old_is_new) first.back().kind = ChangeKind::added;
  }
  std::sort(first.begin(), first.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return first;
}

} // namespace sluice::git
