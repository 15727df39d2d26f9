// The version that --version prints and every run records.
// Kept apart so that a release touches one line.
#pragma once

namespace sluice::cli {

inline constexpr const char* k_version = "0.1.0";

} // namespace sluice::cli
