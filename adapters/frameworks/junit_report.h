// JUnit reports that other programs write (pytest, node, gotestsum, Maven …), read for what they say of each case.
// There is no one schema, so only what all writers agree on is used: <testcase> with <failure>, <error> or <skipped> in
// it, and the counters of suites where they admit more than the cases show. No entity and no document type is followed.
#pragma once

#include "adapters/frameworks/reported_results.h"

#include <string>
#include <string_view>

namespace sluice::frameworks {

// Whatever is wrong with the text is the report's `problem`.
ReportedCases read_junit(std::string_view xml);

// The same for a file; one that is missing, is no regular file or is longer than 64 MiB is a problem. Links are not
// followed.
ReportedCases read_junit_file(const std::string& path);

} // namespace sluice::frameworks
