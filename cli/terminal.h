// What is at the other end of standard output, as facts for the console; and the one way there and to standard error.
// It does not know what is written, but that text for people quotes what a change has chosen: no terminal and no CI
// service acts upon any of it.
#pragma once

#include "cli/options.h"
#include "reports/console.h"

#include <string_view>

namespace sluice::cli {

// Live on a terminal, quiet when asked or when an agent or CI reads, else plain. NO_COLOR and TERM=dumb are honoured.
reports::ConsoleOptions console_options(const Options& options);

// Writes text for people to standard output, clean (reports/text.h) and without marks of workflow commands where a
// service reads them: all of it, waiting for a slow reader, also on a pipe that does not block. A reader that has gone
// away is no reason to end a run.
void write_out(std::string_view text);

// The same to standard error: where the last words cannot be written the exit code still says them.
void write_error(std::string_view text);

// Writes to standard output what programs read, or what the console has cleaned and coloured itself.
void write_bytes(std::string_view bytes);

// write_bytes for JSON, which --json asks for; else write_out.
void write_answer(const Options& options, std::string_view answer);

} // namespace sluice::cli
