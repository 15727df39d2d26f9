// What is at the other end of standard output, as facts for the console; and the only functions that write there and to
// standard error. They do not know what is written, only that text for people quotes bytes that a change has chosen: no
// terminal and no CI service may act upon them.
#pragma once

#include "cli/options.h"
#include "reports/console.h"

#include <string_view>

namespace sluice::cli {

// Live on a terminal, quiet when asked for or when an agent or CI reads, else plain. Honours NO_COLOR and TERM=dumb.
reports::ConsoleOptions console_options(const Options& options);

// Writes text for people to standard output. Control characters are cleaned out (reports/text.h), and so are workflow
// commands where a CI service would read them. Writes all of it and waits for a slow reader, also on a pipe that does
// not block. A reader that has gone away is ignored: it must not end the run.
void write_out(std::string_view text);

// Same for standard error. Failures are ignored: the exit code carries the result.
void write_error(std::string_view text);

// Writes bytes to standard output as they are: for programs, or cleaned and coloured by the console already.
void write_bytes(std::string_view bytes);

// Uses write_bytes() with --json, else write_out().
void write_answer(const Options& options, std::string_view answer);

} // namespace sluice::cli
