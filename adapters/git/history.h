// Questions about commits: which one a name means, what they have in common, what they contain.
// libgit2 answers where it is right, git's own plumbing where libgit2 cannot; the caller does not see which. It does
// not know the index or the working tree.
#pragma once

#include "adapters/git/git_output.h"
#include "adapters/git/library_history.h"
#include "adapters/git/plumbing.h"
#include "model/change_set.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::git {

class History {
public:
  // `library` may be null: then git answers everything. Both arguments outlive this object.
  History(const Plumbing* git, const LibraryHistory* library) : git_(git), library_(library) {}

  // Hexadecimal id of the commit that `revision` names; nullopt if there is none here. Throws Error{usage} for a name
  // that more than one of a tag, a branch and a remote's branch has: git's order would let whoever can push one choose.
  std::optional<std::string> commit_id(const std::string& revision) const;

  // The best common ancestors, in git's order (the first is the one that `git diff A...B` takes).
  std::vector<std::string> merge_bases(const std::string& one, const std::string& other) const;

  // Commits reachable from `from` and not from `except` (empty: nothing is excepted), newest first.
  std::vector<Commit> commits(const std::string& from, const std::string& except) const;
  Commit commit(const std::string& id) const;
  std::string tree_of(const std::string& commit) const;

  // True if walking from the two commits to their common ancestors meets a commit whose parents were never fetched:
  // then nearer common ancestors may exist than those that can be seen.
  bool meets_shallow_boundary(const std::string& one, const std::string& other) const;

  // Differences between two trees or commits; nullopt when one of them, or a part of it, is not here.
  std::optional<std::vector<TreeDifference>> differences(const std::string& from, const std::string& to) const;

  // Content of a file; nullopt when the commit has no such file.
  std::optional<std::string> read(const std::string& commit, std::string_view path) const;

private:
  bool require_unambiguous(const std::string& name) const; // false: there is no such reference
  std::vector<std::string> references_called(const std::string& name) const;

  const Plumbing* git_;
  const LibraryHistory* library_;
};

} // namespace sluice::git
