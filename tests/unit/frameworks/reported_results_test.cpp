#include "adapters/frameworks/junit_report.h"
#include "adapters/frameworks/tap_output.h"
#include "tests/unit/frameworks/world.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

namespace sluice::frameworks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string words(const AttemptResult& result)
{
  const std::string outcome(to_string(result.outcome));
  return result.message.empty() ? outcome : outcome + ": " + result.message;
}

// Fed byte by byte, so that no line comes whole.
std::string tap(std::string_view text, int exit_code = 0)
{
  TapOutput output;
  for (const char c : text) output.feed({&c, 1});
  output.end();
  return words(judge(output.reported(), exit_code));
}

TEST(Tap, IsGreenWhenPlanResultsAndExitCodeAgree)
{
  EXPECT_EQ(tap("TAP version 14\n1..2\nok 1 - adds\nok 2 - subtracts\n"), "passed");
  EXPECT_EQ(tap("ok\nok\n1..2\n"), "passed");
  EXPECT_EQ(tap("ok 1 adds\r\n1..1\r\n"), "passed");
  EXPECT_EQ(tap("ok 1\n1..1"), "passed");
  EXPECT_EQ(tap("some words\nok 1\n# not ok 2\n1..1\n  not ok of another kind\n"), "passed");
}

TEST(Tap, AFailedCaseIsNamedWhateverTheExitCode)
{
  EXPECT_EQ(tap("1..3\nok 1\nnot ok 2 - parses \\# dates # time=3\nnot ok 3\n", 2),
            "failed: 2 of 3 cases failed: parses \\# dates # time=3; 3");
  EXPECT_THAT(tap("1..1\nnot ok 1 - x\n"), HasSubstr("failed: 1 of 1"));
  EXPECT_THAT(tap("1..1\nnot ok 1 - x # SKIP no device\n"), HasSubstr("failed: 1 of 1"));
  EXPECT_THAT(tap("1..1\nnot ok 1 - x # todolist\n"), HasSubstr("failed: 1 of 1"));
  EXPECT_THAT(tap("1..1\nnot ok 1 - x \\# TODO\n"), HasSubstr("failed: 1 of 1"));
  EXPECT_THAT(tap("1..1\nnot  ok 1 - x\n"), HasSubstr("failed: 1 of 1"));
}

TEST(Tap, TodoIsNoFailure)
{
  EXPECT_EQ(tap("1..2\nnot ok 1 - later # TODO not written\nok 2 # todo came early\n"), "passed");
  EXPECT_THAT(tap("1..1\nnot ok 1 - later # TODO\n", 1), HasSubstr("failed: exit code 1"));
}

TEST(Tap, AllSkippedIsSkipped)
{
  EXPECT_EQ(tap("1..0 # SKIP no database\n"), "skipped: no database");
  EXPECT_EQ(tap("1..2\nok 1 # skip no network\nok 2 # SKIP\n"), "skipped: no network");
  EXPECT_EQ(tap("1..2\nok 1 # skip no network\nok 2\n"), "passed");
  EXPECT_THAT(tap("1..0\n"), HasSubstr("lost: its TAP plan is empty"));
  EXPECT_THAT(tap("1..0 # SKIP no database\nok 1\n"), HasSubstr("lost: 0 tests planned"));
}

TEST(Tap, WhatIsMissingIsNeverGreen)
{
  EXPECT_EQ(tap(""), "lost: it printed no TAP plan");
  EXPECT_EQ(tap("ok 1\nok 2\n"), "lost: it ended without a TAP plan");
  EXPECT_EQ(tap("1..3\nok 1\nok 2\n"), "lost: 3 tests planned, 2 reported");
  EXPECT_EQ(tap("1..3\nok 1\n", 255), "failed: exit code 255; 3 tests planned, 1 reported");
  EXPECT_EQ(tap("ok 1\n1..2\n"), "lost: 2 tests planned, 1 reported");
  EXPECT_EQ(tap("1..1\nwords without an endok 1\n"), "lost: 1 tests planned, 0 reported");
  EXPECT_THAT(tap("1..99999999999999999999\nok 1\n"), HasSubstr("lost: its TAP plan is no number"));
}

