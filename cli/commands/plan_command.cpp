// sluice plan, why and why-not: what a run would do and the reasons, without doing it. Nothing is built or run here, so
// a test whose program is out of date is planned to run because of what made it so.
#include "adapters/build/build.h"
#include "cache/proof_inputs.h"
#include "cli/build/built_sources.h"
#include "cli/build/tree_since_build.h"
#include "cli/commands/commands.h"
#include "cli/records/atomic_file.h"
#include "cli/stages.h"
#include "cli/terminal.h"
#include "cli/walls/confinement.h"
#include "cli/walls/held_walls.h"
#include "impact/own_sources.h"
#include "impact/select.h"
#include "model/error.h"
#include "reports/event_log.h"
#include "reports/phrases.h"
#include "reports/plan_report.h"
#include "reports/proof_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace sluice::cli {

namespace {

constexpr std::string_view k_configured_again = "; the project is configured again before it is built";

struct Preview {
  Change change;
  Picture picture;
  Plan plan;
  cache::Store store;
  std::string root;
};

// Of a file that no test uses a run may still ask what it does to the build.
void tell_configuring(const Project& project, const Picture& picture, const cache::Store& store,
                      cache::FileDigests& digests, Plan& plan)
{
  const TreeSinceBuild since(project, picture.tree, store, digests);
  const std::vector<std::string> seen = seen_by_configuring(since, picture);
  for (Dismissal& dismissal : plan.dismissed)
    if (dismissal.reason == impact::k_used_by_none && std::binary_search(seen.begin(), seen.end(), dismissal.path))
      dismissal.reason += k_configured_again;
}

Preview preview(const Options& options)
{
  Project project = open_project(options);
  if (!project.build_directory.empty()) build::require_own_folder(project.root, project.build_directory);
  cache::Store store = open_store(project);
  Change change = read_change(project, options, Uncommitted::allowed, &store);
  hold_walls(project, change.set, change.policy);
  cache::FileDigests digests(&store);
  Picture picture = take_picture(project, std::move(change.tree), store, digests, BuildState::unknown);
  if (!change.policy.rules.empty()) impact::add_own_sources(picture.build.facts, picture.catalogue);
  picture.rewritten = BuiltSources(project, picture, store, digests).backdated();
  CurrentInputs inputs(project, picture, picture.tree, digests);
  const Confinement confinement =
    confinement_of(project, options, picture.environment, fast_paths_of(project, change), store);
  Planned planned = make_plan(project, options, change, picture, inputs, store, BuildState::unknown, confinement);
  if (project.config.build && options.build) tell_configuring(project, picture, store, digests, planned.plan);
  digests.save();
  return {std::move(change), std::move(picture), std::move(planned.plan), std::move(store), project.root};
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

// A changed file's part in the plan: the tests that it reaches, or why it does not matter. `used`: proofs rest on it,
// so that it may matter although no plan entry names it.
std::string explain_file(const Preview& preview, const std::string& file, bool used)
{
  for (const Dismissal& dismissal : preview.plan.dismissed)
    if (dismissal.path == file && !(used && dismissal.reason.starts_with(impact::k_used_by_none)))
      return fmt::format("{} cannot matter: {}\n", file, dismissal.reason);
  std::string text;
  for (const Escalation& escalation : preview.plan.escalations)
    if (escalation.subject == file)
      text += fmt::format("{}: {}, so every test may be affected\n  {}\n", file, to_string(escalation.cause),
                          escalation.mend);
  std::size_t reached = 0;
  for (const PlanEntry& entry : preview.plan.entries) {
    const Run* run = std::get_if<Run>(&entry.decision);
    if (!run || run->path.empty()) continue;
    const ReasonStep& first = run->path.front(); // a folder that the file came to or left
    const bool listed = first.via == impact::k_was_listed && file.starts_with(first.name + "/") &&
                        file.find('/', first.name.size() + 1) == std::string::npos;
    if (first.name != file && !listed) continue;
    ++reached;
    text += reports::explain(entry, preview.plan, preview.picture.catalogue);
  }
  if (text.empty() && !used) text = fmt::format("{} reaches no test that has to run\n", file);
  else if (reached) text += reports::counted(reached, "test") + "\n";
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

// What the proof rests on by which the test is reused; of one that runs its newest, if it has any.
std::optional<InputSet> inputs_of(const Preview& preview, const PlanEntry& entry)
{
  const Reuse* reuse = std::get_if<Reuse>(&entry.decision);
  return cache::inputs_of_proof(preview.store, preview.picture.catalogue.test(entry.test).id.value,
                                reuse ? std::optional(reuse->proof.inputs) : std::nullopt);
}

// Of a test that runs because it failed: the changed files that it was seen to use, which may be why it did.
std::string changed_uses(const Preview& preview, const PlanEntry& entry)
{
  const Run* run = std::get_if<Run>(&entry.decision);
  if (!run || run->cause != RunCause::last_failed) return {};
  std::vector<std::string> changed;
  for (const ChangedPath& path : preview.change.set.paths) changed.push_back(path.path);
  std::set<std::string> used;
  for (const cache::ProofUse& use : cache::uses_of(preview.store, changed))
    if (use.test == preview.picture.catalogue.test(entry.test).id.value)
      used.insert(use.input.name.substr(0, use.input.name.find('\n'))); // of a listing: the folder
  std::string text;
  for (const std::string& path : changed)
    if (used.contains(path)) text += fmt::format("  {} has changed, and its last pass used it\n", path);
  return text;
}

// The plan's word on one test, and what its proof rests on.
void explain_test(const Options& options, const Preview& preview, const PlanEntry& entry)
{
  const std::optional<InputSet> inputs = inputs_of(preview, entry);
  if (options.json)
    return write_bytes(reports::why_json(preview.picture.catalogue.test(entry.test).id.value, entry.decision, inputs));
  std::string text = reports::explain(entry, preview.plan, preview.picture.catalogue) + changed_uses(preview, entry);
  if (inputs) {
    if (!std::holds_alternative<Reuse>(entry.decision)) text += "\nits last pass\n";
    text += reports::inputs_text(*inputs, options.verbose ? reports::Shown::all : reports::Shown::first);
  }
  write_out(text);
}

// As proofs name it: relative to the root if it lies there.
std::string name_in_proofs(const Preview& preview, const std::string& file)
{
  const std::string path = std::filesystem::path(file).lexically_normal().string();
  const std::string folder = preview.root + "/";
  const std::string name = path.starts_with(folder) ? path.substr(folder.size()) : path;
  return name.size() > 1 && name.ends_with('/') ? name.substr(0, name.size() - 1) : name;
}

// Tests of which the proofs say that they used it.
std::vector<reports::FileUse> uses_of(const Preview& preview, const std::string& file)
{
  std::vector<reports::FileUse> uses;
  for (cache::ProofUse& use : cache::uses_of(preview.store, {file}))
    if (preview.picture.catalogue.find(use.test)) uses.push_back({std::move(use.test), std::move(use.input)});
  return uses;
}

void tell_uses(const Options& options, const std::string& file, const std::vector<reports::FileUse>& uses)
{
  const reports::Shown which = options.verbose ? reports::Shown::all : reports::Shown::first;
  write_answer(options,
               options.json ? reports::file_uses_json(file, uses) : reports::file_uses_text(file, uses, which));
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
  if (options.json) write_bytes(reports::plan_json(made.plan, made.picture.catalogue, change));
  else write_out(reports::plan_text(made.plan, made.picture.catalogue, change, options.verbose));
  return made.picture.catalogue.tests.empty() ? static_cast<int>(ExitCode::nothing) : 0;
}

int why_command(const Options& options)
{
  const Preview made = preview(options);
  const bool is_test = made.picture.catalogue.find(options.subject).has_value();
  const std::string file = name_in_proofs(made, options.subject);
  const bool changed = is_changed(made.change.set, file);
  const std::vector<reports::FileUse> uses = is_test ? std::vector<reports::FileUse>{} : uses_of(made, file);
  if (changed || !uses.empty()) {
    if (changed && !options.json) write_out(explain_file(made, file, !uses.empty()));
    tell_uses(options, file, uses);
    return 0;
  }
  if (!is_test && std::filesystem::exists(made.root + "/" + file)) {
    tell_uses(options, file, uses);
    return 0;
  }
  const PlanEntry& entry = entry_of(made, options.subject);
  explain_test(options, made, entry);
  if (!options.json) write_out(explain_earlier_run(options, made, entry));
  return 0;
}

int why_not_command(const Options& options)
{
  const Preview made = preview(options);
  explain_test(options, made, entry_of(made, options.subject));
  return 0;
}

} // namespace sluice::cli
