// The page of ui/ as bytes, built by npm when the program is built and put into it. It does not know runs;
// reports/page.h puts the data into it, and `sluice ui` serves it without any.
#pragma once

#include <string_view>

namespace sluice::ui {

// Empty where the build had no npm (SLUICE_UI is OFF).
std::string_view page_template();

} // namespace sluice::ui
