// Reports as files: which ones were asked for, and writing them so that a reader never sees half of one or an old one.
// It does not know what is in them (reports/ does).
#pragma once

#include "cli/options.h"
#include "model/run_record.h"
#include "reports/formats.h"

#include <string>
#include <vector>

namespace sluice::cli {

struct ReportRequest {
  const reports::Format* format = nullptr;
  std::string file; // for a format of a folder: the folder
};

// "FORMAT=FILE" of --report. Throws Error{usage}.
ReportRequest parse_report_request(const std::string& words);

// Throws Error{usage} for an unknown name, with the nearest known one.
const reports::Format& format_named(const std::string& name);

// What --junit and --report ask for, as absolute paths.
std::vector<ReportRequest> requested_reports(const Options& options);

// Same, from the raw words of a `sluice run` command line that may be wrong elsewhere; ignores unknown formats.
std::vector<ReportRequest> reports_named_in(const std::vector<std::string>& words);

// How reports are rendered, from the command line and the environment (TRACEPARENT). Does not fail.
reports::FormatOptions format_options(const Options& options);

struct WrittenReport {
  std::vector<std::string> files;
  // Hexadecimal SHA-256 of the rendered bytes of all files together, whatever became of the files since.
  std::string digest;
};

// Writes all files of a report and removes parts that an earlier, longer report left beside them. A JUnit report is
// read back first. Throws Error{world} if it does not say what the record says (files that were there stay) or if a
// file cannot be written.
WrittenReport write_report(const RunRecord& record, const ReportRequest& request,
                           const reports::FormatOptions& options);

// Writes reports that say "not completed" over whatever lay there, which may be green. Returns the files written.
// Throws what write_report() throws; before that it removes what lay where the red report found no room.
std::vector<std::string> leave_red(const std::vector<ReportRequest>& requests, const reports::FormatOptions& options,
                                   const RunRecord& begun = {});

} // namespace sluice::cli
