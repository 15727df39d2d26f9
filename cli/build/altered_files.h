// Whether what is judged is still what was committed. A build runs as the calling user and may write what it likes
// among the sources; so may a test whose tree is writable. It does not know who did it.
#pragma once

#include "cli/project.h"
#include "model/change_set.h"

#include <string>
#include <vector>

namespace sluice::cli {

// Files of the commit `head` that are not as it has them, also where a commit or the index was made to agree with them.
// Files that it does not have are none of it: builds make such. `written`: what Sluice itself writes in this run
// (absolute or relative to the working directory). Costs a look at the working tree; throws Error{world} if git cannot
// compare.
std::vector<std::string> altered_files(const git::Repository& repository, const std::string& head,
                                       const std::vector<std::string>& written = {});

} // namespace sluice::cli
