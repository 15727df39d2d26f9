#include "cli/gate/earlier_conduct.h"

#include "cache/hashing.h"
#include "cli/gate/base_policy.h"
#include "model/conduct.h"
#include "model/error.h"
#include "policy/conduct_demands.h"
#include "policy/openings.h"
#include "reports/event_log.h"
#include "reports/renderers.h"

#include <algorithm>
#include <set>

namespace sluice::cli {

namespace {

constexpr const char* k_purpose = "conduct";

Digest key_of(const std::string& run)
{
  return cache::sha256(std::string(k_purpose) + " 1 " + run);
}

// The run's record without all that is not asked here, as events: what the log says and what is kept cannot differ.
RunRecord outline(const RunRecord& record)
{
  const Conduct conduct(record);
  const bool observed = record.sandbox && record.sandbox->observed; // else it is so of every test
  RunRecord kept;
  kept.started.run = record.started.run;
  kept.started.seed = record.started.seed;
  kept.start_time = record.start_time;
  kept.sandbox = record.sandbox;
  std::set<std::uint32_t> batches;
  for (const TestRecord& test : record.tests) {
    if (test.attempts.empty()) continue;
    const bool unseen = observed && !conduct.unobserved(test).empty();
    if (conduct.of(test).empty() && !unseen) continue;
    TestRecord& slim = kept.tests.emplace_back();
    slim.planned.test = test.planned.test;
    slim.planned.decision = Run{};
    for (const Attempt& attempt : test.attempts) {
      Attempt& each = slim.attempts.emplace_back(attempt);
      each.result = {};
      each.result.outcome = attempt.result.outcome;
      batches.insert(attempt.batch);
    }
  }
  for (const BatchRecord& batch : record.batches)
    if (batches.contains(batch.begun.batch)) kept.batches.push_back(batch);
  return kept;
}

policy::EarlierRun read(const std::string& log)
{
  std::size_t unreadable = 0;
  const RunRecord record = reports::read_log(log, &unreadable);
  policy::EarlierRun run;
  if (unreadable > 0) return run;
  run.sandbox = record.sandbox;
  const Conduct conduct(record);
  for (const TestRecord& test : record.tests) {
    const policy::Behaviour behaviour = policy::behaviour_now(test, record, conduct);
    run.tests[test.planned.test.value] = {behaviour.unobserved, behaviour.findings};
  }
  return run;
}

} // namespace

void keep_conduct(const RunRecord& record, cache::Store& store)
{
  if (record.batches.empty()) return;
  std::string text;
  reports::OutputStream out([&](std::string_view bytes) { text += bytes; });
  reports::write_events(outline(record), {}, out);
  store.remember(k_purpose, key_of(record.started.run), text);
}

void gather_conduct(const Project& project, const std::vector<ProofState>& proofs, const cache::Store& store,
                    Change& change)
{
  const auto& rules = change.policy.rules;
  if (std::none_of(rules.begin(), rules.end(), policy::demands_conduct)) return;
  if (const auto base = config_of_base(project.repository, change.set))
    change.known.base_openings = policy::openings_of(*base);
  for (const ProofState& state : proofs) {
    if (state.kind != ProofState::Kind::holds || change.known.earlier.contains(state.proof.run)) continue;
    if (const auto kept = store.remembered(k_purpose, key_of(state.proof.run)))
      change.known.earlier.emplace(state.proof.run, read(*kept));
  }
}

} // namespace sluice::cli
