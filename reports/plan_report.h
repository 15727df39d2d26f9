// A plan as text for people and as JSON for programs (docs/formats/plan.md), and the answers to "why" and "why not".
// Pure: it shows the reasons that the plan holds and finds none of its own.
#pragma once

#include "model/catalogue.h"
#include "model/change_set.h"
#include "model/plan.h"

#include <string>
#include <string_view>

namespace sluice::reports {

std::string plan_text(const Plan& plan, const Catalogue& catalogue, const ChangeSet& change, bool verbose);
std::string plan_json(const Plan& plan, const Catalogue& catalogue, const ChangeSet& change);

// One entry explained: the path for one that runs, the proof for one that does not.
std::string explain(const PlanEntry& entry, const Plan& plan, const Catalogue& catalogue);

} // namespace sluice::reports
