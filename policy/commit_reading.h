// One commit read for what it says about its author: author, committer and every line of the raw message, compared with
// the signatures. It does not know notes, platforms or other commits; policy/authorship.h puts those beside it.
#pragma once

#include "model/change_set.h"
#include "policy/authorship.h"
#include "policy/signatures.h"

namespace sluice::policy {

// A declaration ("Authorship: human") counts only where nothing else in the commit points to a tool.
CommitAuthorship read_commit(const Commit& commit, const Signatures& known);

} // namespace sluice::policy
