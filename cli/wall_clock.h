// The time of day as signed records, evidence and the audit log state it.
// It knows no time zone; what is measured takes the steady clock instead.
#pragma once

#include <cstdint>

namespace sluice::cli {

// Seconds since the epoch (UTC).
std::int64_t seconds_now();

} // namespace sluice::cli
