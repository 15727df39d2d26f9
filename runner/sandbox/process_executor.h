// The plain executor: programs run as they are, in their own session, with a pidfd each, started without ever forking
// the big process (vfork semantics). It isolates nothing and observes nothing; it bounds, hears and ends whole process
// trees. Traps and their answers are in docs/design/processes.md.
#pragma once

#include "runner/executor.h"

#include <memory>

namespace sluice::sandbox {

// Takes over SIGINT, SIGTERM and SIGHUP of this process (blocked, read by signalfd), puts SIGCHLD to its default and
// makes it a subreaper, until destroyed. Every process adds SLUICE_PROCESS to its environment, by which its descendants
// are known. Throws Error{world}.
std::unique_ptr<runner::Executor> make_process_executor();

std::unique_ptr<runner::Clock> make_system_clock();

} // namespace sluice::sandbox
