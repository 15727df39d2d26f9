// Files that came to lie where they are after something was made from them, though their date is older than what was
// made: put back from a copy, moved, unpacked. No build tool looks at them again. Compares the time of the last change
// of status, which nobody can set back, with the dates of outputs; reads no contents. An input that only got another
// name or mode counts as well, so this may say too much, never too little, of file systems that keep that time.
#pragma once

#include "model/facts.h"

#include <string>
#include <vector>

namespace sluice::facts {

// Inputs of steps whose output is there. `root` is what relative names are relative to. Sorted, unique.
std::vector<std::string> arrived_since_built(const std::string& root, const Facts& facts);

// True if it holds for one of `inputs` and what the configure step wrote into `directory`.
bool arrived_since_configured(const std::string& root, const std::string& directory,
                              const std::vector<std::string>& inputs);

} // namespace sluice::facts
