// sluice policy check | explain | test | init: the policy file for those who write it.
#include "adapters/config/toml.h"
#include "adapters/process/own_programs.h"
#include "adapters/signing/ssh_key.h"
#include "cli/commands/commands.h"
#include "cli/commands/policy_templates.h"
#include "cli/gate/authorship_sources.h"
#include "cli/gate/base_policy.h"
#include "cli/gate/circumstances.h"
#include "cli/records/atomic_file.h"
#include "cli/terminal.h"
#include "cli/walls/held_walls.h"
#include "impact/filter.h"
#include "impact/own_sources.h"
#include "model/error.h"
#include "model/glob.h"
#include "policy/conduct_demands.h"
#include "policy/file_kinds.h"
#include "policy/idle_globs.h"
#include "policy/message_text.h"
#include "policy/people.h"
#include "policy/policy_file.h"
#include "policy/policy_tests.h"
#include "policy/rules.h"
#include "reports/phrases.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>

namespace sluice::cli {

namespace {

constexpr const char* k_tests_file = "sluice.policy.test.toml";

Policy policy_on_disk(const std::string& file)
{
  const std::filesystem::file_status status = std::filesystem::symlink_status(file);
  if (!std::filesystem::exists(status))
    throw Error(ErrorKind::usage, fmt::format("there is no {}", file), "make one: sluice policy init");
  if (!std::filesystem::is_regular_file(status))
    throw Error(
      ErrorKind::configuration,
      fmt::format("{} is {}", file, std::filesystem::is_symlink(status) ? "a symbolic link" : "no regular file"),
      "the file itself must have this name: at the base of a change nothing is read through links");
  return policy::read_policy(config::parse_toml(read_small_file(file, file).value_or(""), file), file, file);
}

std::string file_or(const Options& options, const char* name)
{
  return options.subject.empty() ? git::Repository::open(options.directory).root() + "/" + name : options.subject;
}

constexpr int k_whole_file = 0; // in place of a line

// Errors: what the file says cannot be as it was meant. Hints: it works, and could be better.
class Findings {
public:
  explicit Findings(std::string file) : file_(std::move(file)) {}

  void error(int line, const std::string& what) { add("error", line, what), ++errors_; }
  void hint(int line, const std::string& what) { add("hint", line, what), ++hints_; }
  std::size_t errors() const { return errors_; }
  std::size_t hints() const { return hints_; }
  const std::string& text() const { return text_; }

private:
  void add(const char* grade, int line, const std::string& what)
  {
    const std::string place = line == k_whole_file ? file_ : fmt::format("{}:{}", file_, line);
    text_ += fmt::format("{}: {}: {}\n", place, grade, what);
  }

