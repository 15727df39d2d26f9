// Batches of GoogleTest cases: the command line and environment of one process for many cases.
// It does not know how the process is started or when it must end.
#pragma once

#include "runner/framework.h"

namespace sluice::frameworks {

class GtestFramework final : public runner::Framework {
public:
  // Writes the premature-exit file, and the flag file of a long selection, into the request's scratch folder.
  runner::Command command(const runner::BatchRequest& request) const override;
  std::unique_ptr<runner::BatchReader> reader(const runner::BatchRequest& request) const override;
  std::size_t most_cases_per_batch(const Program& program) const override;
};

} // namespace sluice::frameworks
