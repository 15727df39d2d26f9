// The one way in which a command says that it cannot go on.
// A failing test, a failed build and a violated rule are data and never come through here. Third-party error codes are
// translated to an Error where they arise; one catch in cli/main.cpp maps the kind to an exit code. Nothing in the
// program ever decides by looking at the text.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace sluice {

enum class ErrorKind {
  usage,         // the command line asks for something that does not exist or contradicts itself
  configuration, // sluice.toml or the policy file is wrong
  world,         // git, disk, a process or a database failed
};

class Error : public std::runtime_error {
public:
  // `what` says in one line what went wrong and where; `next` says in one line what to do about it (may be empty).
  Error(ErrorKind kind, const std::string& what, std::string next = {})
    : std::runtime_error(what), kind_(kind), next_(std::move(next))
  {
  }

  ErrorKind kind() const { return kind_; }
  const std::string& next() const { return next_; }

private:
  ErrorKind kind_;
  std::string next_;
};

} // namespace sluice
