// Why tests run, are reused or left out, in words: one sentence for each cause, the same in plan, explanation and
// console. Names are cleaned (reports/text.h): paths are the author's bytes.
#pragma once

#include "model/plan.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::reports {

// A path or name on one line of clean text.
std::string shown(std::string_view name);

// A clause that follows "... runs: " or a count of tests: "changed by way of src/a.cpp".
std::string cause_words(const Run& run);

// "not part of the run: --filter leaves it out".
std::string skip_words(const Skip& skip);

// One line: what widened the plan.
std::string escalation_words(const Escalation& escalation);

// "src/a.cpp -> (ninja-deps) a.o -> (starts) a_test".
std::string path_words(const std::vector<ReasonStep>& path);

} // namespace sluice::reports
