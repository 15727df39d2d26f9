// The store's answers about the past in the form in which reports/ shows them: history, statistics, flaky tests.
// It does not know whether a command or a page asks. One thread at a time, as the store.
#pragma once

#include "cache/store.h"
#include "model/policy.h"
#include "reports/dashboard_json.h"
#include "reports/history_text.h"

#include <optional>
#include <string>
#include <vector>

namespace sluice::cli {

std::vector<reports::HistoryLine> past_of(const cache::Store& store, const std::string& test, std::size_t most);
reports::ProofLine proof_of(const cache::Store& store, const std::string& test, std::size_t most);
std::vector<reports::StatisticsLine> statistics_of(const cache::Store& store, std::size_t runs);
std::vector<reports::FlakyLine> flaky_of(const cache::Store& store);
std::optional<reports::FlakyLine> flakiness_of(const cache::Store& store, const std::string& test);
std::vector<reports::RunLine> runs_of(const cache::Store& store);
std::vector<reports::WideningLine> widenings_of(const cache::Store& store, std::size_t most);

// The suites of `policy`, in its order, then those that only earlier runs know.
std::vector<reports::SuiteLine> suites_of(const cache::Store& store, const Policy& policy);

} // namespace sluice::cli
