#include "policy/conditions.h"

#include "model/glob.h"
#include "policy/file_kinds.h"
#include "policy/message_text.h"
#include "policy/moved_paths.h"
#include "policy/rules.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace sluice::policy {

namespace {

constexpr std::size_t k_named_commits = 10;
constexpr std::size_t k_named_paths = 10;

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

// "undeclared, counts as ai": a rule for AI that names a commit without a mark would read like a mistake.
std::string as_counted(Authorship authorship, const Policy& policy)
{
  const Authorship as = policy.undeclared_counts_as;
  if (authorship != Authorship::undeclared || as == Authorship::undeclared) return std::string(to_string(authorship));
  return fmt::format("{}, counts as {}", to_string(authorship), to_string(as));
}

std::string describe(const CommitAuthorship& commit, const Policy& policy)
{
  std::string line = fmt::format("commit {}: {}", commit.commit.substr(0, 12), as_counted(commit.authorship, policy));
  if (!commit.tool.empty()) line += " (" + commit.tool + ")";
  if (!commit.unread.empty()) line += ": not known: " + commit.unread;
  else if (!commit.evidence.empty()) line += ": " + commit.evidence.front().text;
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
    if ((!commit.unread.empty() || counts(rule, policy, commit.authorship)) && ++matching <= k_named_commits)
      evidence.push_back(describe(commit, policy));
  and_more(evidence, matching, k_named_commits, "commits");
  const bool uncommitted =
    change.includes_working_tree && !change.paths.empty() && counts(rule, policy, Authorship::undeclared);
  if (uncommitted) evidence.push_back("changes that are not committed: " + as_counted(Authorship::undeclared, policy));
  if (!change.incomplete.empty()) evidence.push_back(unknown_part(change));
  // A commit that was never classified is one whose author is not known.
  const bool unread = authorship.size() < change.commits.size();
  if (unread) evidence.emplace_back("commits whose authorship was not read");
  return matching > 0 || uncommitted || unread || !change.incomplete.empty();
}

// A changed path may be a submodule or a link, and then stands for everything below it: what that was and is lies
// outside of this tree.
const std::string* match_at_or_below(const std::vector<std::string>& globs, const std::string& path)
{
  constexpr char k_any_name[] = "/\x01";
  if (path.empty()) return nullptr;
  if (const std::string* glob = first_match(globs, path)) return glob;
  for (const std::string& glob : globs) {
    const std::string_view from_root = std::string_view(glob).substr(glob.starts_with('/') ? 1 : 0);
    if (from_root.starts_with(path + "/") || glob_matches(glob, path + k_any_name)) return &glob;
  }
  return nullptr;
}

// To name a changed path by.
std::string named(const ChangedPath& changed, const std::string& path)
{
  const bool is_base_path = path != changed.path && path != changed.old_path;
  return (is_base_path ? printable(changed.path) + ", now " : "") + printable(path) +
         (changed.kind == ChangeKind::conversion ? " (its git attributes)" : "");
}

// The evidence of a condition on changed paths: of each the words that `why` has for the first name that it has words
// for. A path that the base has lost sight of may be any.
template <class Why> bool any_path(const ChangeSet& change, std::vector<std::string>& evidence, Why why)
{
  std::size_t matching = 0;
  for (const ChangedPath& changed : change.paths) {
    std::string words;
    for (const std::string& name : names_of(changed))
      if (words.empty()) words = why(changed, name);
    if (words.empty() && changed.lost_at_base)
      words = fmt::format("path {} was moved or removed at the base since the change left it: rebase the change",
                          printable(changed.path));
    if (words.empty()) continue;
    if (++matching <= k_named_paths) evidence.push_back(std::move(words));
  }
  and_more(evidence, matching, k_named_paths, "paths");
  if (!change.incomplete.empty()) evidence.push_back(unknown_part(change));
  return matching > 0 || !change.incomplete.empty();
}

bool paths_hold(const Rule& rule, const ChangeSet& change, std::vector<std::string>& evidence)
{
  if (rule.paths.empty()) return true;
  return any_path(change, evidence, [&](const ChangedPath& changed, const std::string& path) -> std::string {
    const std::string* glob = match_at_or_below(rule.paths, path);
    return glob ? fmt::format("path {} matches \"{}\"", named(changed, path), *glob) : "";
  });
}

std::string join(const std::vector<Authorship>& list)
{
  std::string text;
  for (const Authorship value : list) text += fmt::format("{}{}", text.empty() ? "" : " or ", to_string(value));
  return text;
}

bool tiers_hold(const Rule& rule, const Policy& policy, const ChangeSet& change, std::vector<std::string>& evidence)
{
  if (rule.tiers.empty()) return true;
  return any_path(change, evidence, [&](const ChangedPath& changed, const std::string& path) -> std::string {
    for (const Tier& tier : policy.tiers)
      if (std::find(rule.tiers.begin(), rule.tiers.end(), tier.name) != rule.tiers.end() &&
          match_at_or_below(tier.paths, path))
        return fmt::format("path {} is of {}", named(changed, path), tier.name);
    return {};
  });
}

bool asks_of_tests(const std::vector<FileKind>& kinds)
{
  return std::any_of(kinds.begin(), kinds.end(),
                     [](FileKind kind) { return kind == FileKind::test || kind == FileKind::source; });
}

// What files are for the change, and what they were at its base: a test that it deletes, renames away or takes off the
// list has been one.
struct TestsOfBothSides {
  const Policy& policy;
  const TestFiles now, then;
  const Known base;

