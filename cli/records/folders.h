// Folders with what tests and builds have left in them: how much it is, and removing all of it.
// It does not know what they are for, nor whether somebody still needs them.
#pragma once

#include <cstdint>
#include <string>
#include <system_error>

namespace sluice::cli {

// In regular files; what cannot be looked at counts as none.
std::uintmax_t bytes_below(const std::string& folder);

// Removes the folder, also where folders in it were closed to their owner, as modules of Go are. What is set: some of
// it is still there.
std::error_code remove_whole(const std::string& folder);

} // namespace sluice::cli