TEST(Tap, ContradictionsAreNeverGreen)
{
  EXPECT_THAT(tap("1..1\nok 1\n", 1), HasSubstr("failed: exit code 1, though none"));
  EXPECT_THAT(tap("1..1\nok 1\nok 2\n"), HasSubstr("lost: 1 tests planned, and more"));
  EXPECT_THAT(tap("ok 1\n1..1\nok 2\n"), HasSubstr("lost: 1 tests planned, and more"));
  EXPECT_THAT(tap("1..2\nok 1\n1..1\nok 2\n"), HasSubstr("lost: it printed two TAP plans"));
  EXPECT_THAT(tap("1..2\nok 2\nok 1\n"), HasSubstr("lost: TAP numbers are out of order: 2 came as number 1"));
  EXPECT_THAT(tap("1..2\nok 1\nok 1\n"), HasSubstr("lost: TAP numbers are out of order"));
}

// A child that prints its own report into the same stream must not stand in for results that never came.
TEST(Tap, TheReportOfAChildDoesNotCount)
{
  EXPECT_THAT(tap("1..2\nok 1\n1..1\nok 1\n"), HasSubstr("lost: it printed two TAP plans"));
  EXPECT_THAT(tap("ok 1\nok 1\n1..1\nok 2\n1..2\n"), HasSubstr("lost:"));
}

TEST(Tap, BailOutIsRedWhateverComesAfter)
{
  EXPECT_EQ(tap("1..1\nok 1\nBail out! no disk\n"), "failed: Bail out! no disk");
  EXPECT_EQ(tap("    Bail out! inner\n1..1\nok 1\n"), "failed: Bail out! inner");
}

TEST(Tap, ASubtestCountsThroughItsOwnTest)
{
  EXPECT_EQ(tap("# Subtest: a\n    ok 1 - one\n    1..1\nok 1 - a\n1..1\n"), "passed");
  EXPECT_THAT(tap("    not ok 1 - one\n    1..1\nnot ok 1 - a\n1..1\n", 1),
              HasSubstr("failed: 1 of 1 cases failed: a"));
  EXPECT_EQ(tap("    not ok 1 - one\n    1..1\nnot ok 1 - a # TODO\n1..1\n"), "passed");
  EXPECT_EQ(tap("        not ok 1 - deep\n    not ok 1 - one # TODO\nok 1 - a\n1..1\n"), "passed");
  EXPECT_THAT(tap("    not ok 1 - one\nok 1 - a\n1..1\n"), HasSubstr("lost: a subtest failed and its test claims"));
  EXPECT_THAT(tap("        not ok 1 - deep\n    ok 1 - one\nok 1 - a\n1..1\n"), HasSubstr("lost: a subtest failed"));
  EXPECT_THAT(tap("1..1\nok 1\n    not ok 1 - one\n"), HasSubstr("never reported: one"));
}

TEST(Tap, YamlHidesOnlyWhatStandsInIt)
{
  EXPECT_EQ(tap("1..2\nok 1\n  ---\n  got: |\n    not ok 1\n\n    Bail out!\n  ...\nok 2\n"), "passed");
  EXPECT_THAT(tap("1..2\nok 1\n  ---\nnot ok 2 - hidden\n  ...\n"), HasSubstr("failed: 1 of 2 cases failed: hidden"));
  EXPECT_THAT(tap("ok 1\n  ---\n  1..1\n"), HasSubstr("lost: it ended without"));
  EXPECT_THAT(tap("words\n  ---\n    not ok 1 - inner\nok 1\n1..1\n"), HasSubstr("lost: a subtest failed"));
}

TEST(Tap, KeepsLittleOfMuch)
{
  std::string text = "1..1000\n";
  for (int i = 1; i <= 1000; ++i) text += "not ok - " + std::string(i == 1 ? 1u << 20 : 300u, 'x') + "\n";
  const std::string message = tap(text);
  EXPECT_THAT(message, HasSubstr("and 980 more"));
  EXPECT_LT(message.size(), 21 * ReportedCases::k_longest_name);
}

