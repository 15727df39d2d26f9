// A hash-chained log of every verdict: each line holds the digest of the line before (docs/formats/audit.md). It shows
// that no line was changed or taken out of the middle; that none is missing at the end only a digest kept elsewhere can
// show. It does not know why a verdict came out as it did.
#pragma once

#include "cli/stages.h"
#include "model/run_record.h"

#include <string>
#include <vector>

namespace sluice::cli {

// Appends the run's verdict and the people in it; waits for others who append. Throws Error{world}.
void append_to_audit_log(const std::string& file, const RunRecord& record, const Change& change);

struct AuditLog {
  std::vector<std::string> entries; // JSON, oldest first
  std::vector<std::string> digests; // of each
  std::vector<std::string> faults;  // what is wrong, each with its line; empty: the chain holds
  std::vector<std::string> cut_off; // lines that were never written to their end, between two that follow each other
  std::string last;                 // the digest that the next line has to name
  bool ends_in_line = true;         // the next line begins where the text ends
};
AuditLog read_audit_log(const std::string& file);

} // namespace sluice::cli
