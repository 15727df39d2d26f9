#include "cli/gate/change_reach.h"

#include "cli/gate/base_policy.h"
#include "cli/selection/change_uses.h"
#include "model/glob.h"

#include <algorithm>

namespace sluice::cli {

namespace {

// Changed files of which only the change itself says that tests use them: its sluice.toml, and not that of its base. No
// fact says so, and no test was seen to.
std::vector<std::string> declared_by_itself(const Project& project, const impact::Reach& reach, const ChangeUses& uses,
                                            const Change& change)
{
  std::vector<std::string> files = reach.declared;
  if (files.empty()) return files;
  const std::optional<Config> base = config_of_base(project.repository, change.set);
  std::erase_if(files, [&](const std::string& file) {
    const auto names = [&](const TestsConfig& tests) { return first_match(tests.inputs, file) != nullptr; };
    return uses.used.contains(file) || (base && std::any_of(base->tests.begin(), base->tests.end(), names));
  });
  return files;
}

// Changed files from which no fact leads to a test, and which no test was seen to use, nor anything that is built from
// them. Each costs a walk and a question to the store.
std::vector<std::string> seen_by_none(const Project& project, const Picture& picture, const Planned& planned,
                                      const cache::Store& store)
{
  constexpr std::size_t k_most_walks = 200;
  std::vector<std::string> files;
  for (std::size_t i = 0; i < planned.reach.untested.size(); ++i) {
    ChangeSet one;
    one.paths.emplace_back().path = planned.reach.untested[i];
    const auto is_seen = [&] {
      const impact::Reach reach = impact::reach(picture.graph, picture.catalogue, one, picture.reach_options);
      const ChangeUses uses = uses_of_change(store, project.root, one, reach.outputs, picture.catalogue);
      return std::find(uses.users.begin(), uses.users.end(), true) != uses.users.end();
    };
    if (i >= k_most_walks || !is_seen()) files.push_back(planned.reach.untested[i]);
  }
  return files;
}

// Tests that were seen to use the change, and that facts and declarations have left out.
std::size_t count_left_out(const impact::Reach& reach, const ChangeUses& uses)
{
  if (!reach.escalations.empty()) return 0; // who was seen to use something is not spared
  std::size_t count = 0;
  for (std::size_t i = 0; i < uses.users.size(); ++i)
    if (uses.users[i] && reach.paths[i].empty()) ++count;
  return count;
}

} // namespace

void gather_reach(const Project& project, const Picture& picture, const Planned& planned, const cache::Store& store,
                  Change& change)
{
  const impact::Reach& reach = planned.reach;
  const ChangeUses uses = uses_of_change(store, project.root, change.set, reach.outputs, picture.catalogue);
  BlastRadius& radius =
    change.known.blast_radius.emplace(impact::blast_radius_of(reach, picture.catalogue, uses.spared));
  radius.tests = std::min(radius.all_tests, radius.tests + count_left_out(reach, uses));
  std::vector<std::string>& unreached = change.known.unreached.emplace();
  for (const Escalation& escalation : reach.escalations)
    if (escalation.cause == RunCause::unknown_file && !uses.used.contains(escalation.subject))
      unreached.push_back(escalation.subject);
  for (const Dismissal& dismissal : reach.dismissed) unreached.push_back(dismissal.path);
  for (std::string& file : seen_by_none(project, picture, planned, store)) unreached.push_back(std::move(file));
  for (const std::string& file : reach.compared)
    if (file == k_policy_file) unreached.push_back(file); // it does nothing that a test could see
  for (std::string& file : declared_by_itself(project, reach, uses, change)) {
    unreached.push_back(std::move(file));
    radius.tests = radius.all_tests; // without its declaration any test might have used it
  }
}

} // namespace sluice::cli
