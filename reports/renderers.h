// The renderers behind the table in reports/formats.cpp, each from a record to the bytes of one file. Text that a test
// chose is cleaned (reports/text.h) everywhere but in `write_events`, which keeps every byte.
#pragma once

#include "model/run_record.h"
#include "reports/formats.h"
#include "reports/output_stream.h"

namespace sluice::reports {

// Common Test Report Format, https://ctrf.io, schema 0.0: nothing outside `extra` that the schema does not name.
void write_ctrf(const RunRecord& record, const FormatOptions& options, OutputStream& out);

// Test Anything Protocol. Version 13 is what `prove` reads; 14 has the same lines under another first line.
enum class TapVersion { v13 = 13, v14 = 14 };
void write_tap(const RunRecord& record, const FormatOptions& options, TapVersion version, OutputStream& out);

// Chrome's trace event format, for Perfetto: a track for each lane with its batches, tests and waiting.
void write_trace(const RunRecord& record, const FormatOptions& options, OutputStream& out);

// OTLP/JSON spans: run, build, tests.
void write_otlp(const RunRecord& record, const FormatOptions& options, OutputStream& out);

// Workflow commands of GitHub Actions: at most ten errors and ten warnings, which is what it shows.
void write_github_annotations(const RunRecord& record, const FormatOptions& options, OutputStream& out);

// GitHub's step summary, at most 900 KiB of its flavour of Markdown.
void write_github_summary(const RunRecord& record, const FormatOptions& options, OutputStream& out);

// GitLab's Code Quality report: what is red, where.
void write_gitlab(const RunRecord& record, const FormatOptions& options, OutputStream& out);

// SARIF 2.1.0: findings of the gate (rules, what widened the plan), not results of tests.
void write_sarif(const RunRecord& record, const FormatOptions& options, OutputStream& out);

// The events that fold into exactly this record (docs/formats/events.md).
void write_events(const RunRecord& record, const FormatOptions& options, OutputStream& out);

} // namespace sluice::reports