  TestsOfBothSides(const Policy& of, const Catalogue& catalogue, const BaseListing& listing)
    : policy(of), now(catalogue), then(listing), base(listing.state)
  {
  }
  bool is(std::string_view path, FileKind kind) const
  {
    return is_kind(path, kind, policy, now) || (base == Known::known && is_kind(path, kind, policy, then));
  }
  // Whether some changed path was there at the base without it being known what it was.
  bool leaves_open(const std::string& path, const ChangedPath& changed) const
  {
    return base != Known::known && !path.empty() && (changed.kind != ChangeKind::added || path == changed.old_path);
  }
  std::string unknown() const
  {
    return fmt::format("which tests there were at the base is not known{}", base == Known::not_asked ? " yet" : "");
  }
};

bool kinds_hold(const Rule& rule, const TestsOfBothSides& tests, const ChangeSet& change,
                std::vector<std::string>& evidence)
{
  if (rule.kinds.empty()) return true;
  const bool found =
    any_path(change, evidence, [&](const ChangedPath& changed, const std::string& path) -> std::string {
      for (const FileKind kind : rule.kinds)
        if (tests.is(path, kind)) return fmt::format("path {} is {}", named(changed, path), to_string(kind));
      return {};
    });
  if (found || !asks_of_tests(rule.kinds)) return found;
  for (const ChangedPath& changed : change.paths)
    if (tests.leaves_open(changed.path, changed) || tests.leaves_open(changed.old_path, changed)) {
      evidence.push_back(tests.unknown());
      return true;
    }
  return false;
}

// Tests of the base that the change has taken away: it may have because it breaks them.
std::size_t count_gone(const BaseListing& base, const Catalogue& catalogue)
{
  std::set<std::string_view> gone;
  for (const ListedTest& test : base.tests)
    if (!catalogue.find(test.id)) gone.insert(test.id);
  return gone.size();
}

bool blast_radius_holds(const Rule& rule, const Catalogue& catalogue, const Circumstances& known,
                        std::vector<std::string>& evidence)
{
  if (!rule.blast_radius) return true;
  if (!known.blast_radius) {
    evidence.emplace_back("the blast radius is not known yet");
    return true;
  }
  if (known.base.state == Known::unknown) {
    evidence.push_back("what tests there were at the base is not known: " + printable(known.base.why));
    return true;
  }
  const auto [tests, all_tests] = *reached_tests(catalogue, known);
  const std::size_t gone = count_gone(known.base, catalogue);
  // In hundredths of all tests without rounding: 31 of 100 is above 30, 30 of 100 is not.
  if (tests * 100 <= all_tests * static_cast<std::size_t>(*rule.blast_radius)) return false;
  evidence.push_back(fmt::format("{} of {} tests are reached", tests, all_tests));
  if (gone > 0) evidence.push_back(fmt::format("{} of them are gone", gone));
  return true;
}

bool unreached_holds(const Rule& rule, const Circumstances& known, std::vector<std::string>& evidence)
{
  if (!rule.unreached) return true;
  if (!known.unreached) {
    evidence.emplace_back("which files the tests reach is not known yet");
    return true;
  }
  for (std::size_t i = 0; i < known.unreached->size() && i < k_named_paths; ++i)
    evidence.push_back(fmt::format("path {} is reached by no test", printable((*known.unreached)[i])));
  and_more(evidence, known.unreached->size(), k_named_paths, "paths");
  return !known.unreached->empty();
}

bool tests_with_code_hold(const Rule& rule, const TestsOfBothSides& tests, const ChangeSet& change,
                          std::vector<std::string>& evidence)
{
  if (!rule.tests_with_code) return true;
  std::vector<std::string> changed_tests, code, open;
  for (const ChangedPath& changed : change.paths) {
    // Each name by itself: code that is renamed to look like a test is code that has gone, and a test that has come.
    for (const std::string& path : names_of(changed)) {
      const bool is_test = tests.is(path, FileKind::test);
      const bool holds_more = tests.now.has_below(path) || tests.then.has_below(path); // than tests
      if (is_test) changed_tests.push_back(path);
      else if (tests.leaves_open(path, changed)) open.push_back(path);
      if ((!is_test || holds_more) && !tests.is(path, FileKind::documentation)) code.push_back(path);
    }
  }
  if (!change.incomplete.empty()) evidence.push_back(unknown_part(change));
  if (!changed_tests.empty() && !code.empty()) {
    evidence.push_back(fmt::format("tests ({}) and code ({}) change together", printable(changed_tests.front()),
                                   printable(code.front())));
    return true;
  }
  const bool may_hold = std::any_of(open.begin(), open.end(), [&](const std::string& test) {
    return std::any_of(code.begin(), code.end(), [&](const std::string& other) { return other != test; });
  });
  if (may_hold) evidence.push_back(tests.unknown());
  return may_hold || !change.incomplete.empty();
}

} // namespace

