#include "reports/json_writer.h"
#include "reports/plan_words.h"
#include "reports/renderers.h"
#include "reports/text.h"
#include "reports/timeline.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace sluice::reports {

namespace {

constexpr int k_run_track = 0; // lanes follow it

int track(int lane)
{
  return lane + 1;
}

class Trace {
public:
  Trace(const RunRecord& record, OutputStream& out) : record_(record), out_(out), json_(out.text()) {}

  void write()
  {
    json_.begin_object();
    json_.text("displayTimeUnit", "ms");
    json_.begin_array("traceEvents");
    name("process_name", k_run_track, "sluice " + one_line(record_.started.run, 100));
    name("thread_name", k_run_track, "run");
    const std::vector<TimelineSpan> spans = timeline(record_);
    std::set<int> lanes;
    for (const TimelineSpan& span : spans) lanes.insert(span.lane);
    for (const int lane : lanes) name("thread_name", track(lane), fmt::format("lane {}", lane));
    write_run();
    for (const TimelineSpan& span : spans) write(span);
    json_.end_array();
    json_.end_object();
    out_.text() += '\n';
    out_.finish();
  }

private:
  void name(std::string_view what, int track, std::string_view value)
  {
    json_.begin_object();
    json_.text("name", what);
    json_.text("ph", "M");
    json_.number("pid", 1);
    json_.number("tid", track);
    json_.begin_object("args");
    json_.text("name", value);
    json_.end_object();
    json_.end_object();
  }

  void begin(std::string_view name, std::string_view category, int track, Timestamp from,
             std::chrono::microseconds duration)
  {
    json_.begin_object();
    json_.text("name", name);
    json_.text("cat", category);
    json_.text("ph", "X");
    json_.number("pid", 1);
    json_.number("tid", track);
    json_.number("ts", std::chrono::microseconds(from - record_.start_time).count());
    json_.number("dur", std::max<std::int64_t>(duration.count(), 0));
    json_.begin_object("args");
  }

  void end()
  {
    json_.end_object();
    json_.end_object();
    out_.drain();
  }

  void write_run()
  {
    if (record_.finished) {
      begin("run", "run", k_run_track, record_.start_time, record_.finished->duration);
      json_.text("verdict", to_string(record_.finished->verdict.status));
      end();
    }
    if (record_.build) {
      begin("build", "build", k_run_track, record_.start_time, record_.build->duration);
      json_.flag("ok", record_.build->ok);
      end();
    }
  }

  void write(const TimelineSpan& span)
  {
    const auto duration = std::chrono::microseconds(span.end - span.begin);
    switch (span.kind) {
    case TimelineSpan::Kind::waiting:
      begin("waiting", "wait", track(span.lane), span.begin, duration);
      break;
    case TimelineSpan::Kind::batch:
      begin(one_line(span.batch->begun.program, 200), "batch", track(span.lane), span.begin, duration);
      json_.count("batch", span.batch->begun.batch);
      json_.count("cases", span.batch->begun.cases);
      if (span.batch->finished) json_.number("cpu_us", span.batch->finished->cpu.count());
      break;
    case TimelineSpan::Kind::test:
      begin(one_line(span.test->planned.test.value, 500), "test", track(span.lane), span.begin, duration);
      json_.text("outcome", to_string(span.attempt->result.outcome));
      json_.number("attempt", span.attempt->number);
      if (const Run* run = std::get_if<Run>(&span.test->planned.decision)) json_.text("cause", to_string(run->cause));
      break;
    }
    end();
  }

  const RunRecord& record_;
  OutputStream& out_;
  JsonWriter json_;
};

} // namespace

void write_trace(const RunRecord& record, const FormatOptions&, OutputStream& out)
{
  Trace(record, out).write();
}

} // namespace sluice::reports
