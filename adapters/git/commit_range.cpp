#include "adapters/git/commit_range.h"

#include "adapters/git/attribute_changes.h"
#include "adapters/git/path_changes.h"
#include "model/digest.h"
#include "model/error.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace sluice::git {

namespace {

constexpr std::size_t k_short_id = 12;
constexpr std::string_view k_empty_tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
constexpr std::string_view k_empty_tree_sha256 = "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321";

std::string brief(const std::string& id)
{
  return id.substr(0, k_short_id);
}

bool is_full_id(const std::string& text, std::size_t id_size)
{
  return text.size() == 2 * id_size && digest_from_hex(text).has_value();
}

// The remote that the missing part of the history is fetched from: the current branch's, else "origin", else any.
std::string remote_of(const std::vector<Setting>& settings)
{
  std::string first;
  for (const Setting& setting : settings) {
    constexpr std::string_view prefix = "remote.";
    constexpr std::string_view suffix = ".url";
    const std::string& name = setting.name;
    if (name.size() <= prefix.size() + suffix.size() || name.rfind(prefix, 0) != 0 ||
        name.substr(name.size() - suffix.size()) != suffix)
      continue;
    std::string remote = name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
    if (remote == "origin") return remote;
    if (first.empty()) first = std::move(remote);
  }
  return first;
}

} // namespace

std::string CommitRange::require(const std::string& revision) const
{
  if (auto id = history_.commit_id(revision)) return std::move(*id);
  throw Error(ErrorKind::usage, "there is no revision '" + revision + "' in this repository",
              git_.location().shallow ? "the history is shallow; if the revision exists upstream: " + fetch_command({})
                                      : "see git branch --all and git log for what there is");
}

std::string CommitRange::tree_or_empty(const std::string& commit) const
{
  if (!commit.empty()) return history_.tree_of(commit);
  return std::string(git_.location().id_size == 20 ? k_empty_tree : k_empty_tree_sha256);
}

std::string CommitRange::fetch_command(const std::vector<std::string>& commits) const
{
  const std::string remote = remote_of(parse_settings(git_.output({"config", "-z", "--list"})));
  std::string command = "git fetch --unshallow";
  if (remote.empty()) return command + " (after git remote add, with the URL that has the full history)";
  command += " " + remote;
  // By id, because what is checked out in a pipeline is often on no branch.
  for (const std::string& commit : commits) command += " " + commit;
  return command;
}

void CommitRange::compare(ChangeSet& set, const std::vector<std::string>& from) const
{
  const std::string to = set.head_tree.empty() ? tree_or_empty({}) : set.head_tree;
  bool is_first = true;
  for (const std::string& tree : from) {
    const auto differences = history_.differences(tree, to);
    if (!differences) {
      const bool partial = git_.location().partial;
      set.incomplete.push_back({"trees between " + brief(tree) + " and " + brief(to) + " are not in this repository",
                                partial ? "git fetch --refetch --filter=blob:none" : "git fsck"});
      continue;
    }
    std::vector<ChangedPath> changes = changes_of(*differences);
    const auto is_attributes = [](const TreeDifference& difference) {
      return names_attributes_file(difference.path) || names_attributes_file(difference.old_path);
    };
    if (std::any_of(differences->begin(), differences->end(), is_attributes)) {
      std::vector<ChangedPath> converted;
      for (std::string& path : otherwise_converted(git_, tree, to))
        converted.push_back({ChangeKind::conversion, std::move(path), {}});
      changes = either(std::move(changes), converted);
    }
    set.paths = is_first ? std::move(changes) : either(std::move(set.paths), changes);
    is_first = false;
  }
}

ChangeSet CommitRange::from_base(const std::string& base, const std::string& head) const
{
  ChangeSet set;
  set.head = head;
  if (!head.empty()) set.head_tree = history_.tree_of(head);

  const auto base_id = history_.commit_id(base);
  if (!base_id && git_.location().shallow && is_full_id(base, git_.location().id_size)) {
    set.base = base;
    set.commits = history_.commits(head, {});
    set.incomplete.push_back({"the history is shallow: " + brief(base) + " is not here", fetch_command({head, base})});
    return set;
  }
  set.base = base_id ? *base_id : require(base);
  if (set.base == head) {
    set.merge_base = head;
    set.base_tree = set.head_tree;
    return set;
  }

  std::vector<std::string> bases;
  if (!head.empty()) {
    bases = history_.merge_bases(set.base, head);
    set.commits = history_.commits(head, set.base);
  }
  const bool is_cut = !head.empty() && history_.meets_shallow_boundary(set.base, head);
  if (is_cut) {
    set.incomplete.push_back({"the history is shallow: the nearest common ancestor of " + brief(set.base) + " and " +
                                brief(head) + " may not be here",
                              fetch_command({head, set.base})});
  } else if (bases.empty()) {
    set.incomplete.push_back(
      {brief(set.base) + " and " + (head.empty() ? "the working tree" : brief(head)) + " have no common ancestor",
       "name the branch that this change starts from with --base"});
  }
  if (!bases.empty()) {
    set.merge_base = bases.front();
    set.other_merge_bases.assign(bases.begin() + 1, bases.end());
  }

  std::vector<std::string> trees;
  for (const std::string& commit : bases.empty() ? std::vector<std::string>{set.base} : bases)
    trees.push_back(history_.tree_of(commit));
  set.base_tree = trees.front();
  compare(set, trees);
  return set;
}

ChangeSet CommitRange::of_commit(const std::string& head) const
{
  ChangeSet set;
  set.head = head;
  set.head_tree = history_.tree_of(head);
  const Commit commit = history_.commit(head);
  if (commit.parents.empty()) {
    set.commits = {commit};
    compare(set, {tree_or_empty({})});
    return set;
  }
  // The stored parent counts, not the one that a shallow clone shows.
  return from_base(commit.parents.front(), head);
}

} // namespace sluice::git
