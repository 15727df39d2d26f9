// What lies in the submodules and other repositories of a tree, which its own git knows as one entry each.
// The git of a submodule is asked where it is known to be one (adapters/git/submodules.h); of what else lies there
// every file is listed, since nothing that it says of itself is believed.
#pragma once

#include "adapters/git/plumbing.h"
#include "adapters/git/repository.h"

#include <string>
#include <vector>

namespace sluice::git {

// See Repository::files_in(). `path` is that of the repository from the root of `git`.
std::vector<TreeFile> files_in(const Plumbing& git, const std::string& path);

} // namespace sluice::git
