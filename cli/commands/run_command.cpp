// sluice run: from a change to its verdict. The stages stand in run_command() in their order.
#include "cli/build/altered_files.h"
#include "cli/build/built_sources.h"
#include "cli/commands/commands.h"
#include "cli/gate/audit_log.h"
#include "cli/gate/authorship_sources.h"
#include "cli/gate/base_policy.h"
#include "cli/gate/circumstances.h"
#include "cli/gate/earlier_conduct.h"
#include "cli/gate/evidence.h"
#include "cli/gate/leniency.h"
#include "cli/gate/signed_records.h"
#include "cli/gate/tell_forges.h"
#include "cli/large_pages.h"
#include "cli/records/atomic_file.h"
#include "cli/selection/kept_picture.h"
#include "cli/selection/observed_inputs.h"
#include "cli/selection/order_dependence.h"
#include "cli/selection/overtaken.h"
#include "cli/session.h"
#include "cli/stages.h"
#include "cli/terminal.h"
#include "cli/wall_clock.h"
#include "cli/walls/confinement.h"
#include "cli/walls/held_walls.h"
#include "cli/walls/sandbox.h"
#include "impact/filter.h"
#include "impact/own_sources.h"
#include "model/error.h"
#include "policy/suite_runs.h"
#include "reports/event_log.h"
#include "runner/run.h"
#include "runner/sandbox/process_executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>

