// [[quarantine]] of sluice.toml: tests that are known to fail, why, and until when. It does not know what day it is,
// nor whether the tests exist.
#pragma once

#include "model/config_tree.h"
#include "model/quarantine.h"

#include <string>

namespace sluice::config {

// Throws Error{configuration} for an entry without tests, reason or date, and for a wildcard that every test matches.
Quarantine read_quarantine(const std::string& file, const ConfigNode& node);

} // namespace sluice::config
