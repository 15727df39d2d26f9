// The answers of `sluice ui` (docs/formats/ui.md): what its pages ask of the store and of the runs. Values come in,
// JSON goes out; it knows neither requests nor the store.
#pragma once

#include "reports/history_text.h"
#include "reports/run_summary.h"

#include <functional>
#include <string>
#include <vector>

namespace sluice::reports {

// `running` says of a run's id whether its process is alive.
std::string runs_answer(const std::vector<RunSummary>& runs, const std::function<bool(const std::string&)>& running);
std::string tests_answer(const std::vector<StatisticsLine>& tests, const std::vector<FlakyLine>& flaky);
std::string test_answer(const std::vector<HistoryLine>& outcomes);

} // namespace sluice::reports
