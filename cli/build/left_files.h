// What a build has left among the files of a tree that is not of it, and by which tests would be found, chosen or run
// otherwise than the tree says. Git is not asked: a change may have it ignore what its build leaves. What lies in
// folders of the build's own is not looked at; nobody looks for such files there.
#pragma once

#include "cli/project.h"
#include "cli/selection/picture.h"
#include "policy/file_kinds.h"

#include <string>
#include <vector>

namespace sluice::cli {

// Repository-relative, sorted: files that say how tests are run by their names, and scripts that are tests or help them
// by their names or by one of the listings. `files` are those of the tree.
std::vector<std::string> left_to_direct_tests(const Project& project, const std::vector<git::TreeFile>& files,
                                              const Policy& policy, const std::vector<policy::TestFiles>& listings);

// Removes what Python would run in place of sources and is not of the tree: folders of bytecode among its files.
void remove_left_bytecode(const Project& project, const std::vector<git::TreeFile>& files);

} // namespace sluice::cli
