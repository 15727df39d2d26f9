// What may excuse failures in this run, by the tree's sluice.toml and that of the base, which is read where it matters.
// What counts is decided in policy/leniency.h.
#pragma once

#include "cli/project.h"
#include "model/catalogue.h"
#include "model/change_set.h"
#include "policy/leniency.h"

#include <cstdint>

namespace sluice::cli {

using policy::Leniency;
using policy::require_short_quarantines;

// `now`: seconds since the epoch. Throws what policy::leniency_of() throws.
Leniency leniency_of(const Project& project, const Options& options, const ChangeSet& change,
                     const Catalogue& catalogue, std::int64_t now);

} // namespace sluice::cli
