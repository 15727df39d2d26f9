// Files in a build folder that the configure step made and no build step knows: copied data, generated scripts.
// A test may read any of them. Told apart from what tests themselves leave behind by time: the generator writes its
// build files last, so whatever is newer than these was not made by the configure step.
#pragma once

#include "model/facts.h"

#include <string>
#include <vector>

namespace sluice::facts {

// Sorted, named as in Facts. CMake's own bookkeeping is left out: its effect is compared as build graph and as test
// definitions. Empty for a folder that is not a configured build folder.
std::vector<std::string> configured_files(const std::string& root, const std::string& directory, const Facts& facts);

// True if no input of the configure step is newer than what it wrote last, or missing.
bool is_configured_from(const std::string& root, const std::string& directory, const std::vector<std::string>& inputs);

// The file whose date is the end of the configure step; empty for a folder that is not a configured build folder.
std::string configure_stamp(const std::string& directory);

} // namespace sluice::facts
