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

// Where the `.git` of a checkout leads, if it is a plain file that leads to one of the folders in which `around` keeps
// its submodules: what lies there no build has written.
std::optional<std::string> git_folder_of_submodule(const Location& around, const std::string& checkout);

// Corrects `status`, which git gave without looking at the content of submodules, and adds to it: an entry for each
// submodule of the index whose checkout is at another commit, holds anything that this commit does not, or cannot be
// believed (a `.git` that does not lead into `modules` of our own folder). Submodules in these are looked at in turn.
void look_at_submodules(const Plumbing& git, const std::vector<IndexEntry>& index, std::vector<StatusEntry>& status);

} // namespace sluice::git
