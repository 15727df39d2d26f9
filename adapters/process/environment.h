// The environment a command starts with, and where in it a program is found. Pure but for the look at PATH's folders;
// it starts nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::process {

// The caller's environment as "NAME=value" without what is called as in `unset`, with `changes` put in place of or
// after what is inherited. A later change of the same name wins.
std::vector<std::string> merged_environment(const std::vector<std::string>& changes,
                                            const std::vector<std::string>& unset = {});

// The executable that `program` means: itself when it has a '/', else the first executable regular file in the folders
// of the environment's PATH. Empty when there is none.
std::string find_program(std::string_view program, const std::vector<std::string>& environment);

} // namespace sluice::process
