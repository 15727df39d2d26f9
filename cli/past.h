// The store's answers about the past in the form in which reports/ shows them: history, statistics, flaky tests.
// It does not know whether a command or a page asks. One thread at a time, as the store.
#pragma once

#include "cache/store.h"
#include "reports/history_text.h"

#include <string>
#include <vector>

namespace sluice::cli {

std::vector<reports::HistoryLine> past_of(const cache::Store& store, const std::string& test, std::size_t most);
std::vector<reports::StatisticsLine> statistics_of(const cache::Store& store, std::size_t runs);
std::vector<reports::FlakyLine> flaky_of(const cache::Store& store);

} // namespace sluice::cli
