// Files that git was told not to look at: the assume-unchanged and skip-worktree bits of the index.
// Whoever sets such a bit hides what lies on disk from `git status`; here the disk is asked. It does not know why the
// bit is set: a file that is absent under skip-worktree is a sparse checkout's normal case and no change.
#pragma once

#include "adapters/git/git_output.h"
#include "adapters/git/plumbing.h"

#include <string>
#include <vector>

namespace sluice::git {

// Entries whose file on disk is not what the index says, as `git status` would have put it.
std::vector<StatusEntry> hidden_changes(const Plumbing& git, const std::vector<IndexEntry>& index);

// Blob ids of the bytes of regular files, without any filter, in the order of `paths`. All absent when git could not
// read one of them: then nothing is known of any.
std::vector<Digest> blob_ids(const Plumbing& git, const std::vector<std::string>& paths);

} // namespace sluice::git
