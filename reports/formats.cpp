#include "reports/formats.h"

#include "model/error.h"
#include "reports/junit_layout.h"
#include "reports/page.h"
#include "reports/renderers.h"

#include <algorithm>
#include <array>
#include <memory>

namespace sluice::reports {

namespace {

template <void (*Write)(const RunRecord&, const FormatOptions&, OutputStream&)>
std::vector<ReportFile> one_file(const RunRecord& record, const FormatOptions& options)
{
  return {{"", [&record, options](OutputStream& out) { Write(record, options, out); }}};
}

void write_html(const RunRecord& record, const FormatOptions& options, OutputStream& out)
{
  if (!write_page(options.page, record, out))
    throw Error(ErrorKind::world, "this sluice was built without its page",
                "build it where node and npm are installed, or choose another format: sluice help reports");
}

template <TapVersion Version> void tap(const RunRecord& record, const FormatOptions& options, OutputStream& out)
{
  write_tap(record, options, Version, out);
}

std::vector<ReportFile> written(const RunRecord& record, std::vector<JunitFile> files, const JunitOptions& options)
{
  std::vector<ReportFile> reports;
  for (JunitFile& file : files) {
    // A std::function is copied, a file is not: the pointer is shared by the copies of one closure.
    const auto kept = std::make_shared<JunitFile>(std::move(file));
    reports.push_back(
      {kept->suffix, [&record, kept, options](OutputStream& out) { write_junit(record, *kept, options, out); }});
  }
  return reports;
}

template <JunitProfile Profile>
std::vector<ReportFile> junit_report(const RunRecord& record, const FormatOptions& options)
{
  const JunitOptions junit{Profile, options.unselected, options.split ? k_junit_cases_per_file : 0};
  return written(record, junit_files(record, junit), junit);
}

std::vector<ReportFile> junit_suites(const RunRecord& record, const FormatOptions& options)
{
  const JunitOptions junit{JunitProfile::strict, options.unselected, 0};
  return written(record, junit_suite_files(record, junit), junit);
}

constexpr std::array k_formats{
  Format{"html", ".html", "A page for people: one file, opens from disk", one_file<write_html>},
  Format{"junit", ".xml", "JUnit XML for GitLab, Jenkins, Azure and most others", junit_report<JunitProfile::rich>,
         FormatFamily::junit},
  Format{"junit-strict", ".xml", "JUnit XML that Jenkins' schema accepts", junit_report<JunitProfile::strict>,
         FormatFamily::junit},
  Format{"junit-suites", ".xml", "A folder of TEST-SUITE.xml, as Surefire writes them", junit_suites,
         FormatFamily::junit, true},
  Format{"ctrf", ".json", "Common Test Report Format", one_file<write_ctrf>},
  Format{"tap13", ".tap", "Test Anything Protocol, as prove reads it", one_file<tap<TapVersion::v13>>},
  Format{"tap14", ".tap", "Test Anything Protocol, version 14", one_file<tap<TapVersion::v14>>},
  Format{"trace", ".trace.json", "Timeline of lanes for Perfetto or chrome://tracing", one_file<write_trace>},
  Format{"github", ".txt", "GitHub Actions: annotations, to be printed", one_file<write_github_annotations>},
  Format{"github-summary", ".md", "GitHub Actions: for $GITHUB_STEP_SUMMARY", one_file<write_github_summary>},
  Format{"gitlab", ".json", "GitLab: Code Quality report of what is red", one_file<write_gitlab>},
  Format{"sarif", ".sarif", "SARIF 2.1.0 of the gate's findings", one_file<write_sarif>},
  Format{"otlp", ".otlp.json", "OpenTelemetry spans, OTLP/JSON", one_file<write_otlp>},
  Format{"ndjson", ".ndjson", "The run's events, one a line", one_file<write_events>},
};

} // namespace

std::span<const Format> formats()
{
  return k_formats;
}

const Format* find_format(std::string_view name)
{
  const auto found =
    std::find_if(k_formats.begin(), k_formats.end(), [&](const Format& format) { return format.name == name; });
  return found == k_formats.end() ? nullptr : &*found;
}

std::string render(const Format& format, const RunRecord& record, const FormatOptions& options)
{
  std::string bytes;
  OutputStream out([&](std::string_view piece) { bytes += piece; });
  for (const ReportFile& file : format.files(record, options)) file.write(out);
  return bytes;
}

} // namespace sluice::reports