namespace sluice::cli {

namespace {

// Folds the logs of runs that were killed into the store: what they learnt about outcomes and durations is kept. What
// their passes rested on is not known any more, so they prove nothing.
void import_killed_runs(const Project& project, cache::Store& store)
{
  for (const FinishedLog& log : finished_logs(project.state)) {
    if (store.knows_run(log.id)) continue;
    const RunRecord record = reports::read_log(read_file(log.path, "the run's log"));
    if (record.started.run == log.id) store.record(record, [](const TestId&) { return nullptr; });
  }
}

runner::RunOptions run_options(const Project& project, const Options& options, const Picture& picture,
                               const Leniency& leniency, const RunLog& log, int lanes)
{
  runner::RunOptions run;
  run.lanes = lanes;
  run.fail_fast = options.fail_fast;
  run.repeat = options.repeat;
  run.retries = leniency.retries;
  run.shuffle = options.shuffle;
  run.keep_passed_output = options.shown_output == "all";
  run.limits = project.config.run;
  run.environment = picture.environment;
  run.scratch = log.path("scratch");
  run.logs = log.path("logs");
  return run;
}

// What is known of tests beyond the events, once they have run.
struct Seen {
  ObservedInputs inputs;
  std::set<TestIndex> called_daemons;
};

bool runs_any(const Plan& plan)
{
  return std::any_of(plan.entries.begin(), plan.entries.end(),
                     [](const PlanEntry& entry) { return std::holds_alternative<Run>(entry.decision); });
}

// A plan and what will carry it out; no executor: nothing has to run.
struct Prepared {
  Planned planned;
  Confinement confinement;
  MadeExecutor made;
};

// The plan believes the proofs that hold where the tests of this run would run. What that is shows when lanes are made:
// if it is not what was remembered, the plan is made again.
Prepared prepare(const Project& project, const Options& options, Change& change, const Picture& picture,
                 CurrentInputs& inputs, cache::Store& store, Session& session)
{
  const FastPaths fast = fast_paths_of(project, change);
  Prepared prepared;
  prepared.confinement = confinement_of(project, options, picture.environment, fast, store);
  const auto plan = [&] {
    prepared.planned =
      make_plan(project, options, change, picture, inputs, store, BuildState::current, prepared.confinement);
  };
  plan();
  if (!runs_any(prepared.planned.plan)) return prepared;
  const std::string scratch = session.log().path("scratch");
  std::filesystem::create_directories(scratch);
  prepared.made = make_executor(project, options, picture.environment, scratch, fast);
  if (prepared.made.confinement == prepared.confinement) return prepared;
  prepared.confinement = prepared.made.confinement;
  remember_confinement(project, options, prepared.confinement, store);
  plan();
  return prepared;
}

void run_tests(const Project& project, const Options& options, const Picture& picture, const Prepared& prepared,
               Seen& seen, Session& session)
{
  const auto& [planned, confinement, made] = prepared;
  if (!runs_any(planned.plan)) return;
  const int lanes = jobs_of(project, options);
  runner::RunOptions run = run_options(project, options, picture, planned.leniency, session.log(), lanes);
  run.observed = [&](const auto& tests, const auto& observation) {
    seen.inputs.add(tests, observation);
    if (observation && called_a_daemon(*observation)) seen.called_daemons.insert(tests.begin(), tests.end());
  };
  session.emit(event::SandboxPrepared{made.report});
  const auto clock = sandbox::make_system_clock();
  TickingExecutor ticking(*made.executor, session);
  runner::run(planned.plan, picture.catalogue, run, ticking, *clock, frameworks::framework_of,
              [&](const RunEvent& event) { session.on_event(event); });
  session.settle();
}

// What every test that will run rests on, before anything runs: a test may change files, its own program among them.
void look_before(const Plan& plan, CurrentInputs& inputs)
{
  for (const PlanEntry& entry : plan.entries)
    if (std::holds_alternative<Run>(entry.decision)) inputs.remember(entry.test);
}

bool rests_on_daemons(TestIndex test, const Seen& seen, const CurrentInputs& inputs)
{
  const std::vector<TestIndex>& below = inputs.stands_on(test);
  return seen.called_daemons.contains(test) || std::any_of(below.begin(), below.end(), [&](TestIndex foundation) {
           return seen.called_daemons.contains(foundation);
         });
}

// Keeps the run. A pass is a proof only if all that it rested on is still what it was before the run: among files that
// changed meanwhile nobody knows which ones the test saw. What was observed tells what that is; where nothing was, the
// facts do.
void keep(const Picture& picture, CurrentInputs& before, CurrentInputs& after, const Confinement& confinement,
          Seen& known, cache::Store& store, const RunRecord& record)
{
  const Digest environment = confined(after.digest(InputKind::environment, ""), confinement);
  OrderDependence dependence(store);
  dependence.learn(record, picture.catalogue, store);
  InputSet by_fact;
  store.record(record, [&](const TestId& id) -> const InputSet* {
    const auto test = picture.catalogue.find(id.value);
    if (!test || dependence.holds(id) || rests_on_daemons(*test, known, after)) return nullptr;
    if (const InputSet* seen = known.inputs.of(*test, after, environment)) return seen;
    // It was watched, and what it used cannot be compared: it may rest on more than facts know.
    if (known.inputs.observed(*test)) return nullptr;
    const InputSet* rested_on = before.remembered(*test);
    if (!rested_on || *rested_on != after.of(*test)) return nullptr;
    by_fact = *rested_on;
    for (Input& input : by_fact)
      if (input.kind == InputKind::environment) input.digest = confined(input.digest, confinement);
    return &by_fact;
  });
}

// For what only saves time later: what cannot be kept is said and changes no verdict.
void unless_it_cannot(const char* otherwise, const std::function<void()>& keep_it)
{
  try {
    keep_it();
  } catch (const std::exception& error) {
    write_error(fmt::format("sluice: {}: {}\n", otherwise, error.what()));
  }
}

// Runs the plan and stores outcomes, proofs and durations. What cannot be stored changes no verdict.
void run_and_keep(const Project& project, const Options& options, const Picture& picture, Prepared& prepared,
                  CurrentInputs& inputs, cache::Store& store, cache::FileDigests& digests, Session& session,
                  Change& change)
{
  look_before(prepared.planned.plan, inputs);
  Seen seen{ObservedInputs(project, picture, std::chrono::system_clock::now()), {}};
  run_tests(project, options, picture, prepared, seen, session);
  prepared.made.executor.reset(); // gives signals back
  std::error_code ignored;
  std::filesystem::remove_all(session.log().path("scratch"), ignored);
  const bool ran = session.record().counts().selected > 0;
  const TreeFiles tree = ran ? read_tree(project) : TreeFiles{};
  digests.look_again();
  CurrentInputs after(inputs, tree);
  keep(picture, inputs, after, prepared.confinement, seen, store, session.record());
  if (ran && leaves_writes(project, options, prepared.planned.plan, picture.catalogue))
    change.known.overtaken =
      overtaken_tests(prepared.planned.plan, picture.catalogue, after, prepared.confinement, store);
  unless_it_cannot("what the tests of this run did is not known to later ones",
                   [&] { keep_conduct(session.record(), store); });
  digests.save();
}

// A named head is what is judged, but the build, the listing of tests and validators may write to the tree, and a test
// may have been given it. Looked for before tests start and again when all of these have ended.
bool look_for_altered(const Project& project, const Options& options, Change& change)
{
  if (options.head.empty()) return false;
  std::vector<std::string> written{options.evidence, options.audit};
  for (const ReportRequest& request : requested_reports(options)) written.push_back(request.file);
  change.known.altered = altered_files(project.repository, change.set.head, written);
  return !change.known.altered.empty();
}

// A verdict without a rule has nothing that anyone would audit.
void audit(const Project& project, const Options& options, const RunRecord& record, const Change& change)
{
  if (!options.audit.empty()) append_to_audit_log(options.audit, record, change);
  else if (!change.policy.rules.empty()) append_to_audit_log(project.state + "/audit.ndjson", record, change);
}

void keep_result(const Change& change, const Catalogue& catalogue, const RunRecord& record, cache::Store& store)
{
  unless_it_cannot("the store does not know what this run came to", [&] {
    store.conclude(record, policy::suite_runs(change.policy, catalogue, change.known.base, record));
  });
}

// Reports the verdict and tells everybody who has to hear of it. If one of them cannot be told, the run is red, and so
// are its log and its reports. Evidence is made before, since that may fail, and put in its place last: nobody looks at
// anything else once it is believed. Returns the exit code.
int conclude(const Project& project, const Options& options, const Change& change, const Verdict& verdict,
             Session& session, const std::function<std::string()>& evidence)
{
  try {
    const int exit_code = session.finish(verdict);
    const std::string bundle = evidence ? evidence() : std::string{};
    audit(project, options, session.record(), change);
    tell_forges(options, change.set, session.record());
    if (!bundle.empty()) put_evidence(project, options, change.set, bundle);
    return exit_code;
  } catch (const std::exception& error) {
    session.revoke(error.what());
    throw;
  }
}

// What lies there now; what was built is remembered to be from the present sources.
Picture picture_after(const Project& project, BuildOutcome build, const Policy& policy, cache::Store& store,
                      cache::FileDigests& digests)
{
  const bool is_taken = build.picture.has_value();
  Picture picture = is_taken ? std::move(*build.picture)
                             : take_picture(project, std::move(build.tree), store, digests, BuildState::current);
  if (!is_taken) BuiltSources(project, picture, store, digests).remember(project, store, build.altered);
  if (!policy.rules.empty()) impact::add_own_sources(picture.build.facts, picture.catalogue);
  require_tests_unhidden(project, picture.catalogue);
  return picture;
}

BuildListener listener_of(Session& session)
{
  return {[&](event::BuildStarted started) { session.emit(std::move(started)); },
          [&](std::string_view) { session.tick(); }};
}

// Refers to all that it is given.
GatherListener gathering_for(const Project& project, const Options& options, Change& change, Session& session)
{
  return {[&] { return look_for_altered(project, options, change); },
          [&](const event::SecondTreeStarted& tree) { session.emit(tree); }};
}

// A gate names its base; without one the change is a single commit, and whoever wrote it may have written the policy.
void tell_missing_base(const Options& options, const ChangeSet& change)
{
  if (!options.base.empty() || options.head.empty()) return;
  write_error(fmt::format("sluice: no --base: {} alone is judged, under the policy of its parent {}\n",
                          change.head.substr(0, 12), change.base.substr(0, 12)));
}

// Whoever asks for what a gate asks for believes that there is one: the file may have another name.
void tell_missing_policy(const Options& options, const Change& change)
{
  const bool gate = !options.evidence.empty() || options.note || !options.records.empty() || !options.post.empty() ||
                    !options.target.empty();
  if (gate && change.policy.source.empty())
    write_error(fmt::format("sluice: no {} at the base {}: nothing was demanded\n", k_policy_file,
                            change.set.base.substr(0, 12)));
}

void tell_what_is_missing(const Options& options, const Change& change)
{
  tell_missing_base(options, change.set);
  tell_missing_policy(options, change);
}

void remember_reports(Project& project, const Options& options, const std::vector<std::string>& reports)
{
  for (const std::string& file : reports) remember_report(project, file);
  if (!options.evidence.empty()) remember_report(project, options.evidence);
}

// Mistakes of the user's that would only show once the run has begun.
void require_sense(const Project& project, const Options& options)
{
  if (!options.filter.empty()) impact::parse_filter(options.filter);
  require_short_quarantines(project.config, seconds_now());
}

// Whoever has git take everything would take what was built, too.
void tell_unignored_build(const Project& project, const Options& options, const TreeFiles& tree)
{
  if (project.build_directory.empty() || console_options(options).style == reports::ConsoleStyle::quiet) return;
  const std::string folder =
    std::filesystem::path(project.build_directory).lexically_relative(project.root).string() + "/";
  const auto seen = tree.left_out.lower_bound(folder);
  if (seen != tree.left_out.end() && seen->starts_with(folder))
    write_error(fmt::format("sluice: git does not ignore {0}, so that `git add` takes what was built: add {0} to "
                            ".gitignore\n",
                            folder));
}

} // namespace

int run_command(const Options& options)
{
  take_memory_in_large_pages();
  const std::vector<std::string> reports = leave_red(requested_reports(options), format_options(options));
  const std::optional<signing::SecretKey> key = evidence_key(options);
  Project project = open_project(options);
  remember_reports(project, options, reports);
  require_sense(project, options);
  if (key) require_clean(project);
  cache::Store store = open_store(project);
  Change change = read_change(project, options, Uncommitted::refused, &store);
  tell_what_is_missing(options, change);
  hold_walls(project, change.set, change.policy);
  import_killed_runs(project, store);
  if (!change.policy.rules.empty()) keep_authorship(project.repository, change.set, change.authorship, store);

  Session session(project, options);
  session.start(options, change.set, jobs_of(project, options));
  if (change.authorship_asked) session.emit(authorship_read(change.set, change.authorship));
  const auto judge = [&](const Catalogue& catalogue) {
    return policy::judge(change.policy, change.authorship, change.set, catalogue, session.record(), change.known);
  };

  cache::FileDigests digests(&store);
  BuildOutcome build = bring_up_to_date(project, options, std::move(change.tree), store, digests, listener_of(session));
  if (build.attempted) session.emit(event::BuildFinished{build.ok, build.exit_code, build.duration, build.output});
  const auto end = [&](const Catalogue& catalogue, const Verdict& verdict,
                       const std::function<std::string()>& evidence) {
    const int exit_code = conclude(project, options, change, verdict, session, evidence);
    keep_result(change, catalogue, session.record(), store);
    return exit_code;
  };
  if (!build.ok) return end({}, judge({}), {});

  const Picture picture = picture_after(project, std::move(build), change.policy, store, digests);
  tell_unignored_build(project, options, picture.tree);
  unless_it_cannot("the next question about what a change affects takes longer",
                   [&] { keep_picture(project, picture, change); });
  CurrentInputs inputs(project, picture, picture.tree, digests);
  gather_records(project, options, change);
  const GatherListener gathering = gathering_for(project, options, change, session);
  gather_before_plan(project, options, picture.catalogue, store, change, gathering);
  if (!change.known.altered.empty() || gathering.altered()) return end({}, judge({}), {});
  Prepared prepared = prepare(project, options, change, picture, inputs, store, session);
  const Planned& planned = prepared.planned;
  for (const std::string& note : planned.leniency.notes) write_error(fmt::format("sluice: {}\n", note));
  session.announce(planned.plan, picture.catalogue);

  run_and_keep(project, options, picture, prepared, inputs, store, digests, session, change);
  if (!session.record().interrupted)
    gather_after_run(project, options, picture, planned, store, change, gathering.second_tree);
  if (change.known.replay.interrupted) session.emit(event::Interrupted{});
  const bool altered = look_for_altered(project, options, change);
  const Verdict verdict = judge(picture.catalogue);
  if (verdict.status == VerdictStatus::passed && !change.policy.suites.empty())
    keep_listing(project, picture.catalogue, change.set, store);
  return end(picture.catalogue, verdict, [&] {
    if (!key || altered) return std::string{};
    return make_evidence(project, change, planned.plan, picture.catalogue, session, *key);
  });
}

} // namespace sluice::cli
