#include "reports/trends.h"

#include <algorithm>
#include <map>
#include <utility>

namespace sluice::reports {

namespace {

constexpr std::int64_t k_day = 86'400'000'000;
constexpr std::int64_t k_week = 7 * k_day;
constexpr std::int64_t k_first_monday = 4 * k_day; // 1970-01-05

std::int64_t week_of(std::int64_t time)
{
  const std::int64_t since = time - k_first_monday;
  const std::int64_t weeks = since / k_week - (since % k_week < 0 ? 1 : 0);
  return k_first_monday + weeks * k_week;
}

void count(const std::optional<VerdictStatus>& verdict, Fates& fates)
{
  if (!verdict) {
    ++fates.cut_off;
    return;
  }
  switch (*verdict) {
  case VerdictStatus::passed:
    ++fates.passed;
    break;
  case VerdictStatus::failed:
    ++fates.failed;
    break;
  case VerdictStatus::refused:
    ++fates.refused;
    break;
  case VerdictStatus::overridden:
    ++fates.overridden;
    break;
  }
}

// The last run of each change.
std::vector<const RunLine*> last_runs(std::span<const RunLine> runs)
{
  std::map<std::pair<std::string_view, std::string_view>, const RunLine*> last;
  for (const RunLine& run : runs) {
    if (!run.clean || !run.counted || run.head.empty() || run.head == run.base) continue;
    const RunLine*& known = last[{run.base, run.head}];
    if (!known || known->started <= run.started) known = &run;
  }
  std::vector<const RunLine*> all;
  for (const auto& [change, run] : last) all.push_back(run);
  return all;
}

} // namespace

std::vector<Week> weeks_of(std::span<const RunLine> runs, std::size_t most)
{
  if (runs.empty() || most == 0) return {};
  const auto [first, last] = std::minmax_element(
    runs.begin(), runs.end(), [](const RunLine& a, const RunLine& b) { return a.started < b.started; });
  const std::int64_t end = week_of(last->started);
  const std::int64_t begin = std::max(week_of(first->started), end - static_cast<std::int64_t>(most - 1) * k_week);
  std::vector<Week> weeks(static_cast<std::size_t>((end - begin) / k_week) + 1);
  for (std::size_t i = 0; i < weeks.size(); ++i) weeks[i].begin = begin + static_cast<std::int64_t>(i) * k_week;
  const auto of = [&](const RunLine& run) -> Week* {
    return run.started < begin ? nullptr : &weeks[static_cast<std::size_t>((run.started - begin) / k_week)];
  };
  for (const RunLine& run : runs) {
    Week* week = of(run);
    if (!week) continue;
    ++week->runs;
    week->selected += run.selected;
    week->reused += run.reused;
    week->spent += run.spent;
    week->saved += run.saved;
  }
  for (const RunLine* run : last_runs(runs)) {
    Week* week = of(*run);
    if (!week) continue;
    count(run->verdict, run->authorship ? week->changes[static_cast<std::size_t>(*run->authorship)] : week->unasked);
  }
  return weeks;
}

} // namespace sluice::reports
