// Findings and sandboxes in words, the same in every report. It decides nothing: model/conduct.h says whose a finding
// is. What sluice.toml declares is left out; who needs it reads the event log.
#pragma once

#include "model/conduct.h"

#include <string>
#include <vector>

namespace sluice::reports {

// "network: 192.0.2.1:80", with "(one of the 12 tests of its process)" where that is so; on one line.
std::string finding_words(const TestFinding& finding);

// Undeclared ones.
std::vector<TestFinding> findings_shown(const Conduct& conduct, const TestRecord& test);

// One line for each test that had a process of its own, and one for each process that several tests shared.
std::vector<std::string> finding_lines(const RunRecord& record);

// "full, observed"; "bare, not observed: no namespaces".
std::string sandbox_words(const SandboxReport& sandbox);

} // namespace sluice::reports
