// Small things said the same way in every report: durations, times, counts, and a word quoted for a shell.
// It does not know records or plans.
#pragma once

#include "model/run_event.h"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::reports {

// "0 ms", "12 ms", "1.2 s", "2 min 05 s", "1 h 02 min": what a person can take in, not what a program would parse.
std::string human_duration(std::chrono::microseconds duration);

// "12.345": seconds with exactly three decimals; negative durations count as none.
std::string fixed_seconds(std::chrono::microseconds duration);

// "2026-11-21T23:45:00": UTC, without zone and fraction.
std::string utc_seconds(Timestamp time);

// "1 test", "12 tests": the plural is made with an s.
std::string counted(std::size_t count, std::string_view noun);

// One word for a POSIX shell: as it stands where that is safe, else in single quotes, and as $'...' if it has bytes
// that a terminal cannot show.
std::string shell_word(std::string_view word);

// The command that repeats one test alone.
std::string repeat_command(std::string_view test_id);

} // namespace sluice::reports
