// What git holds about commits besides the commits: notes, the commits that a squash was made of, the identity of a
// difference. It does not know what a note says or what a commit's message means, but for the one form "(#12)" by which
// forges name the request that a squash came from.
#pragma once

#include "adapters/git/history.h"
#include "adapters/git/plumbing.h"
#include "adapters/git/repository.h"

#include <map>
#include <string>
#include <vector>

namespace sluice::git {

// The notes at `ref` about these commits, by commit id. The commits' notes are looked up in the tree of the ref itself,
// so that a ref which a push is about to create can be named by its commit. Empty when there is no such ref.
std::map<std::string, std::string> notes_about(const Plumbing& git, const History& history, const std::string& ref,
                                               const std::vector<std::string>& commits);

// The commits of the request that each of `commits` names at the end of its subject, where its head was fetched
// (refs/pull/N/head, refs/merge-requests/N/head, also below refs/remotes/*/).
BehindSquashes commits_behind(const Plumbing& git, const History& history, const std::vector<Commit>& commits);

// git's stable patch id of the difference between two commits; empty when there is none, or one of them is not here.
std::string patch_id(const Plumbing& git, const std::string& from, const std::string& to);

// Attaches `text` to an object in `ref`, in place of what was there (notes_about() has it). Throws Error{world}.
void write_note(const Plumbing& git, const std::string& ref, const std::string& object, const std::string& text);

} // namespace sluice::git
