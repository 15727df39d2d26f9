// One batch of a GoogleTest program: what the printed word is worth once the process has ended.
// Cases are reported as they are printed; the end confirms or withdraws them. gtest's premature-exit file tells whether
// its run came to its end, its exit code whether anything failed, its result file (small batches only: it triples the
// program's own cost at thousands of cases) what became of each case. A failure that no case explains leaves every
// case of the batch unproven: all are reported red, and the run of each alone decides.
#pragma once

#include "runner/framework.h"

#include <memory>
#include <string>

namespace sluice::frameworks {

// Batches of at most so many cases ask gtest for its result file.
inline constexpr std::size_t k_most_confirmed_by_file = 256;

// Where the files of a batch lie in its scratch folder.
std::string premature_exit_file(const runner::BatchRequest& request);
std::string result_file(const runner::BatchRequest& request);

std::unique_ptr<runner::BatchReader> read_gtest_batch(const runner::BatchRequest& request);

} // namespace sluice::frameworks
