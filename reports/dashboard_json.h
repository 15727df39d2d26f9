// The answers of `sluice ui` (docs/formats/page.md): what its pages ask of the store and of the runs. Values come in,
// JSON goes out; it knows neither requests nor the store.
#pragma once

#include "reports/history_text.h"
#include "reports/run_summary.h"
#include "reports/trends.h"

#include <functional>
#include <string>
#include <vector>

namespace sluice::reports {

// `running` says of a run's id whether its process is alive.
std::string runs_answer(const std::vector<RunSummary>& runs, const std::function<bool(const std::string&)>& running);

// What widened plans, as the store knows it.
struct WideningLine {
  Escalation escalation;
  std::size_t runs = 0;
  std::string newest_run;
  std::int64_t newest = 0; // microseconds since the epoch
};
std::string trends_answer(const std::vector<Week>& weeks, const std::vector<WideningLine>& widened);

// A suite of the policy, and when its tests were executed.
struct SuiteLine {
  std::string suite;
  bool in_policy = true; // false: only earlier runs know it
  std::vector<std::string> owners;
  std::vector<std::string> rules; // that demand it
  SuiteRun last;                  // the newest run that executed any of its tests
  std::string run;                // that run; empty: none is known
  std::int64_t started = 0;
  std::string whole_run; // the newest that executed all of them; empty: none is known
  std::int64_t whole_started = 0;
  std::size_t whole_red = 0;
};
// `trouble`: why the policy cannot be read; empty when it can.
std::string suites_answer(const std::vector<SuiteLine>& suites, const std::string& trouble);

std::string tests_answer(const std::vector<StatisticsLine>& tests, const std::vector<FlakyLine>& flaky);
// What the newest proof of a test rests on; `run` is empty where there is none.
struct ProofLine {
  std::string run;
  std::size_t total = 0;
  InputSet inputs; // not more than can be shown
};
// `flaky`: null for a test that is not known to be.
std::string test_answer(const std::vector<HistoryLine>& outcomes, const ProofLine& proof, const FlakyLine* flaky);

} // namespace sluice::reports
