// The list of files of a working tree, each with the digest that git vouches for, if it does.
// git vouches for a file when its status calls it unchanged, no bit tells git to look away, and no conversion stands
// between the blob and the bytes on disk. It does not read files.
#pragma once

#include "adapters/git/plumbing.h"
#include "adapters/git/repository.h"
#include "adapters/git/working_tree.h"

#include <vector>

namespace sluice::git {

// Sorted by path, each path once; see Repository::files().
std::vector<TreeFile> files_of(const Plumbing& git, WorkingTree tree);

} // namespace sluice::git
