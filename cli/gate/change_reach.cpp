#include "cli/gate/change_reach.h"

#include "cli/gate/base_policy.h"
#include "cli/selection/change_uses.h"
#include "model/glob.h"

#include <algorithm>

namespace sluice::cli {

namespace {

// Files that the build knows and that lead to no test: a program that none of them starts.
std::vector<std::string> known_but_unreached(const Project& project, const Picture& picture, const ChangeSet& change,
                                             const cache::Store& store)
{
  std::vector<std::string> unreached;
  for (const ChangedPath& changed : change.paths)
    for (const std::string& path : {changed.path, changed.old_path}) {
      if (path.empty()) continue;
      if (impact::role_of(picture.graph, picture.reach_options, path).role != impact::FileRole::known) continue;
      ChangeSet alone;
      alone.paths = {{ChangeKind::modified, path, {}}};
      const impact::Reach reach = impact::reach(picture.graph, picture.catalogue, alone, picture.reach_options);
      const ChangeUses uses = uses_of_change(store, project.root, alone, reach.outputs, picture.catalogue);
      const bool by_fact = std::any_of(reach.paths.begin(), reach.paths.end(),
                                       [](const auto& steps) { return !steps.empty() && !impact::is_guessed(steps); });
      if (!by_fact && !uses.any) unreached.push_back(path);
    }
  return unreached;
}

// Changed files of which only the change itself says that tests use them: its sluice.toml, and not that of its base. No
// fact says so, and no test was seen to.
std::vector<std::string> declared_by_itself(const Project& project, const Catalogue& catalogue, const Planned& planned,
                                            const cache::Store& store, const Change& change)
{
  const std::optional<Config> base = config_of_base(project.repository, change.set);
  std::vector<std::string> files = planned.reach.declared;
  std::erase_if(files, [&](const std::string& file) {
    return base && std::any_of(base->tests.begin(), base->tests.end(),
                               [&](const TestsConfig& tests) { return first_match(tests.inputs, file) != nullptr; });
  });
  if (files.empty()) return files;
  const ChangeUses uses = uses_of_change(store, project.root, change.set, planned.reach.outputs, catalogue);
  std::erase_if(files, [&](const std::string& file) { return uses.used.contains(file); });
  return files;
}

} // namespace

// A file is reached by those tests that were seen to use it, whether they ran now or were proven before.
void gather_reach(const Project& project, const Picture& picture, const Planned& planned, const cache::Store& store,
                  Change& change)
{
  const std::vector<Rule>& rules = change.policy.rules;
  const bool asks_unreached = std::any_of(rules.begin(), rules.end(), [](const Rule& rule) { return rule.unreached; });
  const bool asks_radius =
    std::any_of(rules.begin(), rules.end(), [](const Rule& rule) { return rule.blast_radius.has_value(); });
  if (!asks_unreached && !asks_radius) return;
  const Reached reached = reached_by(project, planned.reach, change.set, picture.catalogue, store);
  change.known.blast_radius = reached.blast_radius;
  change.known.unreached.emplace();
  for (const Escalation& escalation : planned.reach.escalations)
    if (escalation.cause == RunCause::unknown_file && !reached.uses.used.contains(escalation.subject))
      change.known.unreached->push_back(escalation.subject);
  for (const Dismissal& dismissal : planned.reach.dismissed) change.known.unreached->push_back(dismissal.path);
  for (std::string& file : declared_by_itself(project, picture.catalogue, planned, store, change)) {
    change.known.unreached->push_back(std::move(file));
    // Without its declaration any test might have used it.
    change.known.blast_radius->tests = change.known.blast_radius->all_tests;
  }
  if (!asks_unreached) return;
  for (std::string& path : known_but_unreached(project, picture, change.set, store))
    change.known.unreached->push_back(std::move(path));
}

} // namespace sluice::cli
