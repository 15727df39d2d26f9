// sluice plan, why and why-not: what a run would do and the reasons, without doing it. Nothing is built or run here, so
// a test whose program is out of date is planned to run because of what made it so.
#include "adapters/build/build.h"
#include "cli/atomic_file.h"
#include "cli/built_sources.h"
#include "cli/commands.h"
#include "cli/stages.h"
#include "cli/terminal.h"
#include "model/error.h"
#include "reports/event_log.h"
#include "reports/plan_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace sluice::cli {

namespace {

struct Preview {
  Change change;
  Picture picture;
  Plan plan;
};

Preview preview(const Options& options)
{
  const Project project = open_project(options);
  if (!project.build_directory.empty()) build::require_own_folder(project.root, project.build_directory);
  cache::Store store = open_store(project);
  Change change = read_change(project, options, Uncommitted::allowed, &store);
  cache::FileDigests digests(&store);
  Picture picture = take_picture(project, std::move(change.tree), store, digests, BuildState::unknown);
  picture.rewritten = BuiltSources(project, picture, store, digests).backdated();
  CurrentInputs inputs(project, picture, picture.tree, digests);
  Planned planned = make_plan(project, options, change, picture, inputs, store, BuildState::unknown);
  digests.save();
  return {std::move(change), std::move(picture), std::move(planned.plan)};
}

std::vector<std::string> ids_containing(const Catalogue& catalogue, const std::string& word)
{
  std::vector<std::string> ids;
  for (const TestCase& test : catalogue.tests)
    if (test.id.value.find(word) != std::string::npos) ids.push_back(test.id.value);
  return ids;
}

[[noreturn]] void fail_unknown_test(const Catalogue& catalogue, const std::string& name)
{
  const std::vector<std::string> close = ids_containing(catalogue, name);
  if (close.empty())
    throw Error(ErrorKind::usage, fmt::format("there is no test \"{}\"", name), "list them: sluice plan --verbose");
  throw Error(ErrorKind::usage, fmt::format("there is no test \"{}\"", name),
              fmt::format("{} {} it, the first is {}", close.size(), close.size() == 1 ? "id contains" : "ids contain",
                          close.front()));
}

// Throws Error{usage} when there is no such test.
const PlanEntry& entry_of(const Preview& preview, const std::string& test)
{
  const auto found = preview.picture.catalogue.find(test);
  if (!found) fail_unknown_test(preview.picture.catalogue, test);
  return preview.plan.entries[static_cast<std::size_t>(*found)];
}

// A changed file's part in the plan: the tests that it reaches, or why it does not matter.
std::string explain_file(const Preview& preview, const std::string& file)
{
  for (const Dismissal& dismissal : preview.plan.dismissed)
    if (dismissal.path == file) return fmt::format("{} cannot matter: {}\n", file, dismissal.reason);
  std::string text;
  for (const Escalation& escalation : preview.plan.escalations)
    if (escalation.subject == file)
      text += fmt::format("{}: {}, so every test may be affected\n  {}\n", file, to_string(escalation.cause),
                          escalation.mend);
  std::size_t reached = 0;
  for (const PlanEntry& entry : preview.plan.entries) {
    const Run* run = std::get_if<Run>(&entry.decision);
    if (!run || run->path.empty() || run->path.front().name != file) continue;
    ++reached;
    text += reports::explain(entry, preview.plan, preview.picture.catalogue);
  }
  if (text.empty()) text = fmt::format("{} reaches no test that has to run\n", file);
  else if (reached) text += fmt::format("{} tests\n", reached);
  return text;
}

// Why the test ran in the run that made its proof, as that run's log has it; empty if the log is gone.
std::string explain_earlier_run(const Options& options, const Preview& preview, const PlanEntry& entry)
{
  const Reuse* reuse = std::get_if<Reuse>(&entry.decision);
  if (!reuse) return {};
  const std::string state = git::Repository::open(options.directory).root() + "/.sluice";
  const std::string path = fmt::format("{}/runs/{}/events.ndjson", state, reuse->proof.run);
  if (!std::filesystem::exists(path)) return {};
  const RunRecord record = reports::read_log(read_file(path, "the run's log"));
  const TestId& id = preview.picture.catalogue.test(entry.test).id;
  for (const TestRecord& test : record.tests)
    if (test.planned.test == id && test.selected())
      return fmt::format(
        "\nin run {}: {}", reuse->proof.run,
        reports::explain({entry.test, test.planned.decision, {}}, preview.plan, preview.picture.catalogue));
  return {};
}

bool is_changed(const ChangeSet& change, const std::string& file)
{
  return std::any_of(change.paths.begin(), change.paths.end(),
                     [&](const ChangedPath& path) { return path.path == file || path.old_path == file; });
}

} // namespace

int plan_command(const Options& options)
{
  const Preview made = preview(options);
  const ChangeSet& change = made.change.set;
  if (options.json) write_out(reports::plan_json(made.plan, made.picture.catalogue, change));
  else write_out(reports::plan_text(made.plan, made.picture.catalogue, change, options.verbose));
  return made.picture.catalogue.tests.empty() ? static_cast<int>(ExitCode::nothing) : 0;
}

int why_command(const Options& options)
{
  const Preview made = preview(options);
  if (is_changed(made.change.set, options.subject)) {
    write_out(explain_file(made, options.subject));
    return 0;
  }
  const PlanEntry& entry = entry_of(made, options.subject);
  write_out(reports::explain(entry, made.plan, made.picture.catalogue));
  write_out(explain_earlier_run(options, made, entry));
  return 0;
}

int why_not_command(const Options& options)
{
  const Preview made = preview(options);
  write_out(reports::explain(entry_of(made, options.subject), made.plan, made.picture.catalogue));
  return 0;
}

} // namespace sluice::cli
