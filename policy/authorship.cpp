#include "policy/authorship.h"

#include "policy/agent_trace.h"
#include "policy/ai_notes.h"
#include "policy/commit_reading.h"
#include "policy/event_file.h"
#include "policy/message_text.h"
#include "policy/signatures.h"

#include <algorithm>

namespace sluice::policy {

namespace {

bool is_ai(Authorship authorship)
{
  return authorship == Authorship::ai || authorship == Authorship::ai_assisted;
}

// Evidence is only ever added: a source that says less than another takes nothing away from it.
void take(CommitAuthorship& commit, const AuthorshipClaim& claim)
{
  const bool stronger = claim.authorship == Authorship::ai
                          ? commit.authorship != Authorship::ai
                          : claim.authorship == Authorship::ai_assisted && !is_ai(commit.authorship);
  if (stronger) {
    commit.authorship = claim.authorship;
    commit.tool = claim.tool.empty() ? commit.tool : claim.tool;
  }
  if (commit.tool.empty() && is_ai(commit.authorship)) commit.tool = claim.tool;
  for (const Evidence& evidence : claim.evidence)
    if (std::find(commit.evidence.begin(), commit.evidence.end(), evidence) == commit.evidence.end())
      commit.evidence.push_back(evidence);
}

template <class Map> const typename Map::mapped_type* find(const Map& map, const std::string& key)
{
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

class Classifier {
public:
  Classifier(const ChangeSet& change, const Signatures& known, const Sources& sources)
    : known_(known), sources_(sources), platform_(read_event(sources.event, known, sources.ai_labels)),
      traces_(sources.trace_file)
  {
    for (const Commit& commit : change.commits) by_id_.emplace(commit.id, &commit);
  }

  CommitAuthorship classify(const Commit& commit) const
  {
    CommitAuthorship result = alone(commit);
    take(result, platform_);
    if (const auto* kept = find(sources_.kept, commit.id)) take(result, *kept);
    if (const auto* behind = find(sources_.behind, commit.id))
      for (const Commit& part : *behind) take(result, behind_it(part));
    else if (commit.parents.size() > 1) merged(commit, result);
    sort(result);
    return result;
  }

private:
  // What the commit and the notes about it say.
  CommitAuthorship alone(const Commit& commit) const
  {
    CommitAuthorship result = read_commit(commit, known_);
    if (const std::string* note = find(sources_.ai_notes, commit.id)) take(result, read_ai_note(*note));
    if (const std::string* note = find(sources_.trace_notes, commit.id))
      take(result, read_agent_trace(*note, commit.id, TraceOf::note));
    if (!sources_.trace_file.empty()) take(result, traces_.about(commit.id, TraceOf::file));
    return result;
  }

  // A part's own weak evidence stays weak; a part that is declared human does not speak for the whole.
  AuthorshipClaim behind_it(const Commit& part) const
  {
    const CommitAuthorship found = alone(part);
    if (!is_ai(found.authorship)) return {};
    AuthorshipClaim claim{found.authorship, found.tool, {}};
    for (const Evidence& evidence : found.evidence)
      if (evidence.grade < EvidenceGrade::free_text)
        claim.evidence.push_back({evidence.grade, "behind it " + part.id.substr(0, 12) + ": " + evidence.text});
    return claim;
  }

  // The commits of the change that came in by the merge's other parents.
  void merged(const Commit& merge, CommitAuthorship& result) const
  {
    std::vector<std::string> open(merge.parents.begin() + 1, merge.parents.end());
    std::map<std::string, bool> seen;
    for (const std::string& id : ancestors(merge.parents.front())) seen.emplace(id, true);
    while (!open.empty()) {
      const std::string id = std::move(open.back());
      open.pop_back();
      const auto found = by_id_.find(id);
      if (found == by_id_.end() || !seen.emplace(id, true).second) continue;
      take(result, behind_it(*found->second));
      open.insert(open.end(), found->second->parents.begin(), found->second->parents.end());
    }
  }

  std::vector<std::string> ancestors(const std::string& from) const
  {
    std::vector<std::string> open{from}, result;
    std::map<std::string, bool> seen;
    while (!open.empty()) {
      const std::string id = std::move(open.back());
      open.pop_back();
      const auto found = by_id_.find(id);
      if (found == by_id_.end() || !seen.emplace(id, true).second) continue;
      result.push_back(id);
      open.insert(open.end(), found->second->parents.begin(), found->second->parents.end());
    }
    return result;
  }

  // What decides stands first. A person's declaration beside a tool's mark is a claim that was contradicted.
  static void sort(CommitAuthorship& commit)
  {
    std::stable_sort(commit.evidence.begin(), commit.evidence.end(), [](const Evidence& one, const Evidence& other) {
      const auto decides = [](const Evidence& evidence) { return evidence.grade < EvidenceGrade::free_text; };
      return decides(one) && !decides(other);
    });
  }

  const Signatures& known_;
  const Sources& sources_;
  const AuthorshipClaim platform_;
  const AgentTraces traces_;
  std::map<std::string, const Commit*> by_id_;
};

} // namespace

std::vector<CommitAuthorship> classify(const ChangeSet& change, const Signatures& known, const Sources& sources)
{
  const Classifier classifier(change, known, sources);
  std::vector<CommitAuthorship> result;
  result.reserve(change.commits.size());
  for (const Commit& commit : change.commits) result.push_back(classifier.classify(commit));
  return result;
}

std::vector<CommitAuthorship> classify(const ChangeSet& change)
{
  return classify(change, built_in_signatures(), {});
}

Authorship strongest(const std::vector<CommitAuthorship>& commits)
{
  const auto any = [&](Authorship wanted) {
    return std::any_of(commits.begin(), commits.end(),
                       [&](const CommitAuthorship& commit) { return commit.authorship == wanted; });
  };
  for (const Authorship value : {Authorship::ai, Authorship::ai_assisted, Authorship::undeclared})
    if (any(value)) return value;
  return commits.empty() ? Authorship::undeclared : Authorship::human;
}

bool may_trust_tests(const ChangeSet& change, const std::vector<CommitAuthorship>& commits)
{
  if (!change.incomplete.empty() || commits.size() != change.commits.size()) return false;
  return commits.empty() || strongest(commits) == Authorship::human;
}

} // namespace sluice::policy
