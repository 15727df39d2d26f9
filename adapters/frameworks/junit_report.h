// JUnit reports that other programs write (pytest, node, gotestsum, Maven …), read for what they say of each case.
// There is no one schema. Green is only what no writer would call red: a case without <failure> or <error> in it and
// without an outcome of that name, in suites that neither count nor hold any. `tests` of a suite is not compared, since
// some writers count assertions there. No entity and no document type is followed.
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
