// A git-ai note (refs/notes/ai, "authorship/3.0.0" and its forerunners) read for what it attests.
// That a note exists proves nothing: most are empty. Only a key that stands at some lines of a file and resolves to a
// session with a tool is evidence. It does not know who wrote the note: anyone with push rights can.
// Format: specs/git_ai_standard_v3.0.0.md of git-ai-project/git-ai.
#pragma once

#include "policy/authorship.h"

#include <string_view>

namespace sluice::policy {

// Never throws: what cannot be read is weak evidence that says so.
AuthorshipClaim read_ai_note(std::string_view note);

} // namespace sluice::policy
