// Where a build folder may lie. Builds write to it, so wherever it lies there is a hole in their walls, and the walls
// protect the store and git's folders. It does not know which openings are wanted (cli/walls/held_walls.h).
// Links are resolved anew for each command, since a build can put a link where a folder was.
#pragma once

#include "cli/project.h"

#include <string>
#include <vector>

namespace sluice::cli {

// Absolute paths of the folder of state of this project and of every project in whose folder of state it lies.
std::vector<std::string> places_of_state(const Project& project);

// Throws Error{configuration} if the build folder lies in one of these or contains one, or is a link that leads out of
// the tree to a place that [build] writable does not name; likewise if such a link has moved a writable place of
// [build] or [sandbox].
void require_harmless_places(const Project& project);

} // namespace sluice::cli
