// The two questions that facts ask of the disk. Neither throws; neither hangs on something that is no regular file.
// What a file means is not known here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace sluice::facts {

// The bytes of a regular file; nullopt when there is none, it cannot be read to its end or has more than 2 GiB.
std::optional<std::string> read_file(const std::string& path);

// Time of last change in nanoseconds since the epoch, not following a link in the last component (as ninja does);
// nullopt when there is nothing.
std::optional<std::int64_t> time_of_change(const std::string& path);

} // namespace sluice::facts
