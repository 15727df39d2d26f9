#include "cli/gate/second_tree.h"

#include "cli/build/altered_files.h"
#include "cli/build/left_files.h"
#include "cli/gate/leniency.h"
#include "cli/wall_clock.h"
#include "cli/walls/held_folder.h"
#include "cli/walls/sandbox.h"
#include "impact/own_sources.h"
#include "model/error.h"
#include "model/run_record.h"
#include "runner/run.h"
#include "runner/sandbox/process_executor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

namespace sluice::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_told_output = 2'000; // bytes of a build's words in the rule that asked for it

// For a rule to cite: ends of lines as blanks.
std::string in_one_line(std::string text)
{
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  std::erase(text, '\r');
  return text;
}

class SecondTree {
public:
  SecondTree(const Project& project, const std::string& commit, const char* purpose, const git::PutBack& put_back = {})
    : held_(project.state, purpose), places_(project.state, k_second_trees[2]),
      checked_out_(project.repository.check_out_to(held_.path(), commit, put_back))
  {
  }

  const std::string& folder() const { return held_.path(); }
  const std::string& places() const { return places_.path(); }

  // What filters of the clone's own configuration would have written lies here as git stores it.
  void require_filters_of(const git::Repository& other) const
  {
    if (const std::string found = git::Repository::open(folder()).without_filter_of(other); !found.empty())
      throw Error(ErrorKind::world,
                  fmt::format("{}, which only this clone's configuration knows, so that a second tree "
                              "has what git stores instead: configure it for the account (git config "
                              "--global)",
                              found));
  }

  // A build may write to its tree: also to the files that were put back.
  void require_unaltered() const
  {
    const git::Repository repository = git::Repository::open(folder());
    if (!fs::equivalent(repository.root(), folder())) throw Error(ErrorKind::world, "the build has removed it");
    const std::vector<std::string> altered = altered_files(repository, checked_out_);
    if (!altered.empty()) throw Error(ErrorKind::world, fmt::format("the build has changed {}", altered.front()));
  }

private:
  HeldFolder held_, places_;
  std::string checked_out_; // commit
};

// The end of what a build printed, where compilers and linkers say what is wrong, in one line.
std::string end_of(const std::string& output)
{
  const bool cut = output.size() > k_told_output;
  return (cut ? "... " : "") + in_one_line(output.substr(cut ? output.size() - k_told_output : 0));
}

struct Built {
  Project project;
  Picture picture;
};

// Throws Error where the tree cannot be looked at, Error{world} where it does not build.
Built build_tree(const SecondTree& tree, const Options& options, const std::vector<std::string>& secrets)
{
  Options own;
  own.directory = tree.folder();
  own.jobs = options.jobs;
  own.observe = false; // nothing is remembered beyond this tree, so that nobody needs to know what its listing rests on
  Project project = open_project(own);
  project.secrets = secrets; // the code of the change runs here, too
  project.own_places = tree.places();
  cache::Store store = cache::Store::open(project.state);
  cache::FileDigests digests(&store);
  const BuildListener silent{[](const event::BuildStarted&) {}, [](std::string_view) {}};
  BuildOutcome build = bring_up_to_date(project, own, read_tree(project), store, digests, silent);
  if (!build.ok)
    throw Error(ErrorKind::world, fmt::format("it does not build: {} ended with exit code {}: {}",
                                              build.targets.empty() ? "configuring or building everything"
                                                                    : fmt::format("{}", fmt::join(build.targets, " ")),
                                              build.exit_code, end_of(build.output)));
  Picture picture = build.picture ? std::move(*build.picture)
                                  : take_picture(project, read_tree(project), store, digests, BuildState::current);
  impact::add_own_sources(picture.build.facts, picture.catalogue);
  return {std::move(project), std::move(picture)};
}

Plan plan_for(const Catalogue& catalogue, const std::vector<std::string>& tests, const Leniency& leniency)
{
  Plan plan;
  for (std::size_t i = 0; i < catalogue.tests.size(); ++i) {
    const TestCase& test = catalogue.tests[i];
    const bool wanted = std::find(tests.begin(), tests.end(), test.id.value) != tests.end() && test.disabled.empty();
    Decision decision = Skip{SkipCause::filtered, "not of the suite"};
    if (wanted) decision = Run{RunCause::required, "base_tests", {}};
    plan.entries.push_back({static_cast<TestIndex>(i), std::move(decision), {}});
    if (!leniency.quarantine.empty()) plan.entries.back().quarantine = leniency.quarantine[i];
  }
  return plan;
}

