// One look at the working tree: what differs from HEAD, and which files there are.
// git compares (its status takes a quarter less CPU than libgit2's and is right about sparse checkouts); the index is
// read natively. What git was told not to look at (assume-unchanged and skip-worktree bits) is looked at here, because
// a hidden change is still a change. It does not know commits and ranges. Nothing is written, not even a refreshed
// index.
#pragma once

#include "adapters/git/git_output.h"
#include "adapters/git/index_file.h"
#include "adapters/git/plumbing.h"

#include <string>
#include <vector>

namespace sluice::git {

struct WorkingTree {
  std::string head; // commit that the tree was compared with; empty before the first commit
  std::vector<StatusEntry> status;
  std::vector<IndexEntry> index; // as far as wanted
  std::vector<Setting> settings;
};

// Status and index belong together: when the index is replaced while git looks, the look is repeated. Throws
// Error{world} when that never ends or git cannot read the tree.
WorkingTree look_at_working_tree(const Plumbing& git, Wanted wanted);

} // namespace sluice::git