  std::string file_, text_;
  std::size_t errors_ = 0, hints_ = 0;
};

bool any_file_matches(const std::vector<git::TreeFile>& files, const std::function<bool(const std::string&)>& matches)
{
  return std::any_of(files.begin(), files.end(), [&](const git::TreeFile& file) { return matches(file.path); });
}

// A rule that no change to the present tree can set off.
void check_rule(const Rule& rule, const Policy& policy, const std::vector<git::TreeFile>& files,
                const Catalogue& catalogue, Findings& findings)
{
  const auto in_paths = [&](const std::string& path) { return rule.paths.empty() || first_match(rule.paths, path); };
  const auto in_tiers = [&](const std::string& path) {
    return rule.tiers.empty() || std::any_of(policy.tiers.begin(), policy.tiers.end(), [&](const Tier& tier) {
             return std::find(rule.tiers.begin(), rule.tiers.end(), tier.name) != rule.tiers.end() &&
                    first_match(tier.paths, path);
           });
  };
  const policy::TestFiles tests(catalogue);
  const auto of_kinds = [&](const std::string& path) {
    return rule.kinds.empty() || std::any_of(rule.kinds.begin(), rule.kinds.end(),
                                             [&](FileKind kind) { return policy::is_kind(path, kind, policy, tests); });
  };
  const auto fits = [&](const auto& test) { return any_file_matches(files, test); };
  // Conditions on paths are independent of each other: each may be met by another file.
  if ((!rule.paths.empty() && !fits(in_paths)) || (!rule.tiers.empty() && !fits(in_tiers)))
    findings.error(rule.line, fmt::format("rule \"{}\" cannot be reached: no file meets its conditions", rule.name));
  else if (!rule.kinds.empty() && !fits(of_kinds))
    findings.hint(rule.line, fmt::format("rule \"{}\" is not reached yet: no file is of its kinds", rule.name));
}

// A key of somebody's own has names that are spelled out; of an authority's certificates the file has patterns.
bool may_be(const std::string& member, const signing::AllowedSigner& signer)
{
  const std::string name = policy::lower_case(member);
  return std::any_of(signer.principals.begin(), signer.principals.end(), [&](const std::string& principal) {
    const std::string spelled = policy::lower_case(principal);
    return spelled == name || (signer.authority && impact::wildcard_matches(spelled, name));
  });
}

// More approvals than there are people to give them. Whom an authority certifies stands in no file: where anyone may
// approve, there is no end to them.
void check_approvals(const Policy& policy, const std::vector<signing::AllowedSigner>& signers, Findings& findings)
{
  std::vector<policy::KeyHolder> holders;
  std::vector<std::string> all;
  bool any_number = false;
  for (const signing::AllowedSigner& signer : signers) {
    any_number = any_number || signer.authority;
    if (signer.authority) continue;
    holders.push_back({signer.principals, signer.key});
    all.insert(all.end(), signer.principals.begin(), signer.principals.end());
  }
  for (const Rule& rule : policy.rules) {
    if (rule.approvals <= 0 || (rule.groups.empty() && any_number)) continue;
    std::vector<std::string> members = rule.groups.empty() ? all : std::vector<std::string>{};
    for (const Group& group : policy.groups)
      if (std::find(rule.groups.begin(), rule.groups.end(), group.name) != rule.groups.end())
        members.insert(members.end(), group.members.begin(), group.members.end());
    const std::size_t people = policy::count_people(members, holders);
    if (people < static_cast<std::size_t>(rule.approvals))
      findings.error(
        rule.line, fmt::format("rule \"{}\" cannot be met: approvals = {}, and those who may approve are {}", rule.name,
                               rule.approvals, people == 1 ? "1 person" : fmt::format("{} people", people)));
  }
}

void check_people(const Policy& policy, const git::Repository& repository, Findings& findings)
{
  const bool needed =
    std::any_of(policy.rules.begin(), policy.rules.end(), [](const Rule& rule) { return rule.approvals > 0; });
  if (!needed) return;
  const std::string file = repository.root() + "/" + policy.signers;
  if (!std::filesystem::exists(file))
    return findings.error(k_whole_file, fmt::format("rules ask for approvals and there is no {}", policy.signers));
  const std::vector<signing::AllowedSigner> signers = signing::allowed_signers(read_file(file, "the signers"));
  const auto has_key = [&](const std::string& member) {
    return std::any_of(signers.begin(), signers.end(),
                       [&](const signing::AllowedSigner& signer) { return may_be(member, signer); });
  };
  for (const Group& group : policy.groups)
    for (const std::string& member : group.members)
      if (!has_key(member))
        findings.error(group.line,
                       fmt::format("group \"{}\": {} has no key in {}", group.name, member, policy.signers));
  check_approvals(policy, signers, findings);
}

// "-B", "-Bm", "-c": letters of one word.
bool has_letter(const std::string& word, const char* letters)
{
  return word.size() > 1 && word.starts_with('-') && word[1] != '-' &&
         word.find_first_of(letters, 1) != std::string::npos;
}

// With -m and -c Python looks for modules in the folder that it is started in: the tree.
bool imports_from_tree(const std::vector<std::string>& command)
{
  if (command.empty() || !command.front().substr(command.front().rfind('/') + 1).starts_with("python")) return false;
  for (std::size_t i = 1; i < command.size() && command[i].starts_with('-'); ++i) {
    if (has_letter(command[i], "I")) return false;
    if (has_letter(command[i], "mc")) return true;
  }
  return false;
}

void check_validator(const Validator& validator, Findings& findings)
{
  if (imports_from_tree(validator.command))
    findings.error(validator.line,
                   fmt::format("validator \"{}\": Python takes modules from the tree, which is the author's: add "
                               "-I before -m or -c",
                               validator.name));
  const std::string& program = validator.command.front();
  if (program.find('/') != std::string::npos && !program.starts_with('/'))
    findings.error(validator.line, fmt::format("validator \"{}\": {} is a file of the tree, which is the author's",
                                               validator.name, program));
  else if (const std::string found = process::find_own_program(program);
           found.empty() || !std::filesystem::exists(found))
    findings.hint(validator.line, fmt::format("validator \"{}\": there is no {} here", validator.name, program));
}

// What sluice.toml takes away, no test can have.
void check_sandbox(const Policy& policy, const SandboxConfig& config, Findings& findings)
{
  for (const Rule& rule : policy.rules) {
    if (!policy::demands_conduct(rule)) continue;
    const auto never = [&](const char* key) {
      findings.error(rule.line, fmt::format("rule \"{}\" cannot be met: sluice.toml says {} = false", rule.name, key));
    };
    if (!config.isolate) never("isolate");
    else if (!config.observe && (rule.observed || !rule.no_findings.empty())) never("observe");
  }
}

// What can be seen without the project's configuration, and with it where there is one.
Catalogue catalogue_if_any(const Options& options, const Policy& policy, Findings& findings)
{
  try {
    const Project project = open_project(options);
    check_sandbox(policy, project.config.sandbox, findings);
    cache::Store store = open_store(project);
    cache::FileDigests digests(&store);
    Picture picture = take_picture(project, read_tree(project), store, digests, BuildState::unknown);
    if (!picture.not_built.empty())
      findings.error(k_whole_file,
                     fmt::format("{} is not built, so that its tests are not known: build it, and check again",
                                 picture.not_built.front()));
    return std::move(picture.catalogue);
  } catch (const Error& error) {
    findings.error(k_whole_file, fmt::format("the tests cannot be listed: {}", error.what()));
    return {};
  }
}

int check(const Options& options)
{
  const git::Repository repository = git::Repository::open(options.directory);
  const std::string file = file_or(options, k_policy_file);
  const Policy policy = policy_on_disk(file);
  const std::vector<git::TreeFile> files = repository.files();
  Findings findings(std::filesystem::path(file).lexically_proximate(repository.root()).string());
  if (std::filesystem::is_symlink(repository.root() + "/" + k_config_file))
    findings.error(k_whole_file,
                   fmt::format("{} is a symbolic link: at the base nothing is read through it", k_config_file));
  const Catalogue catalogue = catalogue_if_any(options, policy, findings);
  const std::vector<policy::SuiteMembers> suites = policy::members_of(policy, catalogue, {});
  for (std::size_t i = 0; i < suites.size(); ++i)
    for (const std::string& fault : suites[i].faults) findings.error(policy.suites[i].line, fault);
  std::vector<std::string> paths;
  for (const git::TreeFile& found : files) paths.push_back(found.path);
  for (const policy::IdleGlob& glob : policy::idle_globs(policy, paths, catalogue)) findings.hint(glob.line, glob.text);
  for (const Rule& rule : policy.rules) check_rule(rule, policy, files, catalogue, findings);
  for (const Validator& validator : policy.validators) check_validator(validator, findings);
  check_people(policy, repository, findings);
  const bool guarded = std::any_of(policy.rules.begin(), policy.rules.end(), [](const Rule& rule) {
    return std::find(rule.kinds.begin(), rule.kinds.end(), FileKind::policy) != rule.kinds.end() ||
           first_match(rule.paths, k_policy_file);
  });
  if (!guarded && !policy.rules.empty())
    findings.hint(k_whole_file, "no rule guards the policy itself: kinds = [\"policy\"] with approvals would");
  write_out(findings.text());
  using reports::counted;
  write_out(fmt::format("{}, {}: {}, {}\n", counted(policy.suites.size(), "suite"),
                        counted(policy.rules.size(), "rule"), counted(findings.errors(), "error"),
                        counted(findings.hints(), "hint")));
  return static_cast<int>(findings.errors() == 0 ? ExitCode::passed : ExitCode::usage);
}

int explain(const Options& options)
{
  Options own = options;
  if (auto range = git::parse_range(options.subject)) {
    own.base = std::move(range->base);
    own.head = std::move(range->head);
  } else if (!options.subject.empty()) {
    own.base = options.subject;
  }
  Project project = open_project(own);
  cache::Store store = open_store(project);
  Change change = read_change(project, own, Uncommitted::allowed, &store);
  hold_walls(project, change.set, change.policy);
  cache::FileDigests digests(&store);
  Picture picture = take_picture(project, std::move(change.tree), store, digests, BuildState::unknown);
  impact::add_own_sources(picture.build.facts, picture.catalogue);
  const policy::Obligations found =
    policy::obligations(change.policy, change.authorship, change.set, picture.catalogue, change.known);
  const bool waits = change.policy.source.empty() && std::filesystem::exists(project.root + "/" + k_policy_file);
  const char* const none = waits ? "none at the base; sluice.policy.toml counts once it is merged" : "none";
  std::string text = fmt::format("policy: {}\n", change.policy.source.empty() ? none : change.policy.source);
  for (const RuleFinding& rule : found.applicable) {
    const bool applies = rule.status != RuleStatus::not_applicable;
    text += fmt::format("\n{}  {}\n  {}\n", applies ? "APPLIES" : "does not apply", rule.rule, rule.summary);
    for (const std::string& line : rule.evidence) text += fmt::format("    {}\n", line);
  }
  write_out(text);
  return 0;
}

int test(const Options& options)
{
  const std::string file = file_or(options, k_tests_file);
  const std::string folder = std::filesystem::path(file).parent_path().string();
  const Policy policy = policy_on_disk((folder.empty() ? "." : folder) + "/" + k_policy_file);
  if (!std::filesystem::exists(file))
    throw Error(ErrorKind::usage, fmt::format("there is no {}", file),
                "write made-up changes and what should become of them: docs/formats/sluice.policy.test.toml.md");
  const auto changes =
    policy::read_policy_tests(config::parse_toml(read_file(file, "the made-up changes"), file), file, policy);
  std::size_t wrong = 0;
  for (const policy::MadeUpChange& change : changes) {
    const std::string words = policy::disagreement(policy, change);
    wrong += !words.empty();
    write_out(words.empty() ? fmt::format("ok      {}\n", change.name)
                            : fmt::format("WRONG   {} (line {}): {}\n", change.name, change.line, words));
  }
  write_out(fmt::format("{}, {} wrong\n", reports::counted(changes.size(), "change"), wrong));
  if (changes.empty()) return static_cast<int>(ExitCode::nothing);
  return wrong == 0 ? 0 : static_cast<int>(ExitCode::failed);
}

int init(const Options& options)
{
  const std::string folder = git::Repository::open(options.directory).root() + "/";
  const std::string name = options.subject.empty() ? "start" : options.subject;
  const PolicyTemplate* chosen = policy_template(name);
  if (!chosen) throw Error(ErrorKind::usage, fmt::format("there is no template \"{}\"", name), "start or tier-1");
  for (const char* file : {k_policy_file, k_tests_file})
    if (std::filesystem::exists(folder + file))
      throw Error(ErrorKind::usage, fmt::format("{} is there already", file), "remove it first");
  write_atomically(folder + k_policy_file, chosen->policy);
  write_atomically(folder + k_tests_file, chosen->tests);
  write_out(fmt::format("wrote {} and {}: name your suites in it, then: sluice policy check && sluice policy test\n",
                        k_policy_file, k_tests_file));
  return 0;
}

} // namespace

int policy_command(const Options& options)
{
  if (options.action == "check") return check(options);
  if (options.action == "explain") return explain(options);
  if (options.action == "test") return test(options);
  return init(options);
}

} // namespace sluice::cli
