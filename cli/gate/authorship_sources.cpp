#include "cli/gate/authorship_sources.h"

#include "cache/hashing.h"
#include "cli/records/atomic_file.h"
#include "model/error.h"
#include "policy/signatures.h"
#include "reports/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>

namespace sluice::cli {

namespace {

constexpr std::string_view k_purpose = cache::k_lasting_purpose;
constexpr const char* k_trace_file = ".agent-trace/traces.jsonl";
constexpr std::size_t k_most_told = 500;      // commits of one change in the log
constexpr std::size_t k_most_looked_up = 500; // that do anything; each costs two commands of git's
constexpr const char* k_beyond = "it lies beyond the newest 500 commits that the store is asked about";
constexpr const char* k_many_behind = "it is a squash of more commits than are read";
constexpr std::size_t k_most_evidence = 30;
constexpr std::size_t k_line = 300; // bytes of a subject or a piece of evidence in the log

std::string event_text(const std::string& file)
{
  if (file.empty()) return {};
  if (!std::filesystem::exists(file))
    throw Error(ErrorKind::usage, fmt::format("there is no event file {}", file),
                "leave out --event, or name the file");
  return read_file(file, "the event file");
}

// What identifies what a commit did, whatever its message: both trees, and the difference wherever it stands now. One
// tree alone would say of a person's revert that the tool whose state it restores had written it. Empty: it did
// nothing.
std::string tree_key(const git::Repository& repository, const std::string& from, const std::string& to)
{
  const auto tree = repository.tree_of(to);
  const auto old_tree = from.empty() ? std::nullopt : repository.tree_of(from);
  return tree && tree != old_tree ? "tree:" + old_tree.value_or("") + ".." + *tree : std::string{};
}

std::string patch_key(const git::Repository& repository, const std::string& from, const std::string& to)
{
  const std::string patch = from.empty() ? std::string{} : repository.patch_id(from, to);
  return patch.empty() ? std::string{} : "patch:" + patch;
}

std::optional<policy::AuthorshipClaim> kept(const cache::Store& store, const std::string& key)
{
  const auto value = store.remembered(k_purpose, cache::sha256(key));
  if (!value) return std::nullopt;
  const std::size_t blank = value->find(' ');
  policy::AuthorshipClaim claim;
  const std::string word = value->substr(0, blank);
  if (word == to_string(Authorship::ai)) claim.authorship = Authorship::ai;
  else if (word == to_string(Authorship::ai_assisted)) claim.authorship = Authorship::ai_assisted;
  else return std::nullopt;
  const std::size_t second = value->find(' ', blank + 1);
  if (blank == std::string::npos || second == std::string::npos) return std::nullopt;
  claim.tool = value->substr(second + 1);
  claim.evidence.push_back(
    {EvidenceGrade::kept_verdict, fmt::format("the same {} was {} in commit {}", key.substr(0, key.find(':')), word,
                                              value->substr(blank + 1, second - blank - 1))});
  return claim;
}

std::string parent_of(const Commit& commit)
{
  return commit.parents.empty() ? std::string{} : commit.parents.front();
}

// However many there are: one that was forgotten could be amended into a person's. The key by trees comes last: where
// it is there, so is the other, which is dear.
void keep_one(const git::Repository& repository, const std::string& from, const std::string& to,
              const policy::CommitAuthorship& found, cache::Store& store)
{
  const std::string by_tree = tree_key(repository, from, to);
  if (by_tree.empty()) return;
  const auto before = kept(store, by_tree);
  if (before && (before->authorship == Authorship::ai || before->authorship == found.authorship)) return;
  const std::string value =
    fmt::format("{} {} {}", to_string(found.authorship), found.commit.substr(0, 12), found.tool);
  for (const std::string& key : {patch_key(repository, from, to), by_tree})
    if (!key.empty()) store.remember(k_purpose, cache::sha256(key), value);
}

bool asks_for_authorship(const Policy& policy)
{
  return std::any_of(policy.rules.begin(), policy.rules.end(),
                     [](const Rule& rule) { return !rule.authorship.empty(); });
}

bool is_ai(const policy::CommitAuthorship& commit)
{
  return commit.authorship == Authorship::ai || commit.authorship == Authorship::ai_assisted;
}

} // namespace

std::vector<policy::CommitAuthorship> authorship_of(const git::Repository& repository, const ChangeSet& change,
                                                    const Policy& policy, const std::string& event_file,
                                                    const cache::Store* store)
{
  policy::Sources sources;
  sources.event = event_text(event_file);
  sources.ai_labels = policy.ai_labels;
  std::vector<std::string> ids;
  for (const Commit& commit : change.commits) ids.push_back(commit.id);
  sources.ai_notes = repository.notes("refs/notes/ai", ids);
  sources.trace_notes = repository.notes("refs/notes/agent-trace", ids);
  if (!change.head.empty()) sources.trace_file = repository.read(change.head, k_trace_file).value_or("");
  // Two commands of git's for each commit: not where no rule asks who wrote it.
  const bool is_asked = policy.source.empty() || asks_for_authorship(policy);
  std::size_t looked_up = 0;
  std::map<std::string, const char*> unread;
  git::BehindSquashes behind = repository.commits_behind(change.commits);
  for (const std::string& id : behind.unread) unread.emplace(id, k_many_behind);
  sources.behind = std::move(behind.commits);
  for (const Commit& commit : change.commits) {
    if (!store || !is_asked) continue;
    const std::string by_tree = tree_key(repository, parent_of(commit), commit.id);
    if (by_tree.empty()) continue;
    auto claim = kept(*store, by_tree);
    if (!claim && ++looked_up > k_most_looked_up) unread.emplace(commit.id, k_beyond);
    else if (!claim)
      if (const std::string key = patch_key(repository, parent_of(commit), commit.id); !key.empty())
        claim = kept(*store, key);
    if (claim) sources.kept.emplace(commit.id, std::move(*claim));
  }
  const policy::Signatures known = with_additions(policy::built_in_signatures(), policy.signatures);
  std::vector<policy::CommitAuthorship> commits = policy::classify(change, known, sources);
  for (policy::CommitAuthorship& commit : commits) {
    const auto why = unread.find(commit.commit);
    if (is_ai(commit) || why == unread.end()) continue;
    commit.authorship = Authorship::undeclared; // whatever it declares: a mark may have been taken out of it
    commit.unread = why->second;
    commit.evidence.push_back({EvidenceGrade::weak, fmt::format("not known: {}", why->second)});
  }
  return commits;
}

event::AuthorshipRead authorship_read(const ChangeSet& change, const std::vector<policy::CommitAuthorship>& commits)
{
  event::AuthorshipRead read;
  read.strongest = policy::strongest(commits);
  const std::size_t told = std::min({commits.size(), change.commits.size(), k_most_told});
  read.left_out = commits.size() - told;
  for (std::size_t i = 0; i < told; ++i) {
    const Commit& commit = change.commits[i];
    event::CommitRead& line = read.commits.emplace_back();
    line.commit = commit.id;
    line.author = reports::one_line(fmt::format("{} <{}>", commit.author.name, commit.author.email), k_line);
    line.subject = reports::one_line(commit.message.substr(0, commit.message.find('\n')), k_line);
    line.authorship = commits[i].authorship;
    line.tool = commits[i].tool;
    for (const policy::Evidence& evidence : commits[i].evidence) {
      if (line.evidence.size() == k_most_evidence) break;
      line.evidence.push_back({evidence.grade, reports::one_line(evidence.text, k_line)});
    }
  }
  return read;
}

void keep_authorship(const git::Repository& repository, const ChangeSet& change,
                     const std::vector<policy::CommitAuthorship>& commits, cache::Store& store)
{
  std::optional<policy::CommitAuthorship> whole;
  for (std::size_t i = 0; i < commits.size() && i < change.commits.size(); ++i) {
    if (!is_ai(commits[i])) continue;
    if (!whole || commits[i].authorship == Authorship::ai) whole = commits[i];
    keep_one(repository, parent_of(change.commits[i]), commits[i].commit, commits[i], store);
  }
  if (whole && commits.size() > 1 && !change.merge_base.empty())
    keep_one(repository, change.merge_base, change.head, *whole, store);
}

} // namespace sluice::cli
