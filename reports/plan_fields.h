// The parts of a plan as JSON fields: the same in events.ndjson and in the plan document, so that one reader serves
// both. It does not know which of the two it writes into. Fields that are empty or zero are left out.
#pragma once

#include "model/plan.h"
#include "reports/json_writer.h"

namespace sluice::reports {

// "decision": "run" | "reuse" | "skip" and the fields that go with it, into the open object.
void write_decision(JsonWriter& json, const Decision& decision);

// The object "quarantine".
void write_quarantine(JsonWriter& json, const Quarantined& quarantine);

void write_escalations(JsonWriter& json, const std::vector<Escalation>& escalations);
void write_dismissals(JsonWriter& json, const std::vector<Dismissal>& dismissed);
void write_blast_radius(JsonWriter& json, const BlastRadius& radius);

} // namespace sluice::reports
