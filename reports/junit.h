// JUnit XML that every known consumer reads as it is meant: one flat level of suites, computed counters, exactly one of
// failure/error/skipped, no byte that XML forbids. docs/formats/junit.md lists the rules.
// Pure: bytes from a record. Writing files is the caller's business.
#pragma once

#include "model/run_record.h"

#include <string>
#include <string_view>

namespace sluice::reports {

// The whole report. A record without `finished` renders as red: the gate's own case says that the run did not complete.
std::string junit(const RunRecord& record);

// The report that lies on disk before the first test starts, so that a run that is killed leaves red behind.
std::string junit_not_completed(std::string_view run);

// Reads `xml` back and compares it with the record: empty if all agree, else one line that says what does not.
std::string junit_disagreement(std::string_view xml, const RunRecord& record);

// Makes bytes fit for XML 1.0 text: invalid UTF-8 becomes U+FFFD, terminal escape sequences and control characters go.
std::string xml_text(std::string_view bytes);

} // namespace sluice::reports
