// What a run was about, in a line for people: which commits it compared, and which other tree it has to build. It does
// not know whether these were the right ones.
#pragma once

#include "model/run_event.h"

#include <string>

namespace sluice::reports {

// "base 3d2b4db54f93 (main), head 37b493a01c2d, 4 commits, 2 paths", or "working tree against HEAD 3d2b4db54f93, 2
// paths"; empty for a log that does not say.
std::string compared_words(const event::RunStarted& run);

// "building the base 3d2b4db54f93 beside this tree: which tests it has is not known".
std::string second_tree_words(const event::SecondTreeStarted& tree);

} // namespace sluice::reports
