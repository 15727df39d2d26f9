// The data behind the page of a run (docs/formats/page.md), and the page with the data in it. It does not know the
// page: the template comes from ui/ and is bytes with one place for the data.
#pragma once

#include "model/run_record.h"
#include "reports/output_stream.h"

#include <string_view>

namespace sluice::reports {

// Where the data goes: the text between the tags of <script type="application/json" id="sluice-data">.
inline constexpr std::string_view k_page_data_begins = R"(id="sluice-data">)";

// One JSON object, without '<', so that it may stand in an HTML document.
void write_page_data(const RunRecord& record, OutputStream& out);

// False if `page` has no place for the data.
bool write_page(std::string_view page, const RunRecord& record, OutputStream& out);

} // namespace sluice::reports
