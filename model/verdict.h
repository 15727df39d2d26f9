// The decision about a change, and what it rests on. Made by policy/judge.h from values; rendered by reports/.
// A verdict that nobody formed is red.
#pragma once

#include "model/exit_code.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

// `overridden`: it would be refused, and signed overrides excuse every violation. It is never shown as passed.
enum class VerdictStatus { passed, failed, refused, overridden };

enum class RuleStatus { satisfied, violated, not_applicable, overridden };

// What one rule of the policy found.
struct RuleFinding {
  std::string rule; // its name in the policy file
  RuleStatus status = RuleStatus::not_applicable;
  std::string summary;               // one line: what is required, or what is missing
  std::vector<std::string> evidence; // one line each: the commit, the suite, the tests concerned
  friend bool operator==(const RuleFinding&, const RuleFinding&) = default;
};

// How many tests the change reaches. Tests of the base that it has taken away are among both numbers.
struct ReachedTests {
  std::size_t tests = 0, all_tests = 0;
  friend bool operator==(const ReachedTests&, const ReachedTests&) = default;
};

struct Verdict {
  VerdictStatus status = VerdictStatus::failed; // a verdict that was never formed is red
  ExitCode exit = ExitCode::failed;
  std::vector<std::string> reasons;                 // one line each, most important first; empty only when passed
  std::vector<RuleFinding> rules;                   // every rule of the policy, in its order
  std::optional<ReachedTests> reach = std::nullopt; // absent: no rule and no forge has asked
  friend bool operator==(const Verdict&, const Verdict&) = default;
};

std::string_view to_string(VerdictStatus status); // "PASSED", "FAILED", "REFUSED", "OVERRIDDEN"
std::string_view to_string(RuleStatus status);    // "satisfied", "violated", "not-applicable", "overridden"

} // namespace sluice
