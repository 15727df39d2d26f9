// How exit code and output of a whole program become an outcome, as CTest decides it: a skip wins over everything, a
// pass pattern replaces the exit code, a fail pattern fails, WILL_FAIL turns the rest round. Unlike CTest, a fail
// pattern that is no regular expression fails the test: a rule that cannot be checked must not count as met.
#pragma once

#include "model/catalogue.h"
#include "model/outcome.h"

#include <string_view>

namespace sluice::frameworks {

// `output` is all that the program printed. `message` of the result says what decided when it is not a plain pass.
AttemptResult judge(const ResultRules& rules, int exit_code, std::string_view output);

} // namespace sluice::frameworks
