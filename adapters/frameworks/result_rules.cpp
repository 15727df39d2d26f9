#include "adapters/frameworks/result_rules.h"

#include "adapters/frameworks/ctest/cmake_regex.h"

#include <fmt/format.h>

namespace sluice::frameworks {

namespace {

const std::string* first_found(const std::vector<std::string>& patterns, std::string_view output)
{
  for (const std::string& pattern : patterns) {
    if (CMakeRegex(pattern).found_in(output)) return &pattern;
  }
  return nullptr;
}

std::string joined(const std::vector<std::string>& patterns)
{
  return fmt::format("{}", fmt::join(patterns, "; "));
}

// Why the program is to be counted as skipped; empty if it is not.
std::string skip_reason(const ResultRules& rules, int exit_code, std::string_view output)
{
  if (rules.skip_code && *rules.skip_code == exit_code) return fmt::format("exit code {} means skipped", exit_code);
  if (const std::string* found = first_found(rules.skip_patterns, output))
    return fmt::format("output matches SKIP_REGULAR_EXPRESSION \"{}\"", *found);
  return {};
}

// Why the output alone fails the program; empty if it does not.
std::string pattern_failure(const ResultRules& rules, std::string_view output)
{
  if (!rules.pass_patterns.empty() && !first_found(rules.pass_patterns, output))
    return fmt::format("output does not match PASS_REGULAR_EXPRESSION \"{}\"", joined(rules.pass_patterns));
  for (const std::string& pattern : rules.fail_patterns) {
    const CMakeRegex regex(pattern);
    if (!regex.valid()) return fmt::format("FAIL_REGULAR_EXPRESSION \"{}\" is no regular expression", pattern);
    if (regex.found_in(output)) return fmt::format("output matches FAIL_REGULAR_EXPRESSION \"{}\"", pattern);
  }
  return {};
}

bool any_invalid(const std::vector<std::string>& patterns)
{
  for (const std::string& pattern : patterns) {
    if (!CMakeRegex(pattern).valid()) return true;
  }
  return false;
}

} // namespace

AttemptResult judge(const ResultRules& rules, int exit_code, std::string_view output)
{
  AttemptResult result;
  result.exit_code = exit_code;
  result.message = skip_reason(rules, exit_code, output);
  if (!result.message.empty()) {
    result.outcome = Outcome::skipped;
    return result;
  }
  const std::string failure = pattern_failure(rules, output);
  const bool success = failure.empty() && (exit_code == 0 || !rules.pass_patterns.empty());
  // WILL_FAIL would turn a rule that cannot be checked into a pass.
  const bool unchecked = any_invalid(rules.pass_patterns) || any_invalid(rules.fail_patterns);
  if (success != rules.will_fail && !unchecked) {
    result.outcome = Outcome::passed;
    return result;
  }
  result.outcome = Outcome::failed;
  if (!failure.empty()) result.message = failure;
  else if (rules.will_fail) result.message = "it was expected to fail (WILL_FAIL) and did not";
  else result.message = fmt::format("exit code {}", exit_code);
  return result;
}

} // namespace sluice::frameworks
