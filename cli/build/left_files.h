// Untracked files that a build left in the source tree and that change which tests are found or how they run. Git is
// not asked whether it ignores them: a change could make it ignore what its build leaves. Folders of the build's own
// are not searched, since no test tool looks for such files there.
#pragma once

#include "cli/project.h"
#include "cli/selection/picture.h"
#include "policy/file_kinds.h"

#include <string>
#include <vector>

namespace sluice::cli {

// Returns, repository-relative and sorted: files whose name says that they configure how tests run, and scripts that
// are tests or help tests by their name or by one of the listings. `files` are those of the tree.
std::vector<std::string> left_to_direct_tests(const Project& project, const std::vector<git::TreeFile>& files,
                                              const Policy& policy, const std::vector<policy::TestFiles>& listings);

// Removes folders of bytecode that are not of the tree but lie among its files: Python would run them in place of the
// sources.
void remove_left_bytecode(const Project& project, const std::vector<git::TreeFile>& files);

} // namespace sluice::cli
