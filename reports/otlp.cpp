#include "reports/attempt_words.h"
#include "reports/fingerprint.h"
#include "reports/json_writer.h"
#include "reports/renderers.h"
#include "reports/text.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::reports {

namespace {

// Numbers of the OTLP enumerations.
enum class SpanKind { internal = 1, server = 2 };
enum class SpanStatus { ok = 1, error = 2 };

struct Parent {
  std::string trace, span; // span is empty for a root
};

// "00-<32 hex>-<16 hex>-<2 hex>" (W3C Trace Context). Anything else, and ids of zeros, count as absent.
Parent parent_of(std::string_view header, const RunRecord& record)
{
  constexpr std::string_view hex = "0123456789abcdef";
  const bool shaped = header.size() >= 55 && header[2] == '-' && header[35] == '-' && header[52] == '-';
  if (shaped) {
    const std::string_view trace = header.substr(3, 32), span = header.substr(36, 16);
    const auto is_id = [&](std::string_view id) {
      return id.find_first_not_of(hex) == std::string_view::npos && id.find_first_not_of('0') != std::string_view::npos;
    };
    if (is_id(trace) && is_id(span)) return {std::string(trace), std::string(span)};
  }
  return {hex_id_128(record.started.run), {}};
}

std::string nanoseconds(Timestamp time)
{
  return fmt::format("{}000", std::max<std::int64_t>(time.time_since_epoch().count(), 0));
}

class Otlp {
public:
  Otlp(const RunRecord& record, const FormatOptions& options, OutputStream& out)
    : record_(record), parent_(parent_of(options.trace_parent, record)), run_span_(hex_id_64(record.started.run)),
      out_(out), json_(out.text())
  {
  }

  void write()
  {
    json_.begin_object();
    json_.begin_array("resourceSpans");
    json_.begin_object();
    write_resource();
    json_.begin_array("scopeSpans");
    json_.begin_object();
    json_.begin_object("scope");
    json_.text("name", "sluice");
    json_.text("version", one_line(record_.started.version, 100));
    json_.end_object();
    json_.begin_array("spans");
    write_run();
    write_build();
    for (const TestRecord& test : record_.tests)
      for (const Attempt& attempt : test.attempts) write(test, attempt);
    json_.end_array();
    json_.end_object();
    json_.end_array();
    json_.end_object();
    json_.end_array();
    json_.end_object();
    out_.text() += '\n';
    out_.finish();
  }

private:
  void attribute(std::string_view key, std::string_view value)
  {
    if (value.empty()) return;
    json_.begin_object();
    json_.text("key", key);
    json_.begin_object("value");
    json_.text("stringValue", value);
    json_.end_object();
    json_.end_object();
  }

  void write_resource()
  {
    json_.begin_object("resource");
    json_.begin_array("attributes");
    attribute("service.name", "sluice");
    attribute("service.version", one_line(record_.started.version, 100));
    attribute("host.name", one_line(record_.started.host, 255));
    attribute("vcs.ref.head.revision", one_line(record_.started.head, 100));
    attribute("vcs.ref.base.revision", one_line(record_.started.base, 100));
    json_.end_array();
    json_.end_object();
  }

  void open(std::string_view id, std::string_view parent, std::string_view name, SpanKind kind, Timestamp begin,
            Timestamp end)
  {
    json_.begin_object();
    json_.text("traceId", parent_.trace);
    json_.text("spanId", id);
    json_.text_if_any("parentSpanId", parent);
    json_.text("name", name);
    json_.number("kind", static_cast<int>(kind));
    json_.text("startTimeUnixNano", nanoseconds(begin));
    json_.text("endTimeUnixNano", nanoseconds(std::max(begin, end)));
    json_.begin_array("attributes");
  }

  void close(SpanStatus status, std::string_view message)
  {
    json_.end_array();
    json_.begin_object("status");
    json_.number("code", static_cast<int>(status));
    json_.text_if_any("message", message);
    json_.end_object();
    json_.end_object();
    out_.drain();
  }

  void write_run()
  {
    const bool passed = record_.finished && record_.finished->verdict.status == VerdictStatus::passed;
    const auto duration = record_.finished ? record_.finished->duration : std::chrono::microseconds(0);
    open(run_span_, parent_.span, "RUN sluice", SpanKind::server, record_.start_time, record_.start_time + duration);
    attribute("cicd.pipeline.name", "sluice");
    attribute("cicd.pipeline.run.id", one_line(record_.started.run, 200));
    attribute("cicd.pipeline.result", passed ? "success" : record_.interrupted ? "cancellation" : "failure");
    attribute("test.suite.run.status", !record_.finished ? "aborted" : passed ? "success" : "failure");
    close(passed ? SpanStatus::ok : SpanStatus::error,
          record_.finished ? to_string(record_.finished->verdict.status) : "the run did not complete");
  }

  void write_build()
  {
    if (!record_.build) return;
    open(hex_id_64(record_.started.run + "/build"), run_span_, "build", SpanKind::internal, record_.start_time,
         record_.start_time + record_.build->duration);
    attribute("cicd.pipeline.task.name", "build");
    attribute("cicd.pipeline.task.run.result", record_.build->ok ? "success" : "failure");
    close(record_.build->ok ? SpanStatus::ok : SpanStatus::error, "");
  }

  void write(const TestRecord& test, const Attempt& attempt)
  {
    const std::string id = one_line(test.planned.test.value, 500);
    const Outcome outcome = attempt.result.outcome;
    open(hex_id_64(fmt::format("{}/{}#{}", record_.started.run, test.planned.test.value, attempt.number)), run_span_,
         id.empty() ? "test" : id, SpanKind::internal, attempt.started, attempt.ended);
    attribute("test.case.name", one_line(test.planned.name, 500));
    attribute("test.suite.name", one_line(test.planned.suite, 500));
    attribute("test.case.result.status", is_red(outcome) ? "fail" : outcome == Outcome::passed ? "pass" : "skipped");
    attribute("sluice.outcome", to_string(outcome));
    const Standing standing = test.standing();
    if (is_excused(standing)) attribute("sluice.standing", to_string(standing));
    attribute("sluice.attempt", std::to_string(attempt.number));
    attribute("sluice.lane", std::to_string(attempt.lane));
    const auto [file, line] = test_place(test, &attempt);
    attribute("code.file.path", file);
    close(is_red(outcome) ? SpanStatus::error : SpanStatus::ok, is_red(outcome) ? attempt_message(attempt) : "");
  }

  const RunRecord& record_;
  Parent parent_;
  std::string run_span_;
  OutputStream& out_;
  JsonWriter json_;
};

} // namespace

void write_otlp(const RunRecord& record, const FormatOptions& options, OutputStream& out)
{
  Otlp(record, options, out).write();
}

} // namespace sluice::reports
