// Which paths lie in which folders, by their names: no file is looked at, so that who must not be led astray by a link
// asks with names that are free of them.
#pragma once

#include <string_view>

namespace sluice {

// True also for the folder itself. Both absolute and normal; the folder's name may end in '/'. In "" lies nothing.
bool lies_in(std::string_view path, std::string_view folder);

} // namespace sluice
