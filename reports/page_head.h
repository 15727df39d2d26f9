// The part of the page's data that is about the run as a whole: verdict, authorship, sandbox, plan
// (docs/formats/page.md). It does not know tests.
#pragma once

#include "model/run_record.h"
#include "reports/json_writer.h"

namespace sluice::reports {

// Within the object that `json` is in.
void write_page_head(const RunRecord& record, JsonWriter& json);

} // namespace sluice::reports
