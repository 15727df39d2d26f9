// What a forge is told about a finished run, as the JSON that its API takes. Pure; it does not know servers or tokens.
// Limits are those of the published APIs: 50 annotations and 65,535 characters for a GitHub check, 140 for a
// description.
#pragma once

#include "model/run_record.h"

#include <optional>
#include <string>
#include <string_view>

namespace sluice::forge {

enum class Forge { github_check, github_status, gitlab_status, gerrit_review, harness };

// "github-check", "github-status", "gitlab-status", "gerrit-review", "harness".
std::optional<Forge> forge_named(std::string_view name);
std::string_view to_string(Forge forge);

// `commit` is the revision that the forge knows: after a test of a merge result that is not always the one that ran.
// `target` is the branch that is merged into ("main", "refs/heads/main"), or empty: checks and statuses are called
// "sluice (main)" by it, since a forge ties them to the commit, and one for another branch must not stand in for it.
// Only a verdict of PASSED or OVERRIDDEN is a success; a run without a verdict is a failure. For Harness lines of
// "NAME=value" for output variables.
std::string payload(Forge forge, const RunRecord& record, std::string_view commit, std::string_view target);

// "low", "medium", "high" or "critical": by the share of the tests that the change reaches, for staged rollouts. A plan
// that had to widen is at least "high".
std::string_view risk_class(const RunRecord& record);

} // namespace sluice::forge
