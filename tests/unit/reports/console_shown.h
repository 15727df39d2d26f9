// What the console prints of a script of events.
#pragma once

#include "reports/console.h"
#include "tests/unit/reports/script.h"

#include <string>

namespace sluice::tests {

inline std::string shown_in(const reports::ConsoleOptions& options, const Script& script)
{
  std::string out;
  reports::Console console(options, [&](std::string_view bytes) { out += bytes; });
  for (const RunEvent& event : script.events()) console.event(event);
  return out;
}

inline std::string shown_in(reports::ConsoleStyle style, const Script& script)
{
  reports::ConsoleOptions options;
  options.style = style;
  options.report_files = {"junit.xml"};
  return shown_in(options, script);
}

} // namespace sluice::tests
