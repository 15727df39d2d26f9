// All formats of one record agree on every count and status, over generated records of hostile runs. Each format is
// read back by other code than wrote it: nlohmann::json, libxml2, lines.
#include "model/error.h"
#include "reports/event_log.h"
#include "reports/formats.h"
#include "reports/junit.h"
#include "tests/unit/reports/hostile_record.h"
#include "tests/unit/reports/junit_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <map>
#include <sstream>

namespace sluice::reports {
namespace {

using nlohmann::json;
using ::testing::IsEmpty;
using tests::hostile_record;
using tests::Script;

constexpr unsigned k_records = 200;
constexpr std::string_view k_template =
  R"(<html><script type="application/json" id="sluice-data">null</script></html>)";

std::string text(const char* format, const RunRecord& record, FormatOptions options = {})
{
  options.split = false;
  options.page = k_template;
  return render(*find_format(format), record, options);
}

// "passed", "failed" or "skipped" of each case, in the order of the report.
using Statuses = std::vector<std::string>;

Statuses of_junit(const std::string& xml)
{
  Statuses statuses;
  for (const auto& each : tests::view_junit(xml).cases)
    statuses.push_back(each.status == "failure" || each.status == "error" ? "failed" : each.status);
  return statuses;
}

Statuses of_ctrf(const std::string& bytes)
{
  Statuses statuses;
  const json report = json::parse(bytes);
  std::map<std::string, std::size_t> counts;
  for (const json& test : report.at("results").at("tests")) {
    statuses.push_back(test.at("status"));
    ++counts[statuses.back()];
  }
  const json& summary = report.at("results").at("summary");
  EXPECT_EQ(summary.at("tests"), statuses.size());
  for (const char* status : {"passed", "failed", "skipped", "pending", "other"})
    EXPECT_EQ(summary.at(status), counts[status]) << status;
  return statuses;
}

Statuses of_tap(const std::string& bytes)
{
  Statuses statuses;
  std::istringstream lines(bytes);
  std::string line;
  std::getline(lines, line);
  EXPECT_THAT(line, ::testing::StartsWith("TAP version 1"));
  std::getline(lines, line);
  const std::string plan = line;
  while (std::getline(lines, line)) {
    // TAP readers take a failure that is TODO for none; JUnit and CTRF show it as skipped.
    if (line.starts_with("not ok ") && line.find(" # TODO quarantined until ") != std::string::npos)
      statuses.push_back("skipped");
    else if (line.starts_with("not ok ")) statuses.push_back("failed");
    else if (line.starts_with("ok "))
      statuses.push_back(line.find(" # SKIP ") == std::string::npos ? "passed" : "skipped");
    else EXPECT_TRUE(line.starts_with("  ")) << line;
  }
  EXPECT_EQ(plan, "1.." + std::to_string(statuses.size()));
  return statuses;
}

std::size_t count(const Statuses& statuses, const char* status)
{
  return static_cast<std::size_t>(std::count(statuses.begin(), statuses.end(), status));
}

std::size_t occurrences(const std::string& text, std::string_view part)
{
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++found;
  return found;
}

// What failed and was excused is so, and as often, wherever it is shown.
void expect_excused(const RunRecord& record, const json& page)
{
  const Counts counts = record.counts();
  std::size_t flaky_failures = 0; // each with an element in JUnit, which shows ten of a test
  for (const TestRecord& test : record.tests)
    if (test.standing() == Standing::flaky)
      for (const Attempt& attempt : test.attempts) flaky_failures += is_red(attempt.result.outcome);
  const std::string junit = text("junit", record), tap = text("tap13", record), sarif = text("sarif", record);
  EXPECT_EQ(occurrences(junit, "<flakyFailure "), flaky_failures);
  EXPECT_EQ(occurrences(junit, "<skipped message=\"quarantined until "), counts.quarantined);
  EXPECT_EQ(occurrences(tap, " # TODO quarantined until "), counts.quarantined);
  EXPECT_EQ(occurrences(tap, "  severity: \"flaky\"\n"), counts.flaky);
  EXPECT_EQ(occurrences(sarif, "\"ruleId\":\"test/flaky\""), counts.flaky);
  EXPECT_EQ(occurrences(sarif, "\"ruleId\":\"test/quarantined\""), counts.quarantined);
  const json ctrf = json::parse(text("ctrf", record)).at("results");
  EXPECT_EQ(ctrf.at("summary").value("flaky", 0u), counts.flaky);
  std::size_t flaky = 0, tagged = 0;
  for (const json& test : ctrf.at("tests")) {
    flaky += test.value("flaky", false);
    const json tags = test.value("tags", json::array());
    tagged += test.at("status") == "skipped" && test.at("rawStatus") != "skipped" && !tags.empty() &&
              tags.back() == "quarantined";
  }
  EXPECT_EQ(flaky, counts.flaky);
  EXPECT_EQ(tagged, counts.quarantined);
  std::map<std::string, std::size_t> standings;
  for (const json& row : page.at("tests"))
    ++standings[page.at("standings").at(row.at(11).get<std::size_t>()).get<std::string>()];
  EXPECT_EQ(standings["flaky"], counts.flaky);
  EXPECT_EQ(standings["quarantined"], counts.quarantined);
  EXPECT_EQ(standings["red"], counts.red);
}

void expect_agreement(const RunRecord& record)
{
  EXPECT_THAT(tests::broken_junit_rules(text("junit", record)), IsEmpty());
  EXPECT_THAT(tests::broken_junit_rules(text("junit-strict", record)), IsEmpty());
  for (const char* unknown : {" file=", " line=", "sluice.reused_from"})
    EXPECT_EQ(text("junit-strict", record).find(unknown), std::string::npos) << unknown;
  const Statuses junit = of_junit(text("junit", record));
  EXPECT_EQ(of_junit(text("junit-strict", record)), junit);
  EXPECT_EQ(of_ctrf(text("ctrf", record)), junit);
  EXPECT_EQ(of_tap(text("tap13", record)), junit);
  EXPECT_EQ(of_tap(text("tap14", record)), junit);

  const std::size_t red = count(junit, "failed");
  EXPECT_EQ(json::parse(text("gitlab", record)).size(), red);

  std::size_t attempts = 0, red_attempts = 0;
  for (const TestRecord& test : record.tests)
    for (const Attempt& attempt : test.attempts) {
      ++attempts;
      red_attempts += is_red(attempt.result.outcome);
    }
  const json otlp = json::parse(text("otlp", record));
  const json& spans = otlp.at("resourceSpans").at(0).at("scopeSpans").at(0).at("spans");
  EXPECT_EQ(spans.size(), attempts + 1 + (record.build ? 1 : 0));
  std::size_t failed_spans = 0, tests_in_trace = 0;
  for (const json& span : spans)
    for (const json& attribute : span.at("attributes"))
      failed_spans +=
        attribute.at("key") == "test.case.result.status" && attribute.at("value").at("stringValue") == "fail";
  EXPECT_EQ(failed_spans, red_attempts);
  const json trace = json::parse(text("trace", record));
  for (const json& event : trace.at("traceEvents")) tests_in_trace += event.value("cat", "") == "test";
  EXPECT_EQ(tests_in_trace, attempts);

  const std::string html = text("html", record);
  const std::size_t begin = k_template.find("null"), end = html.size() - (k_template.size() - begin - 4);
  EXPECT_EQ(html.substr(begin, end - begin).find('<'), std::string::npos) << "a test could end the element";
  const json page = json::parse(html.substr(begin, end - begin));
  EXPECT_EQ(page.at("tests").size(), record.tests.size());
  std::size_t red_rows = 0;
  for (const json& row : page.at("tests")) {
    const auto outcome = outcome_from_string(page.at("outcomes").at(row.at(7).get<std::size_t>()).get<std::string>());
    red_rows += row.at(6) == 0 && is_red(outcome.value_or(Outcome::lost));
  }
  EXPECT_EQ(red_rows, record.counts().red + record.counts().flaky + record.counts().quarantined);
  expect_excused(record, page);
  EXPECT_EQ(page.at("counts").at("red"), record.counts().red);

  // A run that is red is red for whoever reads any of them.
  const bool passed = record.finished && record.finished->verdict.status == VerdictStatus::passed &&
                      !record.interrupted && (!record.build || record.build->ok) && record.counts().red == 0;
  EXPECT_EQ(red == 0, passed);
  const std::string commands = text("github", record);
  EXPECT_EQ(commands.find("::error") == std::string::npos, passed);
  EXPECT_EQ(read_log(text("ndjson", record)), read_log(text("ndjson", read_log(text("ndjson", record)))));
}

TEST(Formats, OfOneRecordAgreeOnEveryCountAndStatus)
{
  const unsigned seed = tests::random_seed();
  for (unsigned i = 0; i < k_records && !::testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE("SLUICE_SEED=" + std::to_string(seed + i));
    expect_agreement(hostile_record(seed + i));
  }
}

// The records must hold what they are to be trusted with.
TEST(Formats, TheGeneratedRecordsHoldFlakyAndQuarantinedTests)
{
  std::size_t flaky = 0, quarantined = 0;
  for (unsigned i = 0; i < k_records; ++i) {
    const Counts counts = hostile_record(i).counts();
    flaky += counts.flaky;
    quarantined += counts.quarantined;
  }
  EXPECT_GT(flaky, 100u);
  EXPECT_GT(quarantined, 20u);
}

TEST(Formats, EventsFoldIntoTheRecordThatTheyWereMadeOf)
{
  const unsigned seed = tests::random_seed();
  for (unsigned i = 0; i < k_records; ++i) {
    const RunRecord record = hostile_record(seed + i);
    ASSERT_EQ(read_log(text("ndjson", record)), record) << "SLUICE_SEED=" << seed + i;
  }
}

TEST(Formats, EachIsAFunctionOfTheRecordAlone)
{
  const RunRecord record = hostile_record(7);
  FormatOptions options;
  options.page = k_template;
  for (const Format& format : formats())
    EXPECT_EQ(render(format, record, options), render(format, record, options)) << format.name;
}

// What is written of these is read again and must agree with the record.
TEST(Formats, OfJUnitAreOfItsFamily)
{
  for (const Format& format : formats())
    EXPECT_EQ(format.family == FormatFamily::junit, format.name.starts_with("junit")) << format.name;
}

TEST(Formats, ShowTheTestsLeftOutWhenAsked)
{
  FormatOptions all;
  all.unselected = Unselected::show;
  const RunRecord record = Script()
                             .run("a:S.x")
                             .planned("a:S.y", Skip{SkipCause::disabled, "broken"})
                             .passed("a:S.x")
                             .verdict(VerdictStatus::passed)
                             .record();
  EXPECT_EQ(of_junit(text("junit", record)).size(), 3u);
  const Statuses shown = of_junit(text("junit", record, all));
  EXPECT_EQ(count(shown, "skipped"), 1u);
  EXPECT_EQ(of_ctrf(text("ctrf", record, all)), shown);
  EXPECT_EQ(of_tap(text("tap13", record, all)), shown);
  EXPECT_THAT(text("junit", record, all), ::testing::HasSubstr("left out: disabled: broken"));
}

TEST(Formats, APageWithoutItsTemplateIsAnErrorNotAnEmptyFile)
{
  EXPECT_THROW(render(*find_format("html"), hostile_record(1)), Error);
}

TEST(Formats, AnUnknownNameIsNoFormat)
{
  EXPECT_EQ(find_format("junitt"), nullptr);
}

TEST(Formats, JunitIsSplitBelowWhatReadersTake)
{
  Script script;
  for (int i = 0; i < 12'000; ++i)
    script.run("a:" + std::string(i < 7'000 ? "Long" : i < 10'000 ? "Middle" : "Short") + ".t" + std::to_string(i));
  for (int i = 0; i < 12'000; ++i)
    script.passed("a:" + std::string(i < 7'000 ? "Long" : i < 10'000 ? "Middle" : "Short") + ".t" + std::to_string(i));
  const RunRecord record = script.verdict(VerdictStatus::passed).record();
  std::vector<std::string> files, suffixes;
  for (const ReportFile& file : find_format("junit")->files(record, {})) {
    suffixes.push_back(file.suffix);
    OutputStream out([&, bytes = &files.emplace_back()](std::string_view piece) { *bytes += piece; });
    file.write(out);
    EXPECT_LE(tests::view_junit(files.back()).cases.size(), k_junit_cases_per_file);
    EXPECT_THAT(tests::broken_junit_rules(files.back()), IsEmpty());
  }
  EXPECT_THAT(suffixes, ::testing::ElementsAre("", "-002", "-003"));
  EXPECT_EQ(files.size(), 3u) << "a suite that fits into one file stays in one";
  EXPECT_EQ(junit_disagreement({files.begin(), files.end()}, record), "");
  files.pop_back();
  EXPECT_NE(junit_disagreement({files.begin(), files.end()}, record), "") << "a part is missing";
}

TEST(Formats, ASuiteForEachFileHasTheSuiteAsRoot)
{
  const RunRecord record =
    Script().run("a:S/1.x").run("a:S_1.y").passed("a:S/1.x").failed("a:S_1.y").verdict(VerdictStatus::failed).record();
  std::map<std::string, std::string> files;
  for (const ReportFile& file : find_format("junit-suites")->files(record, {})) {
    OutputStream out([&, bytes = &files[file.suffix]](std::string_view piece) { *bytes += piece; });
    file.write(out);
  }
  ASSERT_THAT(files, ::testing::UnorderedElementsAre(::testing::Key("TEST-sluice.gate"), ::testing::Key("TEST-S_1"),
                                                     ::testing::Key("TEST-S_1-2")));
  for (const auto& [name, xml] : files) EXPECT_THAT(xml, ::testing::HasSubstr("\n<testsuite name=")) << name;
  std::vector<std::string_view> views;
  for (const auto& [name, xml] : files) views.push_back(xml);
  EXPECT_EQ(junit_disagreement(views, record), "");
}

} // namespace
} // namespace sluice::reports
