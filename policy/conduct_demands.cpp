#include "policy/conduct_demands.h"

#include "policy/message_text.h"
#include "policy/openings.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::policy {

namespace {

constexpr std::size_t k_named_findings = 5;

// Those of the sandbox with one of these keys (all keys: none given) that the base does not have.
std::vector<std::string> unknown_to_base(const SandboxReport& sandbox, const Circumstances& known,
                                         std::string_view key = {})
{
  std::vector<std::string> fresh;
  for (const std::string& opening : sandbox.openings) {
    if (!key.empty() && key_of_opening(opening) != key) continue;
    const auto& base = known.base_openings;
    if (!base || std::find(base->begin(), base->end(), opening) == base->end()) fresh.push_back(printable(opening));
  }
  return fresh;
}

// The key of sluice.toml that declares findings of this kind; empty: none does.
std::string_view declaring_key(FindingKind kind)
{
  switch (kind) {
  case FindingKind::network:
    return "network";
  case FindingKind::device:
    return "devices";
  case FindingKind::outside_write:
    return "writable";
  case FindingKind::left_processes:
  case FindingKind::limit:
  case FindingKind::order_dependent:
  case FindingKind::flaky:
    return {};
  }
  return {};
}

// Only who watches a test sees these.
bool needs_observation(FindingKind kind)
{
  return !declaring_key(kind).empty();
}

std::string sandbox_fault(const Rule& rule, const Behaviour& behaviour, const Circumstances& known)
{
  if (!rule.sandbox) return {};
  if (!behaviour.sandbox) return "it is not known what it ran in";
  const SandboxReport& had = *behaviour.sandbox;
  if (had.level > *rule.sandbox)
    return fmt::format("ran in a sandbox of level \"{}\", and \"{}\" is demanded{}{}", to_string(had.level),
                       to_string(*rule.sandbox), had.refused.empty() ? "" : ": ", printable(had.refused));
  const std::vector<std::string> fresh = unknown_to_base(had, known);
  if (fresh.empty()) return {};
  return fmt::format("sluice.toml opens the sandbox, which that of the base does not: {}", fmt::join(fresh, ", "));
}

bool counts(const Rule& rule, const Finding& finding, const Behaviour& behaviour, const Circumstances& known)
{
  if (std::find(rule.no_findings.begin(), rule.no_findings.end(), finding.kind) == rule.no_findings.end()) return false;
  if (!finding.declared) return true;
  return !behaviour.sandbox || !unknown_to_base(*behaviour.sandbox, known, declaring_key(finding.kind)).empty();
}

std::string words(const Finding& finding)
{
  return fmt::format("{}{}{}", to_string(finding.kind), finding.detail.empty() ? "" : " ", printable(finding.detail));
}

} // namespace

Behaviour behaviour_now(const TestRecord& test, const RunRecord& run, const Conduct& conduct)
{
  Behaviour behaviour{run.sandbox, conduct.unobserved(test), {}};
  for (TestFinding& each : conduct.of(test)) behaviour.findings.push_back(std::move(each.finding));
  return behaviour;
}

Behaviour behaviour_then(const std::string& test, const std::string& run, const Circumstances& known)
{
  const auto found = known.earlier.find(run);
  if (found == known.earlier.end()) return {{}, "nothing is kept of run " + run, {}};
  Behaviour behaviour{found->second.sandbox, {}, {}};
  if (!behaviour.sandbox || !behaviour.sandbox->observed)
    behaviour.unobserved = "tests were not observed in run " + run;
  const auto of_test = found->second.tests.find(test);
  if (of_test == found->second.tests.end()) return behaviour;
  if (behaviour.unobserved.empty()) behaviour.unobserved = of_test->second.unobserved;
  behaviour.findings = of_test->second.findings;
  return behaviour;
}

bool demands_conduct(const Rule& rule)
{
  return rule.sandbox || rule.observed || !rule.no_findings.empty();
}

std::vector<std::string> conduct_demands(const Rule& rule)
{
  std::vector<std::string> lines;
  const char* const whose = rule.suites.empty() ? "every test" : "the suites";
  if (rule.sandbox)
    lines.push_back(fmt::format("{} in a sandbox of level \"{}\"{}", whose, to_string(*rule.sandbox),
                                *rule.sandbox == SandboxLevel::full ? "" : " or better"));
  if (rule.observed) lines.push_back(fmt::format("{} observed completely", whose));
  if (!rule.no_findings.empty()) {
    std::vector<std::string_view> kinds;
    for (const FindingKind kind : rule.no_findings) kinds.push_back(to_string(kind));
    lines.push_back(fmt::format("{} without findings: {}", whose, fmt::join(kinds, ", ")));
  }
  return lines;
}

std::vector<std::string> conduct_faults(const Rule& rule, const Behaviour& behaviour, const Circumstances& known)
{
  std::vector<std::string> faults;
  if (std::string fault = sandbox_fault(rule, behaviour, known); !fault.empty()) faults.push_back(std::move(fault));
  const bool must_be_seen =
    rule.observed || std::any_of(rule.no_findings.begin(), rule.no_findings.end(), needs_observation);
  if (must_be_seen && !behaviour.unobserved.empty())
    faults.push_back("it is not known what it did: " + printable(behaviour.unobserved));
  std::vector<std::string> found;
  for (const Finding& finding : behaviour.findings)
    if (counts(rule, finding, behaviour, known)) found.push_back(words(finding));
  const std::size_t all = found.size();
  found.resize(std::min(all, k_named_findings));
  if (all > k_named_findings) found.push_back(fmt::format("and {} more", all - k_named_findings));
  if (all > 0) faults.push_back(fmt::format("finding: {}", fmt::join(found, ", ")));
  return faults;
}

} // namespace sluice::policy
