#include "policy/rules.h"

#include "model/glob.h"
#include "policy/message_text.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::policy {

namespace {

constexpr std::size_t k_named_commits = 10;
constexpr std::size_t k_named_paths = 10;
constexpr std::size_t k_named_tests = 100;

bool holds(const Suite& suite, const TestCase& test, const Program& program)
{
  const auto is_label = [&](const std::string& label) {
    return std::find(test.labels.begin(), test.labels.end(), label) != test.labels.end();
  };
  const auto is_id = [&](const std::string& glob) { return name_glob_matches(glob, test.id.value); };
  return std::any_of(suite.labels.begin(), suite.labels.end(), is_label) ||
         std::any_of(suite.tests.begin(), suite.tests.end(), is_id) || first_match(suite.paths, test.file) ||
         first_match(suite.programs, program.name);
}

bool has(const std::vector<Authorship>& list, Authorship value)
{
  return std::find(list.begin(), list.end(), value) != list.end();
}

// An undeclared commit that counts as AI may be either kind.
bool counts(const Rule& rule, const Policy& policy, Authorship authorship)
{
  if (has(rule.authorship, authorship)) return true;
  if (authorship != Authorship::undeclared) return false;
  const Authorship as = policy.undeclared_counts_as;
  return has(rule.authorship, as) || (as == Authorship::ai && has(rule.authorship, Authorship::ai_assisted));
}

std::string describe(const CommitAuthorship& commit)
{
  std::string line = fmt::format("commit {}: {}", commit.commit.substr(0, 12), to_string(commit.authorship));
  if (!commit.tool.empty()) line += " (" + commit.tool + ")";
  if (!commit.evidence.empty()) line += ": " + commit.evidence.front().text;
  return line;
}

void and_more(std::vector<std::string>& evidence, std::size_t all, std::size_t named, std::string_view what)
{
  if (all > named) evidence.push_back(fmt::format("and {} more {}", all - named, what));
}

std::string unknown_part(const ChangeSet& change)
{
  return "the change set is not complete: " + printable(change.incomplete.front().what);
}

bool authorship_holds(const Rule& rule, const Policy& policy, const std::vector<CommitAuthorship>& authorship,
                      const ChangeSet& change, std::vector<std::string>& evidence)
{
  if (rule.authorship.empty()) return true;
  std::size_t matching = 0;
  for (const CommitAuthorship& commit : authorship)
    if (counts(rule, policy, commit.authorship) && ++matching <= k_named_commits) evidence.push_back(describe(commit));
  and_more(evidence, matching, k_named_commits, "commits");
  const bool uncommitted =
    change.includes_working_tree && !change.paths.empty() && counts(rule, policy, Authorship::undeclared);
  if (uncommitted) evidence.emplace_back("changes that are not committed: undeclared");
  if (!change.incomplete.empty()) evidence.push_back(unknown_part(change));
  // A commit that was never classified is one whose author is not known.
  const bool unread = authorship.size() < change.commits.size();
  if (unread) evidence.emplace_back("commits whose authorship was not read");
  return matching > 0 || uncommitted || unread || !change.incomplete.empty();
}

bool paths_hold(const Rule& rule, const ChangeSet& change, std::vector<std::string>& evidence)
{
  if (rule.paths.empty()) return true;
  std::size_t matching = 0;
  for (const ChangedPath& changed : change.paths) {
    const std::string* glob = first_match(rule.paths, changed.path);
    const std::string* old_glob = glob ? nullptr : first_match(rule.paths, changed.old_path);
    if (!glob && !old_glob) continue;
    if (++matching <= k_named_paths)
      evidence.push_back(fmt::format("path {} matches \"{}\"", printable(glob ? changed.path : changed.old_path),
                                     glob ? *glob : *old_glob));
  }
  and_more(evidence, matching, k_named_paths, "paths");
  if (!change.incomplete.empty()) evidence.push_back(unknown_part(change));
  return matching > 0 || !change.incomplete.empty();
}

std::string join(const std::vector<Authorship>& list)
{
  std::string text;
  for (const Authorship value : list) text += fmt::format("{}{}", text.empty() ? "" : " or ", to_string(value));
  return text;
}

} // namespace

std::string some_of(const std::vector<std::string>& names, std::size_t most)
{
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) text += (i == 0 ? "" : ", ") + printable(names[i]);
  if (names.size() > most) text += fmt::format(" and {} more", names.size() - most);
  return text;
}

std::vector<SuiteMembers> members_of(const Policy& policy, const Catalogue& catalogue)
{
  std::vector<SuiteMembers> all;
  all.reserve(policy.suites.size());
  for (const Suite& suite : policy.suites) {
    SuiteMembers members{suite.name, {}, {}};
    std::vector<std::string> disabled;
    for (std::size_t i = 0; i < catalogue.tests.size(); ++i) {
      const TestCase& test = catalogue.tests[i];
      if (!holds(suite, test, catalogue.program_of(test))) continue;
      members.tests.push_back(static_cast<TestIndex>(i));
      if (!test.disabled.empty()) disabled.push_back(test.id.value);
    }
    if (members.tests.size() < static_cast<std::size_t>(std::max(suite.min_tests, 1)))
      members.faults.push_back(fmt::format("suite \"{}\" must have at least {} tests and has {}", suite.name,
                                           std::max(suite.min_tests, 1), members.tests.size()));
    if (!disabled.empty())
      members.faults.push_back(
        fmt::format("suite \"{}\" has disabled tests: {}", suite.name, some_of(disabled, k_named_tests)));
    all.push_back(std::move(members));
  }
  return all;
}

std::vector<SuiteMembers> required_suites(const Rule& rule, const std::vector<SuiteMembers>& all)
{
  std::vector<SuiteMembers> required;
  for (const std::string& name : rule.suites) {
    const auto is_named = [&](const SuiteMembers& suite) { return suite.name == name; };
    if (std::any_of(required.begin(), required.end(), is_named)) continue;
    const auto found = std::find_if(all.begin(), all.end(), is_named);
    if (found != all.end()) required.push_back(*found);
    else required.push_back({name, {}, {fmt::format("there is no suite \"{}\"", name)}});
  }
  return required;
}

Application application_of(const Rule& rule, const Policy& policy, const std::vector<CommitAuthorship>& authorship,
                           const ChangeSet& change)
{
  Application result;
  if (!authorship_holds(rule, policy, authorship, change, result.evidence))
    return {false, fmt::format("no commit of the change is {}", join(rule.authorship)), {}};
  if (!paths_hold(rule, change, result.evidence))
    return {false, fmt::format("no changed path matches {}", some_of(rule.paths, k_named_paths)), {}};
  result.applies = true;
  return result;
}

} // namespace sluice::policy
