// Every report that can be made of a run, in one visible table: name, what it is for, and the function from a record to
// bytes. A renderer is pure: the same record gives the same bytes, whenever and wherever. docs/manual/reports.md says
// which consumer wants which.
#pragma once

#include "model/run_record.h"
#include "reports/junit.h"
#include "reports/output_stream.h"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::reports {

struct FormatOptions {
  Unselected unselected = Unselected::omit;
  bool split = true;        // JUnit: several files above k_junit_cases_per_file cases
  std::string_view page;    // the template of the HTML page; empty: this program was built without it
  std::string trace_parent; // W3C traceparent that OTLP spans hang on; empty: the run is the root
};

// One file of a report.
struct ReportFile {
  std::string suffix; // goes before the extension; "" for the first or only one
  std::function<void(OutputStream& out)> write;
};

enum class FormatFamily {
  other,
  junit, // what is written must agree with the record, and parts of an earlier, longer report go
};

struct Format {
  std::string_view name;
  std::string_view extension; // with its dot
  std::string_view help;
  // The files refer to `record`, which must outlive them. At least one file.
  std::vector<ReportFile> (*files)(const RunRecord& record, const FormatOptions& options);
  FormatFamily family = FormatFamily::other;
  // The names of the files are those of the suffixes alone (TEST-suite.xml), in a folder.
  bool folder = false;
};

std::span<const Format> formats();

// nullptr if there is no such format.
const Format* find_format(std::string_view name);

// Renders everything into one string: for formats of one file.
std::string render(const Format& format, const RunRecord& record, const FormatOptions& options = {});

} // namespace sluice::reports
