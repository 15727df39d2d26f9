// Purely lexical questions about paths; nothing on disk is touched.
// Callers that must not be fooled by links pass canonical paths.
#pragma once

#include <string>
#include <string_view>

namespace sluice {

// True also for the folder itself. Both are absolute and normal; `folder` may end in '/'. Nothing lies in "".
bool lies_in(std::string_view path, std::string_view folder);

// "c" of "a/b/c"; empty behind a '/' at the end.
std::string_view last_component(std::string_view path);

// "a/b" of "a/b/c"; empty where there is no '/'.
std::string_view folder_of(std::string_view path);

// Relative to `root` where the path is below it, else the path itself.
std::string name_in(const std::string& root, const std::string& path);

} // namespace sluice
