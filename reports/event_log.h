// events.ndjson: one JSON object a line, in the order in which things happened; docs/formats/events.md specifies it.
// The writer appends and never rewrites; a line that is cut off at the end of the file belongs to a run that was killed
// and is left out. Raw bytes of tests that are not UTF-8 are kept exactly (see the format).
#pragma once

#include "model/run_record.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::reports {

// Appends one line, newline included, to `out`.
void encode(const RunEvent& event, std::string& out);

// nullopt for a line that is not a whole event of a version that this program knows.
std::optional<RunEvent> decode(std::string_view line);

// Folds a whole log. Lines that cannot be read are counted in `unreadable` (may be null).
RunRecord read_log(std::string_view bytes, std::size_t* unreadable = nullptr);

} // namespace sluice::reports
