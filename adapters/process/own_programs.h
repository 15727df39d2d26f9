// Programs that Sluice starts for itself: git, ssh-keygen, ninja to ask it something, and those whose word decides
// (validators). A build of a change can leave a program of that name in any folder that it may write, and PATH may name
// such a folder; so these are looked for only where no build writes, and nothing is preloaded in them.
// What a project's own commands find is not its business: they run behind walls.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::process {

// Takes folders of PATH that lie in one of these (absolute) out of the search, for as long as this process lives; to be
// called before any code of a change runs. Relative ones are never searched. Not to be called while commands run.
void distrust(const std::vector<std::string>& folders);

// The absolute path of a program: itself when it has a '/'. Empty when there is none.
std::string find_own_program(std::string_view program);

// An environment ("NAME=value") as such a program gets it: PATH has the folders that are left, and the loader no
// settings (LD_PRELOAD, LD_LIBRARY_PATH ...).
std::vector<std::string> environment_of_own(std::vector<std::string> environment);

} // namespace sluice::process
