#include "reports/timeline.h"

#include <algorithm>
#include <map>
#include <utility>

namespace sluice::reports {

namespace {

using Kind = TimelineSpan::Kind;
using Spans = std::vector<TimelineSpan>;

constexpr std::chrono::milliseconds k_least_waiting{1};
constexpr Timestamp k_never{};

bool earlier(const TimelineSpan& a, const TimelineSpan& b)
{
  return a.begin < b.begin;
}

// No span outlasts the beginning of the next.
void cut_overlaps(Spans& spans)
{
  std::stable_sort(spans.begin(), spans.end(), earlier);
  for (std::size_t i = 0; i + 1 < spans.size(); ++i) spans[i].end = std::min(spans[i].end, spans[i + 1].begin);
}

Timestamp end_of_run(const RunRecord& record)
{
  Timestamp end = record.start_time;
  if (record.finished) end += record.finished->duration;
  for (const BatchRecord& batch : record.batches) end = std::max({end, batch.started, batch.ended});
  for (const TestRecord& test : record.tests)
    for (const Attempt& attempt : test.attempts) end = std::max({end, attempt.started, attempt.ended});
  return end;
}

struct Lane {
  Spans batches, tests;
};

std::map<int, Lane> lanes(const RunRecord& record)
{
  std::map<int, Lane> lanes;
  const Timestamp last = end_of_run(record);
  for (const TestRecord& test : record.tests)
    for (const Attempt& attempt : test.attempts) {
      const Timestamp end = attempt.ended == k_never ? last : std::max(attempt.ended, attempt.started);
      lanes[attempt.lane].tests.push_back({Kind::test, attempt.lane, attempt.started, end, nullptr, &test, &attempt});
    }
  for (const BatchRecord& batch : record.batches) {
    const int lane = batch.begun.lane;
    const Timestamp end = batch.ended == k_never ? last : std::max(batch.ended, batch.started);
    lanes[lane].batches.push_back({Kind::batch, lane, batch.started, end, &batch, nullptr, nullptr});
  }
  return lanes;
}

// A test lies within the batch during which it began.
void nest(Spans& tests, const Spans& batches)
{
  for (TimelineSpan& test : tests) {
    const auto after = std::upper_bound(batches.begin(), batches.end(), test, earlier);
    if (after == batches.begin()) {
      if (after != batches.end()) test.end = std::min(test.end, after->begin);
      continue;
    }
    const TimelineSpan& batch = *std::prev(after);
    if (test.begin < batch.end) test.end = std::min(test.end, batch.end);
    else if (after != batches.end()) test.end = std::min(test.end, after->begin);
  }
}

void append_lane(int number, Lane& lane, Spans& out)
{
  cut_overlaps(lane.batches);
  cut_overlaps(lane.tests);
  nest(lane.tests, lane.batches);
  const std::size_t first = out.size();
  for (std::size_t i = 0; i < lane.batches.size(); ++i) {
    if (i > 0 && lane.batches[i].begin - lane.batches[i - 1].end > k_least_waiting)
      out.push_back({Kind::waiting, number, lane.batches[i - 1].end, lane.batches[i].begin, nullptr, nullptr, nullptr});
    out.push_back(lane.batches[i]);
  }
  out.insert(out.end(), lane.tests.begin(), lane.tests.end());
  std::stable_sort(out.begin() + static_cast<std::ptrdiff_t>(first), out.end(), earlier);
}

} // namespace

std::vector<TimelineSpan> timeline(const RunRecord& record)
{
  Spans spans;
  for (auto& [number, lane] : lanes(record)) append_lane(number, lane, spans);
  return spans;
}

} // namespace sluice::reports
