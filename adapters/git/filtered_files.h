// Files whose content passes through a program on its way to the disk and back ("filter" of gitattributes(5): git-lfs,
// git-crypt). These programs are never started to compare, so that where git does not take the file's dates for an
// answer (they are of the second in which the index was written) it finds every such file changed. Here the dates are
// compared to the nanosecond; what happens to the file after git has written it alters them. A file that was touched
// since counts as changed, as it cannot be compared.
#pragma once

#include "adapters/git/git_output.h"
#include "adapters/git/plumbing.h"

#include <optional>
#include <string>
#include <vector>

namespace sluice::git {

// Takes away what `status` says of the content of such files where they lie on disk as git has written them.
// `filters`: names of the filters that the configuration defines.
void settle_filtered_files(const Plumbing& git, const std::vector<std::string>& filters,
                           std::vector<StatusEntry>& status);

// A file that is tracked and has one of these filters, and which.
struct Filtered {
  std::string path, filter;
};
std::optional<Filtered> first_filtered(const Plumbing& git, const std::vector<std::string>& filters);

// The one of `filters` that a file has; empty: none.
std::string filter_of(const Plumbing& git, const std::vector<std::string>& filters, const std::string& path);

} // namespace sluice::git
