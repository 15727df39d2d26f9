// JUnit XML that every known consumer reads as it is meant: one flat level of suites, computed counters, exactly one of
// failure/error/skipped, no byte that XML forbids. docs/formats/junit.md lists the rules.
// Pure: bytes from a record. Writing files is the caller's business.
#pragma once

#include "model/run_record.h"
#include "reports/output_stream.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::reports {

enum class JunitProfile {
  rich,   // with file, line and the origin of reused tests: what GitLab and others show
  strict, // what Jenkins' schema allows; for single suites, what Surefire's does
};

enum class Unselected { omit, show };

struct JunitOptions {
  JunitProfile profile = JunitProfile::rich;
  Unselected unselected = Unselected::omit;
  std::size_t cases_per_file = 0; // more are split into several files; 0: never
};

// Buildkite refuses files with more.
inline constexpr std::size_t k_junit_cases_per_file = 5'000;

struct JunitSuite;

// One file of a report in several: its name's addition, and what is in it.
struct JunitFile {
  std::string suffix; // "" for the first, then "-002", "-003"
  std::vector<JunitSuite> suites;
  bool suite_is_root = false; // <testsuite> is the root: one suite for each file
  JunitFile();
  ~JunitFile();
  JunitFile(JunitFile&&) noexcept;
  JunitFile& operator=(JunitFile&&) noexcept;
};

// The whole report, distributed over files; the first holds the gate's suite. The files refer to `record`.
std::vector<JunitFile> junit_files(const RunRecord& record, const JunitOptions& options);

// One file for each suite, called TEST-<suite>: what Surefire writes and Ant's and Gradle's readers take.
std::vector<JunitFile> junit_suite_files(const RunRecord& record, const JunitOptions& options);

void write_junit(const RunRecord& record, const JunitFile& file, const JunitOptions& options, OutputStream& out);

// The whole rich report in one string. A record without `finished` renders as red: the gate's own case says that the
// run did not complete.
std::string junit(const RunRecord& record);

// Reads `files`, which together are one report, back and compares them with the record: empty if all agree, else one
// line that says what does not.
std::string junit_disagreement(const std::vector<std::string_view>& files, const RunRecord& record,
                               Unselected unselected = Unselected::omit);
std::string junit_disagreement(std::string_view xml, const RunRecord& record);

} // namespace sluice::reports
