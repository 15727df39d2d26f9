// Where a build folder may lie. Builds write to it, so it is a hole in their walls wherever it is: the store and git's
// folders are behind these walls. It does not know what opens them on purpose (cli/walls/held_walls.h).
// A place is looked at by where it really is, and anew for each command: a build can put a link where a folder was.
#pragma once

#include "cli/project.h"

#include <string>
#include <vector>

namespace sluice::cli {

// The folders of state of this project and of those in whose state it lies, absolute.
std::vector<std::string> places_of_state(const Project& project);

// Throws Error{configuration} if the build folder lies in one of these or holds one, or is a link out of the tree to
// where [build] writable does not lead either; and for a [build] or [sandbox] writable place of the tree that such a
// link has moved.
void require_harmless_places(const Project& project);

} // namespace sluice::cli
