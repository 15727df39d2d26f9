// Where a merge would carry what a change touches: its base may have renamed files and folders since the change left
// it, and git follows. Rules are read at the tip of the base and speak of the names there. A pure function; it does not
// know how git finds renames.
#pragma once

#include "model/change_set.h"

#include <string>
#include <vector>

namespace sluice::policy {

// Fills ChangedPath::base_paths and lost_at_base. `since`: what the base has changed since the change left it, with
// renames, one call for each place where it did.
// A file that the change adds to a folder out of which the base has renamed something gets the name that it would have
// if all of the folder had been renamed: git then carries it along.
void carry_to_base(ChangeSet& change, const std::vector<ChangedPath>& since);

// Every name that rules may know a changed path by: as it is, as it was, and as the base calls it now.
std::vector<std::string> names_of(const ChangedPath& changed);

} // namespace sluice::policy
