// Who wrote the commits of a change, and what that is known from: the commits themselves, notes and trace records about
// them, what the platform knows of the change, the commits behind a squash, and earlier verdicts on the same content.
// It does not fetch any of these (cli/ does). Most of it was written by the author of the change and can be left out or
// forged: a mark proves AI authorship, no mark proves nothing. So nothing here ever takes evidence away from another
// source, the answer for "no evidence" is `undeclared`, and what that counts as is the policy's decision.
#pragma once

#include "model/change_set.h"
#include "model/policy.h"

#include <map>
#include <string>
#include <vector>

namespace sluice::policy {

using Evidence = AuthorshipEvidence;

struct CommitAuthorship {
  std::string commit; // hexadecimal id
  Authorship authorship = Authorship::undeclared;
  std::string tool;               // "Claude Code"; empty if none is known
  std::vector<Evidence> evidence; // what decides stands first
  std::string unread{};           // why not every source was asked; then any rule about authorship holds for it
  friend bool operator==(const CommitAuthorship&, const CommitAuthorship&) = default;
};

// What one source other than the commit says about it.
struct AuthorshipClaim {
  Authorship authorship = Authorship::undeclared; // undeclared: it decides nothing
  std::string tool;
  std::vector<Evidence> evidence;
};

// What is known besides the commits, by commit id where it is about one.
struct Sources {
  std::map<std::string, std::string> ai_notes;       // text of the note at refs/notes/ai
  std::map<std::string, std::string> trace_notes;    // text of the note at refs/notes/agent-trace
  std::string trace_file;                            // .agent-trace/traces.jsonl of the head
  std::string event;                                 // the platform's event file
  std::vector<std::string> ai_labels;                // labels that the policy names
  std::map<std::string, std::vector<Commit>> behind; // the commits that a squash or merge was made of
  std::map<std::string, AuthorshipClaim> kept;       // earlier verdicts on the same tree or difference
};

struct Signatures;

// One for each commit of the change, in its order. Whole addresses, logins and names are compared, never substrings;
// quotes, code fences and broken layouts are read like any other line. Weak evidence (an agent that only committed, a
// review bot among the co-authors of a squash, a branch name, a note that attests nothing) is listed and decides
// nothing.
std::vector<CommitAuthorship> classify(const ChangeSet& change);
std::vector<CommitAuthorship> classify(const ChangeSet& change, const Signatures& known, const Sources& sources);

// The strongest of all: `ai` before `ai_assisted`, then `undeclared` where any commit is, `human` only if all are.
Authorship strongest(const std::vector<CommitAuthorship>& commits);

// Whether tests of the change may be observed by means that a hostile one can lie to (`[sandbox] fast_paths`): every
// commit of it is known and declared to be by a human. A working tree without commits is that of the person who runs
// it.
bool may_trust_tests(const ChangeSet& change, const std::vector<CommitAuthorship>& commits);

} // namespace sluice::policy
