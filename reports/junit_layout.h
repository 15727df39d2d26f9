// Which cases a JUnit report has, under which names and with which status: everything but the bytes. The writer and its
// counters walk over the same layout, so they cannot differ.
// It does not know XML. Names are made unique over *all* tests of the catalogue, also those left out of the report, so
// that a case keeps its name from run to run whatever was selected.
#pragma once

#include "model/run_record.h"
#include "reports/junit.h"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::reports {

enum class CaseStatus {
  passed,
  failure, // an assertion said no
  error,   // crash, signal, time limit, missing program, never begun
  skipped, // or failed in quarantine
};

struct JunitCase {
  std::string name; // clean, unique within its suite, at most 512 UTF-16 units
  CaseStatus status = CaseStatus::passed;
  std::chrono::milliseconds time{0};
  const TestRecord* test = nullptr; // nullptr for a case of the gate
  // For cases of the gate that are not passed:
  std::string_view type;
  std::string message; // one line
  std::string body;    // raw bytes
};

struct JunitCounts {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
  std::chrono::milliseconds time{0};
  void add(CaseStatus status, std::chrono::milliseconds duration);
  void add(const JunitCounts& other);
};

struct JunitSuite {
  std::string name;
  std::vector<JunitCase> cases;
  JunitCounts counts;
};

// The suite that carries the gate's own verdict; a suite of tests can never have this name.
inline constexpr std::string_view k_gate_suite = "sluice.gate";
inline constexpr std::string_view k_verdict_case = "verdict";

// The gate's suite first, then the suites of tests by name, each with its cases by name. `Unselected::show` adds the
// tests that were left out, as skipped.
std::vector<JunitSuite> junit_layout(const RunRecord& record, Unselected unselected = Unselected::omit);

// The gate's cases: run_completed, build, interrupted, verdict and one for each rule that applies.
JunitSuite gate_suite(const RunRecord& record);

// Clean, never empty, never too long: what is cut off is replaced by a digest of the whole.
std::string junit_name(std::string_view bytes);

// Gives every case but the first of those with the same name a number.
void make_names_unique(std::vector<JunitCase>& cases);

} // namespace sluice::reports
