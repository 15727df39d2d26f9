// From two revisions to a change set: the merge base, the commits, the paths, and what keeps these from being complete.
// It does not know the working tree; Repository puts that on top. With several merge bases (criss-cross merges) the
// first one in git's order is named, the others are named beside it, and the paths are those that differ from any of
// them: a path that one of them hides would be a change that nobody tests.
#pragma once

#include "adapters/git/history.h"
#include "adapters/git/plumbing.h"
#include "model/change_set.h"

#include <string>
#include <vector>

namespace sluice::git {

class CommitRange {
public:
  CommitRange(const Plumbing& git, const History& history) : git_(git), history_(history) {}

  // From the merge base of `base` and `head` to `head`. `head` is a commit id, or empty before the first commit; `base`
  // is a revision. Throws Error{usage} when there is no such revision; a full id that a shallow clone does not have is
  // an Incompleteness instead.
  ChangeSet from_base(const std::string& base, const std::string& head) const;

  // What the commit `head` did to its first parent.
  ChangeSet of_commit(const std::string& head) const;

  // Error{usage} when there is no such revision.
  std::string require(const std::string& revision) const;

  // The tree of a commit; git's empty tree for an empty id.
  std::string tree_or_empty(const std::string& commit) const;

private:
  std::string fetch_command(const std::vector<std::string>& commits) const;
  void compare(ChangeSet& set, const std::vector<std::string>& from) const;

  const Plumbing& git_;
  const History& history_;
};

} // namespace sluice::git