// A build makes what it likes of its own folder; among the files of the tree it could write what says how tests are
// run.
void require_nothing_left(const Built& built, const Change& change)
{
  const std::vector<git::TreeFile>& files = built.picture.tree.files;
  remove_left_bytecode(built.project, files);
  const std::vector<std::string> left =
    left_to_direct_tests(built.project, files, change.policy,
                         {policy::TestFiles(built.picture.catalogue), policy::TestFiles(change.known.base)});
  if (left.empty()) return;
  throw Error(ErrorKind::world, fmt::format("the build has left {} among the files of the tree, and tests could be run "
                                            "by it otherwise: have it written to the build folder",
                                            left.front()));
}

RunRecord run_plan(const Built& built, const Options& options, const Plan& plan, int retries)
{
  runner::RunOptions run;
  run.retries = retries;
  run.lanes = jobs_of(built.project, options);
  run.limits = built.project.config.run;
  run.environment = built.picture.environment;
  run.scratch = built.project.state + "/replay/scratch";
  run.logs = built.project.state + "/replay/logs";
  fs::create_directories(run.scratch);
  fs::create_directories(run.logs);
  RunRecordFold fold;
  const auto now = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  for (const PlanEntry& entry : plan.entries) {
    event::TestPlanned planned;
    planned.test = built.picture.catalogue.test(entry.test).id;
    planned.decision = entry.decision;
    planned.quarantine = entry.quarantine;
    fold.add({now, std::move(planned)});
  }
  const auto executor =
    make_executor(built.project, options, built.picture.environment, run.scratch, FastPaths::no).executor;
  const auto clock = sandbox::make_system_clock();
  runner::run(plan, built.picture.catalogue, run, *executor, *clock, frameworks::framework_of,
              [&](const RunEvent& event) { fold.add(event); });
  return fold.take();
}

} // namespace

std::vector<policy::ListedTest> listed(const Catalogue& catalogue)
{
  std::vector<policy::ListedTest> tests;
  tests.reserve(catalogue.tests.size());
  for (const TestCase& test : catalogue.tests) {
    const Program& program = catalogue.program_of(test);
    std::vector<std::string> files = program.files;
    if (!program.own_source.empty()) files.push_back(program.own_source);
    tests.push_back({test.id.value, test.file, program.name, test.labels, std::move(files)});
  }
  return tests;
}

policy::BaseListing list_tests(const Project& project, const Options& options, const std::string& commit)
{
  policy::BaseListing listing;
  try {
    const SecondTree tree(project, commit, k_second_trees[0]);
    const Built built = build_tree(tree, options, project.secrets);
    if (!built.picture.not_built.empty())
      throw Error(ErrorKind::world, fmt::format("{} was not built", built.picture.not_built.front()));
    listing.tests = listed(built.picture.catalogue);
    listing.state = policy::Known::known;
  } catch (const Error& error) { // a base that cannot be looked at is an answer: nothing is known
    listing.state = policy::Known::unknown;
    listing.why = fmt::format("the tree of {}: {}", commit.substr(0, 12), error.what());
  }
  return listing;
}

policy::BaseReplay replay(const Project& project, const Options& options, const Change& change,
                          const std::vector<std::string>& files, const std::vector<std::string>& tests)
{
  policy::BaseReplay replay;
  replay.files = files;
  try {
    const SecondTree tree(project, change.set.head, k_second_trees[1], {change.set.merge_base, files});
    tree.require_filters_of(project.repository);
    const Built built = build_tree(tree, options, project.secrets);
    tree.require_unaltered();
    require_nothing_left(built, change);
    // What may excuse a test of the change's suite may excuse it here; whether it does, its rule says.
    const Leniency leniency = leniency_of(project, options, change.set, built.picture.catalogue, seconds_now());
    const Plan plan = plan_for(built.picture.catalogue, tests, leniency);
    const RunRecord record = run_plan(built, options, plan, leniency.retries);
    for (const TestRecord& test : record.tests) {
      if (!test.selected()) continue;
      std::string output;
      if (!test.attempts.empty())
        output = in_one_line(test.attempts.front().result.message + "\n" + test.attempts.front().result.output);
      replay.tests.push_back({test.planned.test.value, test.outcome(), output, test.standing()});
    }
    replay.state = record.interrupted ? policy::Known::unknown : policy::Known::known;
    replay.interrupted = record.interrupted;
  } catch (const Error& error) {
    replay.state = policy::Known::unknown;
    replay.why = fmt::format("the tree with the base's tests: {}", error.what());
  }
  return replay;
}

} // namespace sluice::cli
