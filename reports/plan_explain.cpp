#include "reports/plan_report.h"

#include "reports/phrases.h"
#include "reports/plan_words.h"
#include "reports/text.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::reports {

namespace {

std::string explain_decision(const Run& run, const std::string& test, const Plan& plan)
{
  std::string text = fmt::format("{} runs: {}\n", test, cause_words(run));
  for (std::size_t i = 0; i < run.path.size(); ++i) {
    const std::string via = i == 0 ? std::string() : run.path[i - 1].via;
    const std::string arrow = i == 0 ? "" : via.empty() ? "-> " : fmt::format("-> ({}) ", shown(via));
    text += fmt::format("{:{}}{}{}\n", "", 2 * (i + 1), arrow, shown(run.path[i].name));
  }
  const auto widened =
    std::find_if(plan.escalations.begin(), plan.escalations.end(), [&](const Escalation& escalation) {
      return escalation.cause == run.cause && escalation.subject == run.subject;
    });
  if (widened != plan.escalations.end() && !widened->mend.empty())
    text += fmt::format("  to narrow it: {}\n", one_line(widened->mend, 500));
  return text;
}

std::string explain_decision(const Reuse& reuse, const std::string& test, const Plan&)
{
  const Proof& proof = reuse.proof;
  const Timestamp made{std::chrono::seconds(proof.made)};
  std::string text = fmt::format("{} is not run again: it passed in run {}, and all that it rested on is the same\n",
                                 test, shown(proof.run));
  if (reuse.cut_off) text += "  the change reaches it, but what was built from it has the same content\n";
  if (proof.made != 0)
    text += fmt::format("  passed    {} UTC, in {}\n", utc_seconds(made), human_duration(proof.duration));
  if (!proof.tree.empty()) text += fmt::format("  tree      {}\n", shown(proof.tree));
  if (!proof.inputs.absent()) text += fmt::format("  inputs    {}\n", to_hex(proof.inputs));
  return text;
}

std::string explain_decision(const Skip& skip, const std::string& test, const Plan&)
{
  return fmt::format("{} is left out: {}\n", test, skip_words(skip));
}

} // namespace

std::string explain(const PlanEntry& entry, const Plan& plan, const Catalogue& catalogue)
{
  const std::string test = shown(catalogue.test(entry.test).id.value);
  return std::visit([&](const auto& decision) { return explain_decision(decision, test, plan); }, entry.decision);
}

} // namespace sluice::reports
