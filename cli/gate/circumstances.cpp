#include "cli/gate/circumstances.h"

#include "adapters/config/toml.h"
#include "adapters/process/command.h"
#include "cli/gate/base_listing.h"
#include "cli/gate/base_policy.h"
#include "cli/gate/change_reach.h"
#include "cli/gate/second_tree.h"
#include "cli/walls/command_walls.h"
#include "model/error.h"
#include "policy/conditions.h"
#include "policy/file_kinds.h"
#include "policy/rules.h"
#include "policy/test_direction.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace sluice::cli {

namespace {

constexpr std::chrono::milliseconds k_validator_time{60'000};
constexpr std::size_t k_validator_output = std::size_t{1} << 20;

// By what the change says: on disk a link that leads nowhere looks like nothing at all.
bool is_deleted(const ChangeSet& change, const std::string& file)
{
  return std::none_of(change.paths.begin(), change.paths.end(),
                      [&](const ChangedPath& path) { return path.path == file && path.kind != ChangeKind::deleted; });
}

// With "./", so that a file named "-x" is no option.
std::string with_file(std::string word, const std::string& file)
{
  constexpr std::string_view k_place = "{file}";
  const std::string name = "./" + file;
  for (std::size_t at = 0; (at = word.find(k_place, at)) != std::string::npos; at += name.size())
    word.replace(at, k_place.size(), name);
  return word;
}

policy::ValidatorRun validate(const Project& project, const Validator& validator, const ChangeSet& change,
                              const std::string& file)
{
  policy::ValidatorRun run{validator.name, file, 0, "deleted"};
  if (is_deleted(change, file)) return run;
  std::error_code failed;
  const auto status = std::filesystem::symlink_status(project.root + "/" + file, failed);
  if (status.type() != std::filesystem::file_type::regular) {
    run.exit_code = 1;
    run.output =
      std::filesystem::is_symlink(status) ? "a link: where it leads is not of the change" : "no regular file";
    return run;
  }
  process::CommandLine command;
  for (const std::string& word : validator.command) command.arguments.push_back(with_file(word, file));
  command.own = true; // its word counts: it may not be a program that the change has brought
  command.wrapper = command_wrapper(project);
  command.working_directory = project.root;
  command.time_limit = k_validator_time;
  command.merge_errors = true;
  command.most_output = k_validator_output;
  try {
    const process::CommandResult result = process::run_command(command);
    run.exit_code = result.timed_out ? 124 : result.exit_code;
    run.output = result.output;
  } catch (const Error& error) { // a validator that is not there has validated nothing
    run.exit_code = 127;
    run.output = error.what();
  }
  return run;
}

std::vector<const Rule*> applying(const Catalogue& catalogue, const Change& change)
{
  std::vector<const Rule*> rules;
  for (const Rule& rule : change.policy.rules)
    if (application_of(rule, change.policy, change.authorship, change.set, catalogue, change.known).applies)
      rules.push_back(&rule);
  return rules;
}

// What a file that directs tests in part says of them; absent: it cannot be read.
std::optional<std::string> directing_part(policy::TestDirection direction, const std::string& text)
{
  switch (direction) {
  case policy::TestDirection::none:
  case policy::TestDirection::whole:
    return std::nullopt;
  case policy::TestDirection::pyproject_toml:
    try {
      return policy::directing_part_of_pyproject(config::parse_toml(text, "pyproject.toml"));
    } catch (const Error&) {
      return std::nullopt;
    }
  case policy::TestDirection::setup_cfg:
    return policy::directing_part_of_setup_cfg(text);
  case policy::TestDirection::package_json:
    return policy::directing_part_of_package_json(text);
  }
  return std::nullopt;
}

// Whether the change has other tests run, or tests run otherwise, by this file. A file that is not there says nothing
// of tests.
bool redirects_tests(const Project& project, const ChangeSet& change, const std::string& path)
{
  if (policy::is_metadata_of_package(path)) return true;
  const policy::TestDirection direction = policy::direction_of(path);
  if (direction == policy::TestDirection::none || direction == policy::TestDirection::whole)
    return direction == policy::TestDirection::whole;
  const std::string empty = direction == policy::TestDirection::package_json ? "{}" : "";
  const auto part_at = [&](const std::string& commit) {
    return directing_part(direction, project.repository.read(commit, path).value_or(empty));
  };
  const auto now = part_at(change.head);
  std::vector<std::string> bases{change.merge_base};
  bases.insert(bases.end(), change.other_merge_bases.begin(), change.other_merge_bases.end());
  return std::any_of(bases.begin(), bases.end(), [&](const std::string& base) {
    const auto before = part_at(base);
    return !before || !now || *before != *now;
  });
}

// The files of a suite that the change touched: the sources of its tests as the listings know them, the scripts that
// are its programs, what is a test by its name, and what says how tests are run.
std::vector<std::string> suite_files(const Project& project, const Catalogue& catalogue, const Change& change,
                                     const std::vector<policy::SuiteMembers>& suites)
{
  std::set<std::string> members, known;
  for (const policy::SuiteMembers& suite : suites) {
    members.insert(suite.base.begin(), suite.base.end());
    for (const TestIndex index : suite.tests) members.insert(catalogue.test(index).id.value);
  }
  for (const policy::ListedTest& test : change.known.base.tests)
    if (members.contains(test.id)) {
      known.insert(test.file);
      known.insert(test.files.begin(), test.files.end());
    }
  for (const TestCase& test : catalogue.tests) {
    if (!members.contains(test.id.value)) continue;
    known.insert(test.file);
    const Program& program = catalogue.program_of(test);
    known.insert(program.own_source);
    known.insert(program.files.begin(), program.files.end());
  }
  const policy::TestFiles now(catalogue), then(change.known.base);
  const auto is_test = [&](const std::string& name) {
    return known.contains(name) || policy::is_kind(name, FileKind::test, change.policy, now) ||
           policy::is_kind(name, FileKind::test, change.policy, then);
  };
  std::vector<std::string> files;
  for (const ChangedPath& path : change.set.paths)
    for (const std::string& name : {path.path, path.old_path})
      if (!name.empty() && (is_test(name) || redirects_tests(project, change.set, name))) files.push_back(name);
  return files;
}

// Why it cannot be said what these files were at the base; empty: it can.
std::string unclear_base(const Project& project, const ChangeSet& change, const std::vector<std::string>& files)
{
  for (const std::string& other : change.other_merge_bases) {
    const auto differences = project.repository.changes_between(change.merge_base, other);
    if (!differences) return "the change has several merge bases, and not all of them are here";
    for (const ChangedPath& path : *differences)
      for (const std::string& name : {path.path, path.old_path})
        if (std::find(files.begin(), files.end(), name) != files.end())
          return fmt::format("the change has several merge bases, and they differ in {}: merge the base into the "
                             "change, or rebase onto it",
                             name);
  }
  return {};
}

// A new source needs the new CMakeLists.txt: such files stay as the change has them, and the verdict names them.
std::vector<std::string> left_as_changed(const Change& change, const std::vector<std::string>& put_back)
{
  const policy::TestFiles none;
  std::vector<std::string> left;
  for (const ChangedPath& path : change.set.paths)
    for (const std::string& name : {path.path, path.old_path}) {
      if (name.empty() || std::find(put_back.begin(), put_back.end(), name) != put_back.end()) continue;
      if (policy::is_kind(name, FileKind::build, change.policy, none) ||
          policy::is_kind(name, FileKind::configuration, change.policy, none))
        left.push_back(name);
    }
  return left;
}

bool asks_for_reach(const Rule& rule)
{
  return rule.blast_radius.has_value() || rule.unreached;
}

// Pipelines decide by it how carefully a change is rolled out.
bool is_told_the_risk(const Options& options)
{
  return std::find(options.post.begin(), options.post.end(), "harness") != options.post.end();
}

} // namespace

void gather_before_plan(const Project& project, const Options& options, const Catalogue& catalogue, cache::Store& store,
                        Change& change, const GatherListener& listener)
{
  const Listings listings{project, options, store, listener.second_tree};
  // First of all: whether a rule applies may rest on it. Until it is known such a rule counts as one that does.
  const std::vector<const Rule*> perhaps = applying(catalogue, change);
  if (is_told_the_risk(options) || std::any_of(perhaps.begin(), perhaps.end(), [](const Rule* rule) {
        return !rule->suites.empty() || policy::looks_at_base(*rule);
      }))
    change.known.base = listing_of_base(listings, catalogue, change.set);
  if (change.known.base.state == policy::Known::known)
    change.known.base.gained = gained_suites(listings, catalogue, perhaps, change);
  std::set<std::string> validators;
  for (const Rule* rule : applying(catalogue, change))
    validators.insert(rule->validators.begin(), rule->validators.end());
  for (const Validator& validator : change.policy.validators) {
    if (!validators.contains(validator.name)) continue;
    const std::vector<std::string> files = policy::changed_paths(change.set, validator.paths);
    // A build may have mended the file that it is to judge, for another validator, of the tree, to bend it back.
    if (!files.empty() && listener.altered()) return;
    for (const std::string& file : files)
      change.known.validators.push_back(validate(project, validator, change.set, file));
  }
}

void gather_after_run(const Project& project, const Options& options, const Picture& picture, const Planned& planned,
                      const cache::Store& store, Change& change, const SecondTreeListener& listener)
{
  const Catalogue& catalogue = picture.catalogue;
  if (is_told_the_risk(options) || std::any_of(change.policy.rules.begin(), change.policy.rules.end(), asks_for_reach))
    gather_reach(project, picture, planned, store, change);

  const auto suites = policy::members_of(change.policy, catalogue, change.known.base);
  std::vector<policy::SuiteMembers> required;
  for (const Rule* rule : applying(catalogue, change))
    if (rule->base_tests)
      for (policy::SuiteMembers& suite : policy::required_suites(*rule, suites)) required.push_back(std::move(suite));
  if (required.empty()) return;
  std::vector<std::string> tests;
  for (const policy::SuiteMembers& suite : required) tests.insert(tests.end(), suite.base.begin(), suite.base.end());
  if (change.set.head.empty() || change.set.includes_working_tree) {
    change.known.replay.state = policy::Known::unknown;
    change.known.replay.why = "what is not committed cannot be put beside the base's tests (use --head)";
    return;
  }
  const std::vector<std::string> files = suite_files(project, catalogue, change, required);
  if (std::string why = unclear_base(project, change.set, files); !why.empty()) {
    change.known.replay.state = policy::Known::unknown;
    change.known.replay.why = std::move(why);
    return;
  }
  listener({change.set.head, true});
  change.known.replay = replay(project, options, change, files, tests);
  change.known.replay.left = left_as_changed(change, change.known.replay.files);
}

} // namespace sluice::cli
