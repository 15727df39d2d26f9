// Path globs with the meaning that .gitignore readers expect, for every file a person writes globs in.
// '*' and '?' stay within one path component, "**" crosses components, "[a-z]" is a set, a glob that ends in '/' means
// everything below that folder. A glob without '/' (but at its end) matches the last component of any path, as in
// .gitignore; a '/' at the start binds it to the root. '\' takes the next byte literally. Case counts. Bytes, not
// characters. A set without ']' matches nothing. The cost is at most |glob| * |path|, whatever either holds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

bool glob_matches(std::string_view glob, std::string_view path);

// The same items for names that are no paths (test ids): the whole name must match, and '*' and '?' match '/' too, so
// that "parser:*" holds "parser:Sizes/Parser.Reads/0".
bool name_glob_matches(std::string_view glob, std::string_view name);

// The first of `globs` that matches, or nullptr.
const std::string* first_match(const std::vector<std::string>& globs, std::string_view path);

// True if `glob` has any of "*?[".
bool is_glob(std::string_view text);

} // namespace sluice
