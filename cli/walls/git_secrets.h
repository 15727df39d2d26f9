// Files of git's configuration that hold a token or a password (CI services leave the job's token there), and the
// copies without secrets that tests and commands of the tree see in their place, since they need git's other settings.
// It does not know walls; adapters/git/configuration_secrets.h says which settings are secret.
#pragma once

#include "cli/project.h"

#include <string>
#include <utility>
#include <vector>

namespace sluice::cli {

struct GitSecrets {
  std::string file;               // absolute
  std::vector<std::string> names; // "http.extraheader", ...
  std::string cleaned;
};

// Of the repository, its worktrees, submodules and lenders, of HOME, and of what these include. What cannot be read
// cannot be read by others of this user either.
std::vector<GitSecrets> find_git_secrets(const git::Repository& repository);

// Each such file with a copy that lacks them, which lies in the folder of state: no command and no test sees it there.
std::vector<std::pair<std::string, std::string>> masks_of_git_secrets(const Project& project);

// "/project/.git/config (http.extraheader), ..."
std::string to_string(const std::vector<GitSecrets>& secrets);

} // namespace sluice::cli