std::string junit(std::string_view xml, int exit_code = 0)
{
  return words(judge(read_junit(xml), exit_code));
}

TEST(JunitReport, CasesDecideTogetherWithTheExitCode)
{
  EXPECT_EQ(junit("<testsuites><testsuite tests='2'><testcase name='a'/><testcase name='b'/></testsuite></testsuites>"),
            "passed");
  EXPECT_EQ(
    junit("<testsuite><testcase classname='t' name='a'><failure/></testcase><testcase name='b'/></testsuite>", 1),
    "failed: 1 of 2 cases failed: t.a");
  EXPECT_THAT(junit("<testsuite><testcase name='a'><error/></testcase></testsuite>"), HasSubstr("failed: 1 of 1"));
  EXPECT_EQ(junit("<testsuite><testcase name='a'><skipped message='no net'/></testcase></testsuite>"),
            "skipped: no net");
  EXPECT_THAT(junit("<testsuite><testcase name='a'/></testsuite>", 1), HasSubstr("failed: exit code 1, though none"));
}

// GoogleTest's way of saying that a case is disabled, and others'.
TEST(JunitReport, ACaseThatSaysItDidNotRunDidNotPass)
{
  EXPECT_EQ(junit("<testsuite><testcase name='a' status='notrun' result='suppressed'/></testsuite>"),
            "skipped: every case was skipped");
  for (const char* word : {"Skipped", "disabled", "ignored", "pending", "not run"})
    EXPECT_EQ(junit("<testsuite><testcase name='a' status='" + std::string(word) + "'/></testsuite>"),
              "skipped: every case was skipped")
      << word;
  EXPECT_EQ(junit("<testsuite><testcase name='a' status='run' result='completed'/>"
                  "<testcase name='b' status='notrun'/></testsuite>"),
            "passed")
    << "one that ran is enough, as with <skipped>";
  EXPECT_THAT(junit("<testsuite><testcase name='a' status='notrun'><failure/></testcase></testsuite>"),
              HasSubstr("failed: 1 of 1"));
}

TEST(JunitReport, WhatIsNoReportIsNeverGreen)
{
  EXPECT_EQ(junit("<testsuites></testsuites>"), "lost: its JUnit report holds no case");
  EXPECT_THAT(junit(""), HasSubstr("lost: its JUnit report is no"));
  EXPECT_THAT(junit("<testsuite><testcase name='a'/>"), HasSubstr("lost: its JUnit report is no"));
  EXPECT_THAT(junit("<html><testcase name='a'/></html>"), HasSubstr("lost: its JUnit report begins with <html>"));
  EXPECT_THAT(junit("<!DOCTYPE x><testsuite><testcase name='a'/></testsuite>"),
              HasSubstr("lost: its JUnit report has"));
  EXPECT_THAT(junit("<testsuite failures='1'><testcase name='a'/></testsuite>"),
              HasSubstr("lost: its JUnit report counts"));
  EXPECT_THAT(junit("<testsuite><testcase name='a'><properties><error/></properties></testcase></testsuite>"),
              HasSubstr("failed: 1 of 1"));
}

std::string junit_of(std::string_view suite_attributes, std::string_view content)
{
  return junit("<testsuite " + std::string(suite_attributes) + ">" + std::string(content) + "</testsuite>");
}

