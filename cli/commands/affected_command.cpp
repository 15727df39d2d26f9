// sluice affected: the tests that a change can reach by facts, without a look at programs or proofs. An answer within
// the time of a `git diff`, for scripts and editors; it is no verdict. A run leaves out those whose proofs hold, and
// runs those too that were seen to use a changed file which no fact ties to them.
#include "cli/build/built_sources.h"
#include "cli/commands/commands.h"
#include "cli/selection/kept_picture.h"
#include "cli/stages.h"
#include "cli/terminal.h"
#include "reports/plan_report.h"

#include <fmt/format.h>

#include <set>

namespace sluice::cli {

namespace {

struct Answer {
  ChangeSet change;
  Catalogue catalogue;
  impact::Reach reach;
  std::vector<std::string> stale; // one for each test: why its program is not built from the present sources; or none
};

// What has changed since the facts were complete counts as changed: what it uses now is not known.
bool add_what_changed_since(const Project& project, const KeptPicture& kept, ChangeSet& change)
{
  std::set<std::string> known;
  for (const ChangedPath& path : change.paths) known.insert(path.path);
  const auto add = [&](ChangedPath path) {
    if (known.insert(path.path).second) change.paths.push_back(std::move(path));
  };
  for (const std::string& path : kept.differed) add({ChangeKind::modified, path, {}});
  if (kept.tree == change.head_tree || kept.tree == change.base_tree) return true;
  auto since = project.repository.changes_between(kept.tree, change.head_tree);
  if (!since) return false;
  for (ChangedPath& path : *since) add(std::move(path));
  return true;
}

// The working tree's change as a run would see it, or that between two commits: then no file is looked at.
ChangeSet change_of(const Project& project, const Options& options)
{
  if (!options.head.empty()) return project.repository.changes({options.base, options.head});
  git::Snapshot snapshot = project.repository.snapshot({options.base, options.head});
  const TreeFiles tree = tree_of(project, std::move(snapshot.files));
  std::erase_if(snapshot.changes.paths, [&](const ChangedPath& path) { return tree.left_out.contains(path.path); });
  return std::move(snapshot.changes);
}

std::optional<Answer> answer_from_kept(const Project& project, const Options& options)
{
  std::optional<KeptPicture> kept = recall_picture(project);
  if (!kept) return std::nullopt;
  Answer answer{change_of(project, options), std::move(kept->catalogue), {}, {}};
  if (!add_what_changed_since(project, *kept, answer.change)) return std::nullopt;
  answer.reach = impact::reach(kept->graph, answer.catalogue, answer.change, kept->reach_options);
  return answer;
}

Answer answer_from_picture(const Project& project, const Options& options)
{
  cache::Store store = open_store(project);
  Change change = read_change(project, options, Uncommitted::allowed, &store);
  cache::FileDigests digests(&store);
  Picture picture = take_picture(project, std::move(change.tree), store, digests, BuildState::unknown);
  picture.rewritten = BuiltSources(project, picture, store, digests).backdated();
  facts::Ages ages = ages_of(project, picture);
  for (const std::string& gap : picture.build.gaps) change.set.incomplete.push_back({gap, "build the project"});
  std::erase_if(change.set.paths, [&](const ChangedPath& path) { return picture.tree.left_out.contains(path.path); });
  Answer answer{std::move(change.set), {}, {}, stale_programs(picture, ages)};
  answer.reach = impact::reach(picture.graph, picture.catalogue, answer.change, picture.reach_options);
  answer.catalogue = std::move(picture.catalogue);
  digests.save();
  return answer;
}

// The affected tests alone, each with its reason.
Plan plan_of(Answer& answer)
{
  Plan plan;
  plan.escalations = answer.reach.escalations;
  plan.dismissed = answer.reach.dismissed;
  plan.blast_radius = answer.reach.blast_radius;
  for (std::size_t i = 0; i < answer.catalogue.tests.size(); ++i) {
    std::vector<ReasonStep>& path = answer.reach.paths[i];
    const std::string stale = answer.stale.empty() ? "" : answer.stale[i];
    Run run;
    if (!path.empty()) run = {RunCause::affected, path.front().name, std::move(path)};
    else if (!plan.escalations.empty()) run = {plan.escalations.front().cause, plan.escalations.front().subject, {}};
    else if (!stale.empty()) run = {RunCause::outdated, stale, {}};
    else continue;
    plan.entries.push_back({static_cast<TestIndex>(i), std::move(run), {}});
  }
  return plan;
}

} // namespace

int affected_command(const Options& options)
{
  const Project project = open_project(options);
  check_head(project, options);
  std::optional<Answer> kept = answer_from_kept(project, options);
  Answer answer = kept ? std::move(*kept) : answer_from_picture(project, options);
  const Plan plan = plan_of(answer);
  if (options.json) {
    write_bytes(reports::plan_json(plan, answer.catalogue, answer.change));
    return 0;
  }
  for (const Escalation& widened : plan.escalations)
    write_error(
      fmt::format("sluice: {}: {}, so every test may be affected\n", to_string(widened.cause), widened.subject));
  std::string ids;
  for (const PlanEntry& entry : plan.entries) ids += answer.catalogue.test(entry.test).id.value + '\n';
  write_out(ids);
  return 0;
}

} // namespace sluice::cli
