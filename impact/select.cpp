#include "impact/select.h"

#include "impact/foundations.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace sluice::impact {

namespace {

const std::string k_fresh;

Run run_of_escalation(const Escalation& escalation)
{
  return {escalation.cause, escalation.subject, {}};
}

Run run_of_path(const Reach& reach, std::size_t test)
{
  const std::vector<ReasonStep>& path = reach.paths[test];
  return {reach.guessed[test] ? RunCause::opaque : RunCause::affected, path.front().name, path};
}

// How a test was seen to use an input; empty for what is known by fact only.
std::string_view seen_as(const Input& input)
{
  switch (input.kind) {
  case InputKind::content:
    return k_was_read;
  case InputKind::entry:
    return input.digest.absent() ? k_was_missed : k_was_looked_at;
  case InputKind::metadata:
    return k_was_looked_at;
  case InputKind::listing:
    return k_was_listed;
  case InputKind::definition:
  case InputKind::loaded:
  case InputKind::unknown_files:
  case InputKind::whole_tree:
  case InputKind::matched_files:
  case InputKind::configuration:
  case InputKind::loose_outputs:
  case InputKind::configured:
  case InputKind::environment:
    return {};
  }
  return {};
}

// Why a test without a proof that holds runs: what it was seen to use says it exactly, then the change and the facts,
// then what widened, then the proof itself.
Run why_run(const TestId& test, std::size_t index, const Reach& reach, const ProofState& proof)
{
  if (proof.kind == ProofState::Kind::broken && !seen_as(proof.difference).empty()) {
    const std::string name = proof.difference.name.substr(0, proof.difference.name.find('\n'));
    return {RunCause::affected, name, {{name, std::string(seen_as(proof.difference))}, {test.value, {}}}};
  }
  const bool failed = proof.kind == ProofState::Kind::failed;
  if (failed && reach.is_without_fact(index) && !reach.incomplete())
    return {RunCause::last_failed, proof.proof.run, {}};
  if (!reach.paths[index].empty()) return run_of_path(reach, index);
  if (!reach.escalations.empty()) return run_of_escalation(reach.escalations.front());
  switch (proof.kind) {
  case ProofState::Kind::failed:
    return {RunCause::last_failed, proof.proof.run, {}};
  case ProofState::Kind::broken:
    return {RunCause::inputs_differ,
            proof.difference.name.empty() ? std::string(to_string(proof.difference.kind)) : proof.difference.name,
            {}};
  case ProofState::Kind::missing:
  case ProofState::Kind::holds:
    break;
  }
  return {RunCause::no_proof, {}, {}};
}

bool failed_last_time(const TestCase& test, const SelectionRequest& request)
{
  if (!request.history) return false;
  const auto at = request.history->find(test.id);
  return at != request.history->end() && is_red(at->second.last);
}

Decision decide(std::size_t index, const Catalogue& catalogue, const Reach& reach, const SelectionRequest& request)
{
  const TestCase& test = catalogue.tests[index];
  const std::vector<ReasonStep>& path = reach.paths[index];
  const ProofState& proof = request.proofs[index];
  if (!test.disabled.empty()) return Skip{SkipCause::disabled, test.disabled};
  if (request.filter && !request.filter(test)) return Skip{SkipCause::filtered, {}};
  if (request.only_failed && !failed_last_time(test, request)) return Skip{SkipCause::not_failed, {}};
  if (!request.requested.empty()) return Run{RunCause::requested, request.requested, {}};
  const std::string& stale = request.stale.empty() ? k_fresh : request.stale[index];
  if (!stale.empty()) {
    if (!path.empty() || !reach.escalations.empty()) return why_run(test.id, index, reach, proof);
    return Run{RunCause::outdated, stale, {}};
  }
  const bool holds = proof.kind == ProofState::Kind::holds;
  if (holds && !request.required_by[index].empty()) return Run{RunCause::required, request.required_by[index], {}};
  const bool spared = !request.spared.empty() && request.spared[index] && reach.is_without_fact(index);
  if (holds && !reach.incomplete()) return Reuse{proof.proof, !path.empty() && !spared};
  return why_run(test.id, index, reach, proof);
}

// What a running test stands on runs too, whatever its own state: a fixture is an action, not a result. Cleanups follow
// whenever their fixture was used.
void add_foundations(const Catalogue& catalogue, Plan& plan)
{
  const std::vector<std::vector<TestIndex>> stands_on = foundations(catalogue);
  std::unordered_map<std::string_view, std::vector<std::size_t>> cleanups;
  for (std::size_t i = 0; i < catalogue.tests.size(); ++i)
    for (const std::string& fixture : catalogue.tests[i].needs.fixtures_cleanup) cleanups[fixture].push_back(i);

  std::vector<std::size_t> queue;
  const auto include = [&](std::size_t test, const TestId& user) {
    Decision& decision = plan.entries[test].decision;
    if (std::holds_alternative<Run>(decision) || !catalogue.tests[test].disabled.empty()) return;
    decision = Run{RunCause::fixture, user.value, {}};
    queue.push_back(test);
  };
  for (std::size_t i = 0; i < plan.entries.size(); ++i)
    if (std::holds_alternative<Run>(plan.entries[i].decision)) queue.push_back(i);
  for (std::size_t next = 0; next < queue.size(); ++next) {
    const TestCase& user = catalogue.tests[queue[next]];
    for (const TestIndex foundation : stands_on[queue[next]]) include(static_cast<std::size_t>(foundation), user.id);
    for (const std::string& fixture : user.needs.fixtures_required)
      for (const std::size_t cleanup : cleanups[fixture]) include(cleanup, user.id);
  }
}

// Those among which an order-dependent test was red run with it, whatever their own state.
void add_neighbours(const Catalogue& catalogue, const std::vector<bool>& order_dependent, Plan& plan)
{
  std::unordered_map<ProgramId, std::size_t> dependent; // test by program
  for (std::size_t i = 0; i < order_dependent.size(); ++i)
    if (order_dependent[i] && std::holds_alternative<Run>(plan.entries[i].decision))
      dependent.emplace(catalogue.tests[i].program, i);
  if (dependent.empty()) return;
  for (std::size_t i = 0; i < plan.entries.size(); ++i) {
    const auto at = dependent.find(catalogue.tests[i].program);
    if (at != dependent.end() && std::holds_alternative<Reuse>(plan.entries[i].decision))
      plan.entries[i].decision = Run{RunCause::neighbour, catalogue.tests[at->second].id.value, {}};
  }
}

// A file that no fact knows widens nothing where every test was seen to do without it: it cannot matter, and that is
// said of it.
void dismiss_idle_escalations(const std::set<std::string>& seen, Plan& plan)
{
  const bool widened = std::any_of(plan.entries.begin(), plan.entries.end(), [](const PlanEntry& entry) {
    const Run* run = std::get_if<Run>(&entry.decision);
    return run && (run->cause == RunCause::unknown_file || run->cause == RunCause::loose_output ||
                   run->cause == RunCause::opaque || run->cause == RunCause::no_proof);
  });
  if (widened) return;
  // What a test runs for was used by that test.
  std::unordered_set<std::string_view> used(seen.begin(), seen.end());
  for (const PlanEntry& entry : plan.entries)
    if (const Run* run = std::get_if<Run>(&entry.decision))
      if (run->cause == RunCause::affected || run->cause == RunCause::inputs_differ) used.insert(run->subject);
  for (const Escalation& each : plan.escalations)
    if (each.cause == RunCause::unknown_file && !used.contains(each.subject))
      plan.dismissed.push_back({each.subject, std::string(k_used_by_none)});
  std::erase_if(plan.escalations, [](const Escalation& each) { return each.cause != RunCause::incomplete; });
}

} // namespace

Plan select(const Catalogue& catalogue, const Reach& reach, const SelectionRequest& request)
{
  Plan plan;
  plan.escalations = reach.escalations;
  plan.dismissed = reach.dismissed;
  plan.blast_radius = reach.blast_radius;
  plan.entries.reserve(catalogue.tests.size());
  for (std::size_t i = 0; i < catalogue.tests.size(); ++i) {
    PlanEntry entry;
    entry.test = static_cast<TestIndex>(i);
    entry.decision = decide(i, catalogue, reach, request);
    if (request.history) {
      const auto known = request.history->find(catalogue.tests[i].id);
      if (known != request.history->end()) entry.expected = known->second.expected;
    }
    if (!request.required_by[i].empty()) plan.must_execute.push_back(entry.test);
    plan.entries.push_back(std::move(entry));
  }
  add_neighbours(catalogue, request.order_dependent, plan);
  add_foundations(catalogue, plan);
  dismiss_idle_escalations(request.used, plan);
  return plan;
}

} // namespace sluice::impact
