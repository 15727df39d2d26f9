// Files as bytes, and what kind of executable one is. Nothing here throws: what cannot be read is absent.
// It does not know what a file is for.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace sluice::frameworks {

// nullopt when it cannot be read, is no regular file, or is larger than `most` bytes.
std::optional<std::string> read_whole_file(const std::string& path, std::size_t most);

// True for a regular file that begins as a native program or library does (ELF).
bool is_native(const std::string& path);

// True for a regular file that the current user may execute.
bool is_executable(const std::string& path);

} // namespace sluice::frameworks
