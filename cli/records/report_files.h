// Reports as files: which ones were asked for, and writing them so that a reader never sees half of one or an old one.
// What is in them is reports/'s business.
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

// The same from the words of a command line of `sluice run` of which the rest may not be understood; a format that is
// not known is passed over.
std::vector<ReportRequest> reports_named_in(const std::vector<std::string>& words);

reports::FormatOptions format_options(const Options& options);

struct WrittenReport {
  std::vector<std::string> files;
  // Hexadecimal SHA-256 of what was rendered, file after file: of our own bytes, whatever became of the files since.
  std::string digest;
};

// Writes all files of a report and removes parts that an earlier, longer report left beside them. A JUnit report is
// read back first: Error{world} if it does not say what the record says; then the files that were there stay.
WrittenReport write_report(const RunRecord& record, const ReportRequest& request,
                           const reports::FormatOptions& options);

// Writes reports that say "not completed", whatever lay there: an older one may be green. Returns what was written.
// Throws as write_report() does; where there is no room for red, what lay there is removed.
std::vector<std::string> leave_red(const std::vector<ReportRequest>& requests, const reports::FormatOptions& options,
                                   const RunRecord& begun = {});

} // namespace sluice::cli
