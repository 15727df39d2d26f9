// The result of a run in a few numbers: summary.json beside its event log, so that a list of a thousand runs does not
// read a thousand logs. A fold over the record; docs/formats/history.md specifies it.
#pragma once

#include "model/run_record.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::reports {

inline constexpr int k_summary_version = 1;

struct RunSummary {
  std::string run, head, base;
  Timestamp started;
  std::chrono::microseconds duration{0};
  bool working_tree = false;
  bool finished = false;
  bool interrupted = false;
  VerdictStatus status = VerdictStatus::failed;
  int exit = 1;
  std::string reason; // the first of the verdict's
  Counts counts;
  std::chrono::microseconds spent{0};   // by the tests that were executed
  std::chrono::microseconds saved{0};   // that the reused ones took when they were proven
  std::optional<Authorship> authorship; // the strongest of its commits; absent: nobody asked, or there is no commit
  std::vector<Escalation> escalations;
  friend bool operator==(const RunSummary&, const RunSummary&) = default;
};

RunSummary summarise(const RunRecord& record);

std::string encode_summary(const RunSummary& summary);
// nullopt for what is no whole summary of this version.
std::optional<RunSummary> decode_summary(std::string_view json);

} // namespace sluice::reports
