// Starts git's own commands on one repository in a way that no configuration, hook or environment of that repository
// can bend: no optional locks, no file-system monitor, no untracked cache, no content filters, no replaced objects. It
// does not know what the commands mean; the parsers of their output are in git_output.h.
#pragma once

#include "adapters/git/location.h"
#include "adapters/process/command.h"

#include <string>
#include <vector>

namespace sluice::git {

class Plumbing {
public:
  explicit Plumbing(Location location) : location_(std::move(location)) {}

  const Location& location() const { return location_; }

  // Runs `git ARGUMENTS` in the root of the working tree (or the bare repository). A failure is in the result.
  process::CommandResult ask(std::vector<std::string> arguments, std::string input = {}) const;

  // The output of a command that must succeed; throws Error{world} with git's own first line when it does not.
  std::string output(std::vector<std::string> arguments, std::string input = {}) const;

  // The same, with programs that the configuration would start for the content of some paths ("filter.NAME.clean")
  // switched off. A file that needs one then counts as changed unless its stat data say that it is not.
  Plumbing without_filters(const std::vector<std::string>& names) const;

private:
  Location location_;
  std::vector<std::string> overrides_;
};

} // namespace sluice::git
