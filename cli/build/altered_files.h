// Whether the judged tree is still what was committed. A build runs as the calling user and can write anywhere among
// the sources; so can a test whose tree is writable. It does not know who wrote.
#pragma once

#include "cli/project.h"
#include "model/change_set.h"

#include <string>
#include <vector>

namespace sluice::cli {

// Files of the commit `head` that differ on disk, also if a new commit or the index was made to agree with the disk.
// Files that the commit does not have are left out: builds make such files. `written`: files that Sluice itself writes
// in this run (absolute or relative to the working directory). Looks at the whole working tree; throws Error{world} if
// git cannot compare.
std::vector<std::string> altered_files(const git::Repository& repository, const std::string& head,
                                       const std::vector<std::string>& written = {});

} // namespace sluice::cli
