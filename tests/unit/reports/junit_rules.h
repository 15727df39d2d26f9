// Our own checker of the rules in docs/formats/junit.md, over libxml2's tree: it shares nothing with the writer and
// does not know what a run is. The numbers are those of the rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::tests {

// One line for each rule that the report breaks: "rule 3: two cases are called a.b".
std::vector<std::string> broken_junit_rules(std::string_view xml);

struct JunitView {
  struct Case {
    std::string suite, name, status; // "passed", "failure", "error", "skipped"
    std::string message, body, output, time, file, line;
    std::vector<std::string> reruns; // messages
  };
  std::vector<Case> cases;
  // The case called `name` in `suite`; throws if there is none.
  const Case& at(std::string_view suite, std::string_view name) const;
  std::vector<std::string> red() const; // "suite/name" of every case that is failure or error
};

// The report as a consumer sees it. Throws std::runtime_error if it is not well-formed.
JunitView view_junit(std::string_view xml);

} // namespace sluice::tests
