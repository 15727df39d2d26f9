// Answers about the past, as text for people and as JSON (docs/formats/history.md). It does not ask; plain values come
// in.
#pragma once

#include "model/outcome.h"
#include "reports/run_summary.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace sluice::reports {

struct HistoryLine {
  std::string run, head;
  std::int64_t started = 0; // microseconds since the epoch
  bool clean = false;
  Outcome outcome = Outcome::not_run;
  int attempts = 0;
  std::chrono::microseconds duration{0};
  Standing standing = Standing::red; // of a red outcome: whether it was excused
};

struct StatisticsLine {
  std::string test;
  std::size_t runs = 0, red = 0, retried = 0;
  std::chrono::microseconds total{0}, longest{0};
};

struct FlakyLine {
  std::string test;
  std::size_t same_inputs = 0, same_tree = 0, runs = 0, red = 0, on_retry = 0;
};

std::string history_text(const std::string& test, const std::vector<HistoryLine>& lines);
std::string history_json(const std::string& test, const std::vector<HistoryLine>& lines);

std::string flaky_text(const std::vector<FlakyLine>& lines);
std::string flaky_json(const std::vector<FlakyLine>& lines);

// The runs with the statistics of the tests that they executed.
std::string stats_text(const std::vector<RunSummary>& runs, std::vector<StatisticsLine> tests);
std::string stats_json(const std::vector<RunSummary>& runs, const std::vector<StatisticsLine>& tests);

} // namespace sluice::reports
