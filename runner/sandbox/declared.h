// Which findings the specification of the sandbox allows. A pure function from what was seen; it does not know how
// findings are made nor what sluice.toml says.
#pragma once

#include "model/observation.h"
#include "runner/sandbox/sandbox_spec.h"

namespace sluice::sandbox {

// Marks the findings that `spec` allows, adds what it let the test change for good, and sorts them.
void declare(Observation& seen, const SandboxSpec& spec);

} // namespace sluice::sandbox