// Writers say red in many places; the exit code is 0 in all of these.
TEST(JunitReport, RedInAnotherPlaceIsNeverGreen)
{
  const std::string green = "<testcase name='a'/>";
  EXPECT_THAT(junit_of("", green + "<error message='collection'/>"),
              HasSubstr("lost: its JUnit report has an <error> outside"));
  EXPECT_THAT(junit("<testsuites><testsuite>" + green + "<failure/></testsuite></testsuites>"),
              HasSubstr("lost: its JUnit report has an <failure> outside"));
  EXPECT_THAT(junit("<testsuites>" + green + "<error/></testsuites>"), HasSubstr("outside of any case"));
  EXPECT_THAT(junit_of("failures=' 1 '", green), HasSubstr("lost: its JUnit report counts"));
  EXPECT_THAT(junit_of("failed='1'", green), HasSubstr("lost: its JUnit report counts"));
  for (const char* odd : {"one", "+1", "1x", "99999999999999999999", "-1"})
    EXPECT_THAT(junit_of("errors='" + std::string(odd) + "'", green), HasSubstr("lost: its JUnit report counts"))
      << odd;
  for (const char* said :
       {"status='failed'", "result='Fail'", "status=' ERROR'", "result='timedout'", "status='broken'"})
    EXPECT_EQ(junit_of("", "<testcase name='a' " + std::string(said) + "/>"), "failed: 1 of 1 cases failed: a") << said;
  EXPECT_THAT(junit_of("", "<testcase name='a'><testcase name='b' status='fail'/></testcase>"), HasSubstr("failed: 1"));
  EXPECT_THAT(junit_of("", "<testcase name='a'><Failure/></testcase>"), HasSubstr("failed: 1 of 1"));
  EXPECT_THAT(junit_of("", "<testcase name='a'><rerunFailure/></testcase>"), HasSubstr("failed: 1 of 1"));
  EXPECT_THAT(junit_of("", "<testcase name='a'><skipped/><failure/></testcase>"), HasSubstr("failed: 1 of 1"));
}

TEST(JunitReport, WhatGreenReportsHoldStaysGreen)
{
  for (const char* said : {"status='run'", "status='passed' result='completed'", "result='success'"})
    EXPECT_EQ(junit_of("failures='0' errors=' 0' failed=''", "<testcase name='a' " + std::string(said) + "/>"),
              "passed");
  EXPECT_EQ(junit_of("", "<testcase name='a'><flakyFailure/></testcase>"), "passed");
  EXPECT_EQ(junit_of("tests='26' hostname='tbd'", "<testcase name='a'/>"), "passed") << "26 assertions";
}

TEST(JunitReport, OnlyAFileIsRead)
{
  const tests::TempDir dir;
  EXPECT_EQ(read_junit_file(dir / "absent").problem, "it wrote no JUnit report");
  dir.write("real", "<testsuite><testcase name='a'/></testsuite>");
  EXPECT_EQ(read_junit_file(dir / "real").problem, "");
  std::filesystem::create_symlink("real", dir / "link");
  EXPECT_EQ(read_junit_file(dir / "link").problem, "it wrote no JUnit report");
  ASSERT_EQ(::mkfifo((dir / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(read_junit_file(dir / "pipe").problem, "it wrote no JUnit report");
}

// The report of an earlier attempt lies in another folder, so a program that writes none is not believed.
TEST(ReportingCommand, WritesWhereItIsTold)
{
  World world;
  TestsConfig entry;
  entry.command = {"sh", "-c", "check > {report}", "{file}"};
  entry.files = {"t/*.py"};
  entry.results = ResultFormat::junit;
  world.context.files = {"t/a.py"};
  const Listing listing = list({entry}, world.context);
  const TestCase* test = listing.catalogue.tests.data();
  const runner::BatchRequest request{listing.catalogue.programs.data(), {&test, 1}, world.dir.path(), {}};
  const runner::Framework& framework = framework_of(listing.catalogue.programs[0]);
  EXPECT_EQ(framework.command(request).arguments[2], "check > " + world.dir / "report.xml");
  const auto outcome = [&](int signal) {
    std::vector<runner::CaseUpdate> updates;
    const auto reader = framework.reader(request);
    runner::Ended ended;
    ended.signal = signal;
    reader->finish(ended, updates);
    return updates.size() == 1 ? "none" : words(std::get<runner::CaseFinished>(updates.back()).result);
  };
  EXPECT_EQ(outcome(0), "lost: it wrote no JUnit report");
  world.dir.write("report.xml", "<testsuite><testcase name='a'/></testsuite>");
  EXPECT_EQ(outcome(0), "passed");
  EXPECT_EQ(outcome(9), "none") << "a crash is the runner's to tell";
}

} // namespace
} // namespace sluice::frameworks
