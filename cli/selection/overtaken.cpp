#include "cli/selection/overtaken.h"

#include <algorithm>

namespace sluice::cli {

bool leaves_writes(const Project& project, const Options& options, const Plan& plan, const Catalogue& catalogue)
{
  const SandboxConfig& sandbox = project.config.sandbox;
  if (!isolates(project, options) || sandbox.tree == SandboxTree::writable || !sandbox.writable.empty()) return true;
  if (std::any_of(catalogue.tests.begin(), catalogue.tests.end(),
                  [](const TestCase& test) { return !test.needs.after.empty(); }))
    return true;
  return std::any_of(plan.entries.begin(), plan.entries.end(), [&](const PlanEntry& entry) {
    const Needs& needs = catalogue.test(entry.test).needs;
    return std::holds_alternative<Run>(entry.decision) &&
           !(needs.fixtures_setup.empty() && needs.fixtures_required.empty() && needs.fixtures_cleanup.empty());
  });
}

std::vector<std::string> overtaken_tests(const Plan& plan, const Catalogue& catalogue, CurrentInputs& after,
                                         const Confinement& confinement, const cache::Store& store)
{
  const auto proofs = store.check(catalogue.tests, [&](InputKind kind, const std::string& name) {
    const Digest digest = after.digest(kind, name);
    return kind == InputKind::environment ? confined(digest, confinement) : digest;
  });
  std::vector<std::string> overtaken;
  for (std::size_t i = 0; i < plan.entries.size(); ++i)
    if (std::holds_alternative<Reuse>(plan.entries[i].decision) && proofs[i].kind != ProofState::Kind::holds)
      overtaken.push_back(catalogue.tests[i].id.value);
  return overtaken;
}

} // namespace sluice::cli
