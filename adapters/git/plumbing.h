// Starts git's own commands on one repository in a way that no configuration, hook or environment of that repository
// can bend: no optional locks, no file-system monitor, no untracked cache, no content filters, no replaced objects. It
// does not know what the commands mean; the parsers of their output are in git_output.h.
#pragma once

#include "adapters/git/location.h"
#include "adapters/process/command.h"

#include <chrono>
#include <string>
#include <vector>

namespace sluice::git {

class Plumbing {
public:
  // What git reads was written by others, and some of it (patterns of a .gitignore) can keep it busy for ever.
  static constexpr std::chrono::milliseconds k_time_limit = std::chrono::minutes{10};

  explicit Plumbing(Location location, std::chrono::milliseconds time_limit = k_time_limit)
    : location_(std::move(location)), time_limit_(time_limit)
  {
  }

  const Location& location() const { return location_; }
  std::chrono::milliseconds time_limit() const { return time_limit_; }

  // Runs `git ARGUMENTS` in the root of the working tree (or the bare repository). A failure is in the result; throws
  // Error{world} for a command that does not end in time.
  process::CommandResult ask(std::vector<std::string> arguments, std::string input = {}) const;

  // The output of a command that must succeed; throws Error{world} with git's own first line when it does not.
  std::string output(std::vector<std::string> arguments, std::string input = {}) const;

  // The same, with programs that the configuration would start for the content of some paths ("filter.NAME.clean")
  // switched off. A file that needs one then counts as changed unless its stat data say that it is not.
  Plumbing without_filters(const std::vector<std::string>& names) const;

private:
  Location location_;
  std::chrono::milliseconds time_limit_;
  std::vector<std::string> overrides_;
};

} // namespace sluice::git
