// What failed and did not turn the verdict red: flaky tests and tests in quarantine, as the reports and the console
// have them. tests/unit/reports/formats_test.cpp holds that all formats agree on their numbers.
#include "reports/formats.h"
#include "reports/junit.h"
#include "tests/unit/reports/console_shown.h"
#include "tests/unit/reports/junit_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::reports {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using tests::broken_junit_rules;
using tests::Script;
using tests::shown_in;
using tests::view_junit;

Script& flaky(Script& script, const std::string& id)
{
  AttemptResult crash, pass;
  crash.outcome = Outcome::crashed;
  crash.message = "SIGSEGV";
  crash.output = "the last words";
  pass.outcome = Outcome::passed;
  return script.run(id)
    .finished(id, crash)
    .finished(id, crash, event::AttemptKind::retry, 2)
    .finished(id, pass, event::AttemptKind::retry, 3);
}

Script& quarantined(Script& script, const std::string& id, Outcome outcome, bool expired = false)
{
  event::TestPlanned planned;
  planned.test.value = id;
  planned.suite = "S";
  planned.name = id.substr(id.find('.') + 1);
  planned.decision = Run{};
  planned.quarantine = {"2026-12-31", "the proxy restarts", "NET-12", "net team", expired};
  return script.add(planned).ended(id, outcome, "1 != 2", "the last words");
}

TEST(Excused, AFlakyTestIsAPassedCaseWithItsFailures)
{
  Script script;
  const std::string xml = junit(flaky(script, "a:S.x").verdict(VerdictStatus::passed).record());
  EXPECT_THAT(broken_junit_rules(xml), IsEmpty());
  EXPECT_EQ(view_junit(xml).at("S", "x").status, "passed");
  EXPECT_THAT(xml, HasSubstr("<flakyFailure message=\"SIGSEGV\" type=\"TestCrashed\">\n    <stackTrace>SIGSEGV\n"
                             "tests/a.cpp:12: SIGSEGV</stackTrace>\n    <system-out>the last words</system-out>"));
  EXPECT_THAT(xml, HasSubstr("tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\""));
  EXPECT_EQ(junit_disagreement(xml, script.record()), "");
}

TEST(Excused, AFailureAfterItsRetriesIsAFailureWithReruns)
{
  Script script;
  script.run("a:S.x").failed("a:S.x", "first");
  AttemptResult again;
  again.outcome = Outcome::failed;
  again.message = "second";
  script.finished("a:S.x", again, event::AttemptKind::retry, 2).verdict(VerdictStatus::failed);
  const auto entry = view_junit(junit(script.record())).at("S", "x");
  EXPECT_EQ(entry.status + " " + entry.message, "failure first");
  EXPECT_THAT(entry.reruns, ::testing::ElementsAre("second"));
}

TEST(Excused, AFailureInQuarantineIsSkippedAndSaysWhy)
{
  Script script;
  const RunRecord record = quarantined(script, "a:S.x", Outcome::crashed).verdict(VerdictStatus::passed).record();
  const std::string xml = junit(record), words = "quarantined until 2026-12-31 (NET-12, net team): crashed: 1 != 2";
  EXPECT_THAT(broken_junit_rules(xml), IsEmpty());
  EXPECT_THAT(xml,
              HasSubstr("<skipped message=\"" + words + "\">" + words + "</skipped>\n   <system-out>the last words"));
  EXPECT_THAT(xml, HasSubstr("name=\"sluice.quarantine.reason\" value=\"the proxy restarts\""));
  EXPECT_THAT(render(*find_format("junit-strict"), record),
              AllOf(HasSubstr(words), Not(HasSubstr("sluice.quarantine"))));
}

TEST(Excused, APassInQuarantineIsAPassedCase)
{
  Script script;
  const std::string xml = junit(quarantined(script, "a:S.x", Outcome::passed).verdict(VerdictStatus::passed).record());
  EXPECT_EQ(view_junit(xml).at("S", "x").status, "passed");
  EXPECT_THAT(xml, HasSubstr("name=\"sluice.quarantine.until\" value=\"2026-12-31\""));
}

TEST(Excused, AnExpiredQuarantineIsAFailureThatSaysSo)
{
  Script script;
  const std::string xml =
    junit(quarantined(script, "a:S.x", Outcome::failed, true).verdict(VerdictStatus::failed).record());
  EXPECT_THAT(xml,
              HasSubstr("<failure message=\"the quarantine until 2026-12-31 (NET-12, net team) has expired: 1 != 2\""));
  EXPECT_THAT(broken_junit_rules(xml), IsEmpty());
}

TEST(Excused, GithubWarns)
{
  Script script;
  flaky(script, "a:S.x");
  const RunRecord record = quarantined(script, "a:S.y", Outcome::failed).verdict(VerdictStatus::passed).record();
  const std::string text = render(*find_format("github"), record);
  EXPECT_THAT(text, Not(HasSubstr("::error")));
  EXPECT_THAT(text, HasSubstr("::warning file=tests/a.cpp,line=12,title=S%3A x::flaky: passed at attempt 3, after it "
                              "crashed at attempt 1: SIGSEGV"));
  EXPECT_THAT(text, HasSubstr("title=S%3A y::quarantined until 2026-12-31 (NET-12, net team): failed: 1 != 2"));
}

TEST(Excused, TheConsoleNamesThemAtOnceAndAtTheEnd)
{
  Script script;
  flaky(script, "a:S.x");
  quarantined(script, "a:S.y", Outcome::failed).verdict(VerdictStatus::passed);
  const std::string out = shown_in(ConsoleStyle::plain, script);
  EXPECT_THAT(out, HasSubstr("FLAKY  a:S.x passes at attempt 3\n"));
  EXPECT_THAT(out, HasSubstr("QUARANTINED  a:S.y  (250 ms)\n  quarantined until 2026-12-31"));
  const std::string end = out.substr(out.find("PASSED  2 run"));
  EXPECT_THAT(end, HasSubstr("PASSED  2 run, 1 of them flaky, 1 of them failed in quarantine, 0 reused"));
  EXPECT_THAT(end, HasSubstr("\nFLAKY  a:S.x: flaky: passed at attempt 3, after it crashed at attempt 1: SIGSEGV\n"));
  EXPECT_THAT(end,
              HasSubstr("\nQUARANTINED  a:S.y: quarantined until 2026-12-31 (NET-12, net team): failed: 1 != 2\n"));
}

TEST(Excused, AQuietGreenRunStaysShort)
{
  Script script;
  quarantined(script, "a:S.y", Outcome::failed).verdict(VerdictStatus::passed);
  const std::string out = shown_in(ConsoleStyle::quiet, script);
  EXPECT_THAT(out, HasSubstr("QUARANTINED  a:S.y"));
  EXPECT_LE(out.size(), 300u);
}

} // namespace
} // namespace sluice::reports
