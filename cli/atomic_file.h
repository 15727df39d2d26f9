// Writes a file so that a reader sees the old bytes or all of the new ones, never a part.
// It does not know what the file is for; syncing costs milliseconds, which reports are worth.
#pragma once

#include <string>
#include <string_view>

namespace sluice::cli {

// Writes beside `path`, syncs, renames; makes the folder. Throws Error{world}.
void write_atomically(const std::string& path, std::string_view bytes);

// Whole file; throws Error{world} with `what` in the message when it cannot be read.
std::string read_file(const std::string& path, std::string_view what);

} // namespace sluice::cli
