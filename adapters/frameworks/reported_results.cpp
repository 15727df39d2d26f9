#include "adapters/frameworks/reported_results.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::frameworks {

namespace {

// Names come from outside and stand in a message of one line.
std::string one_line(std::string_view text)
{
  std::string line(text.substr(0, ReportedCases::k_longest_name));
  std::replace_if(
    line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return line;
}

std::string failure_message(const ReportedCases& reported)
{
  const std::size_t unnamed = reported.failed - reported.failed_names.size();
  return fmt::format("{} of {} cases failed: {}{}", reported.failed, reported.cases,
                     fmt::join(reported.failed_names, "; "), unnamed == 0 ? "" : fmt::format("; and {} more", unnamed));
}

} // namespace

void ReportedCases::add_failure(std::string_view name)
{
  ++failed;
  if (failed_names.size() < k_most_names) failed_names.push_back(one_line(name));
}

void ReportedCases::add_skip(std::string_view reason)
{
  ++skipped;
  if (skip_reason.empty()) skip_reason = one_line(reason);
}

void ReportedCases::add_problem(std::string what)
{
  if (problem.empty()) problem = one_line(what);
}

AttemptResult judge(const ReportedCases& reported, int exit_code)
{
  AttemptResult result;
  result.exit_code = exit_code;
  result.outcome = Outcome::failed;
  if (!reported.stopped.empty()) result.message = reported.stopped;
  else if (reported.failed != 0) result.message = failure_message(reported);
  else if (exit_code != 0 && !reported.problem.empty())
    result.message = fmt::format("exit code {}; {}", exit_code, reported.problem);
  else if (exit_code != 0)
    result.message =
      fmt::format("exit code {}, though none of its {} cases is reported as failed", exit_code, reported.cases);
  else if (!reported.problem.empty()) {
    result.outcome = Outcome::lost;
    result.message = reported.problem;
  } else if (reported.skips_all || reported.skipped == reported.cases) {
    result.outcome = Outcome::skipped;
    result.message = reported.skip_reason.empty() ? "every case was skipped" : reported.skip_reason;
  } else {
    result.outcome = Outcome::passed;
  }
  return result;
}

} // namespace sluice::frameworks
