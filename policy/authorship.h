// Who wrote the commits of a change, as far as the commits themselves say: author, committer and every line of the raw
// message, compared with the tables of policy/marks.h.
// It does not know the platform that a commit came from. Everything it reads was written by the author of the change
// and can be left out or forged: a mark proves AI authorship, no mark proves nothing. So the answer for "no evidence"
// is `undeclared`, and what that counts as is the policy's decision; a doubt is never resolved towards `human`.
#pragma once

#include "model/change_set.h"
#include "model/policy.h"

#include <string>
#include <vector>

namespace sluice::policy {

struct CommitAuthorship {
  std::string commit; // hexadecimal id
  Authorship authorship = Authorship::undeclared;
  std::string tool; // "Claude Code"; empty if none is known
  std::vector<std::string>
    evidence; // one line each: "trailer Co-authored-by: Claude <noreply@anthropic.com>"; printable
  friend bool operator==(const CommitAuthorship&, const CommitAuthorship&) = default;
};

// One for each commit of the change, in its order. Whole addresses, logins and names are compared, never substrings;
// quotes, code fences and broken layouts are read like any other line. Weak marks (an agent that only committed, a
// review bot among the co-authors of a squash, a branch name) are listed as evidence of an undeclared commit.
std::vector<CommitAuthorship> classify(const ChangeSet& change);

} // namespace sluice::policy
