// Tests that are a whole program each: CTest entries and plain commands. Exit code, signal and output decide, by the
// rules of the test (ResultRules). Output is kept in bounded memory, whole only where a pattern must see all of it.
#pragma once

#include "runner/framework.h"

namespace sluice::frameworks {

class ProgramFramework final : public runner::Framework {
public:
  runner::Command command(const runner::BatchRequest& request) const override;
  std::unique_ptr<runner::BatchReader> reader(const runner::BatchRequest& request) const override;
  std::size_t most_cases_per_batch(const Program& program) const override;
};

} // namespace sluice::frameworks
