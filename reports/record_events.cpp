// A record unfolded into the events that fold into it: what merges of runs are written as.
#include "reports/event_log.h"
#include "reports/renderers.h"

#include <algorithm>
#include <set>

namespace sluice::reports {

namespace {

// What lies between the plan and the end: only its place in time is known, so it is sorted. `rank` orders what happened
// in one moment: a batch begins before its tests and ends after them.
struct Moment {
  Timestamp time;
  int rank = 0;
  const TestRecord* test = nullptr;
  const Attempt* attempt = nullptr;
  const BatchRecord* batch = nullptr;
};

constexpr Timestamp k_never{};

std::vector<Moment> moments(const RunRecord& record)
{
  std::vector<Moment> moments;
  for (const BatchRecord& batch : record.batches) {
    moments.push_back({batch.started, 0, nullptr, nullptr, &batch});
    if (batch.finished) moments.push_back({batch.ended, 3, nullptr, nullptr, &batch});
  }
  for (const TestRecord& test : record.tests)
    for (const Attempt& attempt : test.attempts) {
      moments.push_back({attempt.started, 1, &test, &attempt, nullptr});
      if (attempt.ended != k_never) moments.push_back({attempt.ended, 2, &test, &attempt, nullptr});
    }
  std::stable_sort(moments.begin(), moments.end(), [](const Moment& a, const Moment& b) {
    return std::tie(a.time, a.rank) < std::tie(b.time, b.rank);
  });
  return moments;
}

EventBody body_of(const Moment& moment)
{
  switch (moment.rank) {
  case 0:
    return moment.batch->begun;
  case 1:
    return event::TestStarted{moment.test->planned.test, moment.attempt->number, moment.attempt->lane,
                              moment.attempt->batch};
  case 2:
    return event::TestFinished{moment.test->planned.test, moment.attempt->number, moment.attempt->lane,
                               moment.attempt->batch,     moment.attempt->kind,   moment.attempt->result};
  default:
    return *moment.batch->finished;
  }
}

// Batches that were cut off and of whose beginning nothing is known.
void write_other_ends(const RunRecord& record, const auto& write)
{
  std::set<std::uint32_t> known;
  for (const BatchRecord& batch : record.batches)
    if (batch.finished) known.insert(batch.begun.batch);
  for (const std::uint32_t batch : record.cut_off) {
    if (known.contains(batch)) continue;
    event::BatchFinished end;
    end.batch = batch;
    end.cut_off = true;
    write(end);
  }
}

} // namespace

void write_events(const RunRecord& record, const FormatOptions&, OutputStream& out)
{
  Timestamp time = record.start_time;
  const auto write = [&](EventBody body) {
    encode({time, std::move(body)}, out.text());
    out.drain();
  };
  write(record.started);
  if (record.authorship) write(*record.authorship);
  if (record.build_started) write(*record.build_started);
  if (record.build) write(*record.build);
  for (const TestRecord& test : record.tests) write(test.planned);
  write(record.plan);
  if (record.sandbox) write(event::SandboxPrepared{*record.sandbox});
  for (const Moment& moment : moments(record)) {
    time = moment.time;
    write(body_of(moment));
  }
  write_other_ends(record, write);
  if (record.interrupted) write(event::Interrupted{});
  if (record.finished) {
    time = std::max(time, record.start_time + record.finished->duration);
    write(*record.finished);
  }
  out.finish();
}

} // namespace sluice::reports
