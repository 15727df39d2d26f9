// Globs over files on disk, for what git does not know (build outputs).
// The meaning of globs is model/glob.h's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::frameworks {

// The folder part of `glob` in front of its first wildcard ("build/tests" of "build/tests/*_test"); may be empty.
std::string_view literal_folder(std::string_view glob);

// Executable files below `root` that `glob` matches, relative to `root`, sorted. Shared libraries, ".git" and CMake's
// own folders are left out, links to folders are not followed. A glob that begins with '/' is taken as it is and gives
// absolute paths. Folders that cannot be read are as if empty.
std::vector<std::string> find_programs(const std::string& root, const std::string& glob);

} // namespace sluice::frameworks
