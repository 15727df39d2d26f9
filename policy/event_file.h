// What the platform says about the change that it started this job for: the event file of GitHub Actions and of what
// imitates it (GITHUB_EVENT_PATH). Unlike a commit, its author's account, app and labels cannot be edited by the author
// of the commit. It does not know the platform's API and asks nobody.
#pragma once

#include "policy/authorship.h"
#include "policy/signatures.h"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::policy {

// About every commit of the change. An account that the signatures name as a tool's and that opened the pull request,
// made it through an app, or pushed, decides; so does a label that the policy names. The name of the branch and who
// merely started the job are weak. Empty text, or a file that is no JSON object, says nothing; the latter weakly so.
AuthorshipClaim read_event(std::string_view json, const Signatures& known, const std::vector<std::string>& ai_labels);

} // namespace sluice::policy
