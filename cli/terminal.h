// What is at the other end of standard output, as facts for the console.
// It does not know what is written there.
#pragma once

#include "cli/options.h"
#include "reports/console.h"

#include <string_view>

namespace sluice::cli {

// Live on a terminal, quiet when asked or when an agent or CI reads, else plain. NO_COLOR and TERM=dumb are honoured.
reports::ConsoleOptions console_options(const Options& options);

// Writes to standard output, all of it, and waits for a slow reader, also on a pipe that does not block; a reader that
// has gone away is no reason to end a run.
void write_out(std::string_view bytes);

// The same to standard error: where the last words cannot be written the exit code still says them.
void write_error(std::string_view bytes);

} // namespace sluice::cli
