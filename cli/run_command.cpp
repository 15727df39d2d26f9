// sluice run: from a change to its verdict. The stages stand in run_command() in their order.
#include "cli/atomic_file.h"
#include "cli/commands.h"
#include "cli/session.h"
#include "cli/stages.h"
#include "model/error.h"
#include "reports/event_log.h"
#include "runner/run.h"
#include "runner/sandbox/process_executor.h"

#include <algorithm>
#include <fmt/format.h>

#include <filesystem>

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
                               const RunLog& log, int lanes)
{
  runner::RunOptions run;
  run.lanes = lanes;
  run.fail_fast = options.fail_fast;
  run.repeat = options.repeat;
  run.shuffle = options.shuffle;
  run.limits = project.config.run;
  run.environment = picture.environment;
  run.scratch = log.path("scratch");
  run.logs = log.path("logs");
  std::filesystem::create_directories(run.scratch);
  return run;
}

void run_tests(const Project& project, const Options& options, const Picture& picture, const Plan& plan,
               Session& session)
{
  const int lanes = jobs_of(project, options);
  const auto executor = sandbox::make_process_executor();
  const auto clock = sandbox::make_system_clock();
  TickingExecutor ticking(*executor, session);
  const runner::RunOptions run = run_options(project, options, picture, session.log(), lanes);
  runner::run(plan, picture.catalogue, run, ticking, *clock, frameworks::framework_of,
              [&](const RunEvent& event) { session.on_event(event); });
  std::error_code ignored;
  std::filesystem::remove_all(run.scratch, ignored);
}

// A test that ran among files which are not what they were when it was planned proves nothing about either.
bool tree_is_unchanged(const Project& project, const Picture& picture)
{
  const std::vector<git::TreeFile> now = read_tree(project).files;
  const std::vector<git::TreeFile>& then = picture.tree.files;
  return std::equal(now.begin(), now.end(), then.begin(), then.end(),
                    [](const git::TreeFile& a, const git::TreeFile& b) {
                      return a.path == b.path && a.digest == b.digest && a.executable == b.executable;
                    });
}

// With --head the verdict is about commits; what is not committed would be tested with them and judged as if it were.
void require_committed(const Project& project, const Options& options)
{
  if (options.head.empty()) return;
  for (const ChangedPath& path : project.repository.changes({}).paths)
    if (path.kind != ChangeKind::added)
      throw Error(ErrorKind::usage,
                  fmt::format("--head {}, but {} has changes that are not committed", options.head, path.path),
                  "commit or stash them, or leave out --head to judge the working tree");
}

void keep(const Project& project, const Picture& picture, CurrentInputs& inputs, cache::Store& store,
          const RunRecord& record)
{
  const bool unchanged = record.counts().selected == 0 || tree_is_unchanged(project, picture);
  store.record(record, [&](const TestId& id) -> const InputSet* {
    const auto test = picture.catalogue.find(id.value);
    return unchanged && test ? &inputs.of(*test) : nullptr;
  });
}

} // namespace

int run_command(const Options& options)
{
  Project project = open_project(options);
  if (!options.junit.empty()) remember_report(project, options.junit);
  require_committed(project, options);
  const Change change = read_change(project, options);
  cache::Store store = open_store(project);
  import_killed_runs(project, store);

  Session session(project, options);
  session.start(options, change.set, jobs_of(project, options));
  const auto judge = [&](const Catalogue& catalogue) {
    return policy::judge(change.policy, change.authorship, change.set, catalogue, session.record());
  };

  const BuildListener listener{[&](const auto& command, const auto& targets) {
                                 session.emit(event::BuildStarted{command, targets});
                               },
                               [&](std::string_view) { session.tick(); }};
  cache::FileDigests digests(&store);
  BuildOutcome build = bring_up_to_date(project, options, store, digests, listener);
  if (build.attempted) session.emit(event::BuildFinished{build.ok, build.exit_code, build.duration, build.output});
  if (!build.ok) return session.finish(judge({}));

  const Picture picture =
    build.picture ? std::move(*build.picture) : take_picture(project, store, digests, BuildState::current);
  CurrentInputs inputs(project, picture, digests);
  const Planned planned = make_plan(project, options, change, picture, inputs, store, BuildState::current);
  session.announce(planned.plan, picture.catalogue);

  run_tests(project, options, picture, planned.plan, session);
  keep(project, picture, inputs, store, session.record());
  digests.save();
  return session.finish(judge(picture.catalogue));
}

} // namespace sluice::cli