std::vector<std::string> changed_paths(const ChangeSet& change, const std::vector<std::string>& globs)
{
  std::vector<std::string> paths;
  for (const ChangedPath& changed : change.paths) {
    bool matches = changed.lost_at_base;
    for (const std::string& path : changed.base_paths) matches = matches || match_at_or_below(globs, path);
    if (matches || match_at_or_below(globs, changed.path)) paths.push_back(changed.path);
    if (match_at_or_below(globs, changed.old_path)) paths.push_back(changed.old_path);
  }
  return paths;
}

bool looks_at_base(const Rule& rule)
{
  return rule.tests_with_code || rule.blast_radius || asks_of_tests(rule.kinds);
}

Application application_of(const Rule& rule, const Policy& policy, const std::vector<CommitAuthorship>& authorship,
                           const ChangeSet& change, const Catalogue& catalogue, const Circumstances& known)
{
  Application result;
  const auto no = [](std::string why) { return Application{false, std::move(why), {}}; };
  if (!authorship_holds(rule, policy, authorship, change, result.evidence))
    return no(fmt::format("no commit of the change is {}", join(rule.authorship)));
  if (!paths_hold(rule, change, result.evidence))
    return no(fmt::format("no changed path matches {}", some_of(rule.paths, k_named_paths)));
  if (!tiers_hold(rule, policy, change, result.evidence))
    return no(fmt::format("no changed path is of {}", some_of(rule.tiers, k_named_paths)));
  const TestsOfBothSides tests(policy, looks_at_base(rule) ? catalogue : Catalogue{}, known.base);
  if (!kinds_hold(rule, tests, change, result.evidence))
    return no("no changed path is of the kinds that the rule names");
  if (!blast_radius_holds(rule, catalogue, known, result.evidence))
    return no(fmt::format("no more than {} % of the tests are reached", *rule.blast_radius));
  if (!unreached_holds(rule, known, result.evidence)) return no("every changed path is reached by tests");
  if (!tests_with_code_hold(rule, tests, change, result.evidence))
    return no("tests and the code that they test do not change together");
  result.applies = true;
  return result;
}

std::optional<ReachedTests> reached_tests(const Catalogue& catalogue, const Circumstances& known)
{
  if (!known.blast_radius) return std::nullopt;
  const BlastRadius& radius = *known.blast_radius;
  if (known.base.state == Known::unknown) return ReachedTests{radius.all_tests, radius.all_tests};
  const std::size_t gone = count_gone(known.base, catalogue);
  return ReachedTests{radius.tests + gone, radius.all_tests + gone};
}

} // namespace sluice::policy
