// What of a git configuration opens other doors: the token that a CI job has left for its next fetch, a password in an
// address. A pure function over the text of one file; it does not know where such files lie.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::git {

struct CleanedConfiguration {
  std::string text;                  // without them; everything else as it was, for programs that ask git
  std::vector<std::string> secrets;  // names of what is left out ("http.extraheader"), never a value
  std::vector<std::string> included; // paths of include and includeIf, as they are written, whatever their conditions
};

// Left out are: every credential.*, every key that is named for a header, a token or a password, and the user
// information of addresses ("https://NAME:TOKEN@host/"), also of those that sections are named by. What git could not
// read itself is left out to the end of its line.
CleanedConfiguration without_secrets(std::string_view configuration);

} // namespace sluice::git
