#include "cli/stages.h"

#include "adapters/build/build.h"
#include "cache/hashing.h"
#include "cli/build/build_freshness.h"
#include "cli/build/build_place.h"
#include "cli/build/built_sources.h"
#include "cli/build/configure_step.h"
#include "cli/build/dead_outputs.h"
#include "cli/build/steady_build.h"
#include "cli/build/tree_since_build.h"
#include "cli/gate/authorship_sources.h"
#include "cli/gate/base_policy.h"
#include "cli/gate/earlier_conduct.h"
#include "cli/selection/order_dependence.h"
#include "cli/terminal.h"
#include "cli/wall_clock.h"
#include "cli/walls/command_walls.h"
#include "cli/walls/confinement.h"
#include "impact/filter.h"
#include "impact/select.h"
#include "model/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <thread>

namespace sluice::cli {

namespace {

void require_committed(const git::Repository& repository, const Options& options,
                       const std::vector<ChangedPath>& uncommitted)
{
  if (options.head.empty()) return;
  const auto is_new = [](const ChangedPath& path) { return path.kind == ChangeKind::added; };
  if (const auto at = std::find_if_not(uncommitted.begin(), uncommitted.end(), is_new); at != uncommitted.end()) {
    if (const std::string filter = repository.filter_of(at->path); !filter.empty())
      throw Error(
        ErrorKind::usage,
        fmt::format("--head {}, but {}, which has the filter {}, was touched after git had written it: whether "
                    "it is what was committed cannot be told without starting that",
                    options.head, at->path, filter),
        "touch it and run git status, which starts the filter and keeps the answer; what that names commit or "
        "stash");
    throw Error(ErrorKind::usage,
                fmt::format("--head {}, but {} has changes that are not committed", options.head, at->path),
                "commit or stash them, or leave out --head to judge the working tree");
  }
  if (!uncommitted.empty())
    write_error(fmt::format("sluice: --head {}, but {} lies there too, which is not committed: tests may find it\n",
                            options.head, uncommitted.front().path));
}

bool any_opaque(const Catalogue& catalogue)
{
  return std::any_of(catalogue.programs.begin(), catalogue.programs.end(),
                     [](const Program& program) { return !program.closed; });
}

std::vector<std::string> program_outputs(const Picture& picture)
{
  std::set<std::string> outputs;
  for (const Program& program : picture.catalogue.programs)
    for (const std::string& file : program.files) {
      PathId known{};
      if (picture.build.facts.find(file, known)) outputs.insert(file);
    }
  return {outputs.begin(), outputs.end()};
}

// The targets by which exactly the tests' programs are built, or none for everything: whatever a test may use and no
// fact ties to it must be there and be new.
std::vector<std::string> targets_for_tests(const Project& project, const Picture& picture)
{
  if (picture.catalogue.tests.empty() || !picture.not_built.empty() || any_opaque(picture.catalogue)) return {};
  if (!impact::untied_outputs(picture.graph, picture.reach_options).empty()) return {};
  return facts::targets_of(picture.build, project.root, project.build_directory, program_outputs(picture));
}

// Without a build step of ours the folder must be up to date already.
Picture look_without_building(const Project& project, TreeFiles tree, cache::Store& store, cache::FileDigests& digests)
{
  if (!project.build_directory.empty()) build::require_own_folder(project.root, project.build_directory);
  Picture picture = take_picture(project, std::move(tree), store, digests, BuildState::unknown);
  if (project.build_directory.empty()) {
    picture.reach_options.configured = true;
    return picture;
  }
  const char* next = "build it first, or let Sluice do it: a [build] section in sluice.toml";
  switch (freshness_of(project, picture, targets_for_tests(project, picture), store, digests)) {
  case build::Freshness::fresh:
    break;
  case build::Freshness::stale:
    throw Error(ErrorKind::usage,
                fmt::format("{} is not up to date with the sources",
                            std::filesystem::relative(project.build_directory, project.root).string()),
                next);
  case build::Freshness::unknown: {
    facts::Ages ages = ages_of(project, picture);
    for (const std::string& why : stale_programs(picture, ages))
      if (!why.empty()) throw Error(ErrorKind::usage, why, next);
    break;
  }
  }
  const BuiltSources sources(project, picture, store, digests);
  if (!sources.backdated().empty())
    throw Error(
      ErrorKind::usage,
      fmt::format("{} is not what was built, though its date is older than the build", sources.backdated().front()),
      "touch it and build again");
  sources.remember(project, store);
  picture.reach_options.configured = true;
  return picture;
}

// The change as far as tests can see it, and what keeps the facts about it from being whole. After a build the contents
// of what was built are compared, so that gaps in the build graph can hide nothing.
ChangeSet change_for_tests(ChangeSet change, const Picture& picture, BuildState state)
{
  std::erase_if(change.paths, [&](const ChangedPath& path) { return picture.tree.left_out.contains(path.path); });
  if (state == BuildState::unknown)
    for (const std::string& gap : picture.build.gaps) change.incomplete.push_back({gap, "build the project"});
  return change;
}

} // namespace

void check_head(const Project& project, const Options& options)
{
  if (options.head.empty()) return;
  const auto head = project.repository.resolve(options.head);
  const auto present = project.repository.resolve("HEAD");
  if (head && head != present)
    throw Error(ErrorKind::usage,
                fmt::format("--head {} is {}, but {} is checked out", options.head, head->substr(0, 12),
                            present ? present->substr(0, 12) : "nothing"),
                fmt::format("check it out first: git checkout {}", options.head));
}

int jobs_of(const Project& project, const Options& options)
{
  if (options.jobs > 0) return options.jobs;
  if (project.config.run.jobs > 0) return project.config.run.jobs;
  return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

Change read_change(const Project& project, const Options& options, Uncommitted uncommitted, const cache::Store* store)
{
  check_head(project, options);
  git::Snapshot snapshot = project.repository.snapshot({options.base, options.head});
  Change change;
  change.set = std::move(snapshot.changes);
  change.tree = tree_of(project, std::move(snapshot.files));
  // What lies in the build folder is no change, also where nobody has told git to ignore it.
  const auto left_out = [&](const ChangedPath& path) { return change.tree.left_out.contains(path.path); };
  std::erase_if(change.set.paths, left_out);
  std::erase_if(snapshot.uncommitted, left_out);
  if (uncommitted == Uncommitted::refused) require_committed(project.repository, options, snapshot.uncommitted);
  for (const ChangedPath& path : snapshot.uncommitted) {
    change.uncommitted.push_back(path.path);
    if (!path.old_path.empty()) change.uncommitted.push_back(path.old_path);
  }
  change.policy = policy_of_base(project.repository, change.set);
  if (!change.policy.rules.empty()) follow_to_base(project.repository, change.set);
  // Without a rule nobody asks, and reading notes and the commits behind merges costs several calls of git.
  change.authorship_asked = !change.policy.rules.empty() || !options.event.empty();
  if (change.authorship_asked)
    change.authorship = authorship_of(project.repository, change.set, change.policy, options.event, store);
  if (project.config.sandbox.fast_paths)
    change.trusts_tests =
      policy::may_trust_tests(change.set, change.authorship_asked ? change.authorship : policy::classify(change.set));
  return change;
}

FastPaths fast_paths_of(const Project& project, const Change& change)
{
  return project.config.sandbox.fast_paths && change.trusts_tests ? FastPaths::yes : FastPaths::no;
}

cache::Store open_store(const Project& project)
{
  cache::Store store = cache::Store::open(project.state);
  if (!store.notice().empty()) write_error(fmt::format("sluice: {}\n", store.notice()));
  return store;
}

BuildOutcome bring_up_to_date(const Project& project, const Options& options, TreeFiles tree, cache::Store& store,
                              cache::FileDigests& digests, const BuildListener& listener)
{
  if (!project.config.build || !options.build) {
    BuildOutcome outcome;
    outcome.picture = look_without_building(project, std::move(tree), store, digests);
    return outcome;
  }
  build::BuildRequest request{project.root, *project.config.build, {}, jobs_of(project, options), {},
                              {},           listener.output};
  request.wrapper = [&project] { return command_wrapper(project); };
  bool configures = true;
  request.on_start = [&](const std::vector<std::string>& command) {
    listener.started({command, request.targets, configures});
  };
  build::require_own_folder(project.root, project.build_directory);
  require_harmless_places(project); // before anything is written there
  if (project.config.build->command.empty()) facts::request_codemodel(project.build_directory);
  const KeptValues kept = options.head.empty() ? KeptValues::stay : KeptValues::go;
  Configured configured = configure(project, request, kept, std::move(tree), store, digests);
  if (!configured.outcome.ok) return std::move(configured.outcome);
  configures = false;

  Picture before = std::move(*configured.picture);
  request.targets = targets_for_tests(project, before);
  const BuiltSources& sources = *configured.sources;
  remove_direct_outputs(project, before.build.facts, sources.backdated());
  remove_outdated_by_name(project, *configured.since, before);
  const bool fresh = build::is_ninjas_alone(*project.config.build) && before.not_built.empty() &&
                     sources.backdated().empty() &&
                     freshness_of(project, before, request.targets, store, digests) == build::Freshness::fresh;
  if (fresh) {
    sources.remember(project, store);
    configured.since->remember(project, store);
    before.reach_options.configured = true;
    configured.outcome.picture = std::move(before);
    return std::move(configured.outcome);
  }
  BuildOutcome outcome = build_steadily(project, request, *configured.since, digests);
  if (outcome.ok) remove_dead_outputs(project, request, store, digests);
  if (outcome.ok) configured.since->remember(project, store);
  configured.since->doubt(project, store, before, outcome.altered);
  return outcome;
}

Reached reached_by(const Project& project, const impact::Reach& reach, const ChangeSet& change,
                   const Catalogue& catalogue, const cache::Store& store)
{
  const bool guessed =
    !reach.escalations.empty() || std::find(reach.guessed.begin(), reach.guessed.end(), true) != reach.guessed.end();
  if (!guessed) return {reach.blast_radius, {}};
  ChangeUses uses = uses_of_change(store, project.root, change, reach.outputs, catalogue);
  const BlastRadius radius = impact::blast_radius_of(reach, catalogue, uses.spared);
  return {radius, std::move(uses)};
}

Planned make_plan(const Project& project, const Options& options, Change& change, const Picture& picture,
                  CurrentInputs& inputs, const cache::Store& store, BuildState state, const Confinement& confinement)
{
  const Catalogue& catalogue = picture.catalogue;
  Planned planned;
  planned.reach =
    impact::reach(picture.graph, catalogue, change_for_tests(change.set, picture, state), picture.reach_options);
  const History history = store.history();
  planned.obligations = policy::obligations(change.policy, change.authorship, change.set, catalogue, change.known);

  impact::SelectionRequest request;
  std::optional<facts::Ages> ages;
  if (state == BuildState::unknown) {
    ages.emplace(ages_of(project, picture));
    request.stale = stale_programs(picture, *ages);
  }
  request.proofs = store.check(catalogue.tests, [&](InputKind kind, const std::string& name) {
    // What a build would make again is not what the tests will see.
    const bool is_file = kind == InputKind::content || kind == InputKind::loaded;
    if (ages && is_file && !ages->why_stale(name).empty()) return cache::sha256("stale");
    const Digest digest = inputs.digest(kind, name);
    return kind == InputKind::environment ? confined(digest, confinement) : digest;
  });
  gather_conduct(project, request.proofs, store, change);
  policy::require_known_conduct(change.policy, change.authorship, change.set, catalogue, request.proofs, change.known,
                                planned.obligations.required_by);
  request.required_by = planned.obligations.required_by;
  if (options.all) request.requested = "--all";
  if (options.repeat > 1) request.requested = "--repeat";
  if (!options.filter.empty())
    request.filter = [filter = impact::parse_filter(options.filter), &catalogue](const TestCase& test) {
      return filter(test, catalogue.program_of(test));
    };
  request.only_failed = options.rerun_failed;
  request.history = &history;
  request.order_dependent = OrderDependence(store).of(catalogue);
  Reached reached = reached_by(project, planned.reach, change.set, catalogue, store);
  planned.reach.blast_radius = reached.blast_radius;
  request.used = std::move(reached.uses.used);
  request.spared = std::move(reached.uses.spared);
  planned.plan = impact::select(catalogue, planned.reach, request);
  planned.leniency = leniency_of(project, options, change.set, catalogue, seconds_now());
  for (PlanEntry& entry : planned.plan.entries)
    if (!planned.leniency.quarantine.empty())
      entry.quarantine = planned.leniency.quarantine[static_cast<std::size_t>(entry.test)];
  return planned;
}

} // namespace sluice::cli
