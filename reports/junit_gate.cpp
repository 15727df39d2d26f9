#include "reports/junit_layout.h"

#include "reports/text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::reports {

namespace {

constexpr std::size_t k_message_limit = 1000;

JunitCase passed(std::string name)
{
  JunitCase entry;
  entry.name = std::move(name);
  return entry;
}

// `lines` follow the message in the body.
JunitCase red(std::string name, CaseStatus status, std::string_view type, std::string_view message,
              std::string_view lines = {})
{
  JunitCase entry = passed(std::move(name));
  entry.status = status;
  entry.type = type;
  entry.message = one_line(message, k_message_limit);
  entry.body = lines;
  return entry;
}

JunitCase run_completed(const RunRecord& record)
{
  constexpr auto name = "run_completed";
  if (record.finished) return passed(name);
  return red(name, CaseStatus::error, "RunNotCompleted", "the run did not complete: nothing is proven",
             "Sluice was ended before it could form a verdict, or is still at work.");
}

JunitCase build(const RunRecord& record)
{
  constexpr auto name = "build";
  if (!record.build) return red(name, CaseStatus::error, "BuildNotCompleted", "the build was begun, but did not end");
  JunitCase entry = passed(name);
  if (!record.build->ok)
    entry = red(name, CaseStatus::failure, "BuildFailed",
                fmt::format("the build failed with exit code {}", record.build->exit_code), record.build->output);
  entry.time =
    std::max(std::chrono::round<std::chrono::milliseconds>(record.build->duration), std::chrono::milliseconds(0));
  return entry;
}

JunitCase verdict(const RunRecord& record)
{
  const std::string name(k_verdict_case);
  if (!record.finished) return red(name, CaseStatus::error, "NoVerdict", "no verdict was formed");
  const Verdict& verdict = record.finished->verdict;
  if (verdict.status == VerdictStatus::passed && verdict.exit == ExitCode::passed) return passed(name);
  const std::string reasons = fmt::format("{}", fmt::join(verdict.reasons, "\n"));
  const std::string message =
    fmt::format("{} (exit code {}){}{}", to_string(verdict.status), static_cast<int>(verdict.exit),
                verdict.reasons.empty() ? "" : ": ", verdict.reasons.empty() ? "" : verdict.reasons.front());
  const bool refused = verdict.status == VerdictStatus::refused;
  return red(name, CaseStatus::failure, refused ? "VerdictRefused" : "VerdictFailed", message, reasons);
}

JunitCase rule(const RuleFinding& finding)
{
  std::string name = junit_name("rule: " + finding.rule);
  if (finding.status == RuleStatus::satisfied) return passed(std::move(name));
  std::string message = one_line(finding.summary, k_message_limit);
  if (message.empty()) message = "the rule is violated";
  return red(std::move(name), CaseStatus::failure, "RuleViolated", message,
             fmt::format("{}", fmt::join(finding.evidence, "\n")));
}

} // namespace

JunitSuite gate_suite(const RunRecord& record)
{
  JunitSuite suite;
  suite.name = k_gate_suite;
  suite.cases.push_back(run_completed(record));
  if (record.build_started || record.build) suite.cases.push_back(build(record));
  if (record.interrupted)
    suite.cases.push_back(red("interrupted", CaseStatus::error, "RunInterrupted", "the run was interrupted"));
  suite.cases.push_back(verdict(record));

  std::vector<JunitCase> rules;
  if (record.finished)
    for (const RuleFinding& finding : record.finished->verdict.rules)
      if (finding.status != RuleStatus::not_applicable) rules.push_back(rule(finding));
  std::stable_sort(rules.begin(), rules.end(), [](const JunitCase& a, const JunitCase& b) { return a.name < b.name; });
  make_names_unique(rules);
  std::move(rules.begin(), rules.end(), std::back_inserter(suite.cases));

  for (const JunitCase& entry : suite.cases) suite.counts.add(entry.status, entry.time);
  return suite;
}

} // namespace sluice::reports
