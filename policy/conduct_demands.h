// What a rule demands of the way in which tests ran: the sandbox that they ran in, that they were observed, what was
// not found. Pure. It does not know which tests a rule is about (policy/rule_judge.h). sluice.toml belongs to the
// author of a change, so what it declares counts only as far as that of the base declares it too; what is not known is
// a fault.
#pragma once

#include "model/conduct.h"
#include "model/policy.h"
#include "policy/circumstances.h"

#include <optional>
#include <string>
#include <vector>

namespace sluice::policy {

// How one test ran, in this run or in the earlier one whose result is reused.
struct Behaviour {
  std::optional<SandboxReport> sandbox; // absent: not known
  std::string unobserved;               // why it is not known what it used; empty: it is
  std::vector<Finding> findings;
};

Behaviour behaviour_now(const TestRecord& test, const RunRecord& run, const Conduct& conduct);
Behaviour behaviour_then(const std::string& test, const std::string& run, const Circumstances& known);

bool demands_conduct(const Rule& rule);

// The demands in words, for those who ask before anything runs.
std::vector<std::string> conduct_demands(const Rule& rule);

// Why the rule is not met, one line each; empty: it is.
std::vector<std::string> conduct_faults(const Rule& rule, const Behaviour& behaviour, const Circumstances& known);

} // namespace sluice::policy
