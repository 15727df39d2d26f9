// Files whose content in git is the same in two trees and whose content on disk is not: a .gitattributes gives them
// another end of line, encoding, keyword expansion or filter. To a test they have changed. It does not know what
// git would write; any difference of these attributes counts.
#pragma once

#include "adapters/git/plumbing.h"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::git {

// True for .gitattributes in any folder.
bool names_attributes_file(std::string_view path);

// Paths that both trees (hexadecimal ids) have and to which they give other such attributes, sorted. Takes a look at
// every path: to be asked where an attributes file differs. Throws Error{world}.
std::vector<std::string> otherwise_converted(const Plumbing& git, const std::string& from, const std::string& to);

} // namespace sluice::git
