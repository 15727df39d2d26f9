// How the checkouts of submodules stand to the index of the repository that holds them.
// git itself would go into each checkout and ask the repository that it finds there, with the programs that its
// configuration names and believing its index: but whoever may write the tree can put one there. So git is told not to,
// and each checkout is looked at here, by a folder of git that lies in the one of the repository around it. Where
// anything else lies in a checkout nothing that it says is believed.
#pragma once

#include "adapters/git/git_output.h"
#include "adapters/git/plumbing.h"

#include <optional>
#include <string>
#include <vector>

namespace sluice::git {

// Corrects `status`, which git gave without looking at the content of submodules, and adds to it: an entry for each
// submodule of the index whose checkout is at another commit, holds anything that this commit does not, or cannot be
// believed (a `.git` that does not lead into `modules` of our own folder). Submodules in these are looked at in turn.
void look_at_submodules(const Plumbing& git, const std::vector<IndexEntry>& index, std::vector<StatusEntry>& status);

// Where the checkout of a submodule at `path` keeps its git; nullopt where it cannot be believed.
std::optional<Location> location_of_submodule(const Location& around, const std::string& path);

} // namespace sluice::git
