// What a program says of its own cases, in whatever format, and what that is worth together with its exit code. One
// test stays one test: it is green only if the report is whole, every case in it is, and the exit code agrees. It does
// not read formats (tap_output.h, junit_report.h).
#pragma once

#include "model/outcome.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::frameworks {

struct ReportedCases {
  static constexpr std::size_t k_most_names = 20;
  static constexpr std::size_t k_longest_name = 200; // bytes

  std::size_t cases = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;
  std::vector<std::string> failed_names; // the first k_most_names
  std::string skip_reason;               // of the whole, else of the first skipped case
  bool skips_all = false;                // the program asks to be skipped as a whole
  std::string stopped;                   // the program gave up, and why; empty if it did not
  std::string problem;                   // the first thing that makes the report worthless; empty if there is none

  void add_failure(std::string_view name);
  void add_skip(std::string_view reason);
  void add_problem(std::string what); // the first one stays
};

// Red if anything is: a failed case, an exit code other than 0, a report that is missing or contradicts itself (lost,
// since nobody knows then how it ended). Skipped if the program or each of its cases is. `message` names what decided.
AttemptResult judge(const ReportedCases& reported, int exit_code);

} // namespace sluice::frameworks
