// The self-check: whatever would let a consumer read the report as greener than the record has to be noticed.
#include "reports/junit.h"
#include "tests/unit/reports/script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::reports {
namespace {

using ::testing::HasSubstr;
using tests::Script;

Script red_run()
{
  Script script;
  script.run("a:S.x").run("a:S.y").failed("a:S.x").passed("a:S.y").verdict(VerdictStatus::failed, {"red"});
  return script;
}

std::string replaced(std::string text, std::string_view what, std::string_view with)
{
  const std::size_t at = text.find(what);
  if (at == std::string::npos) throw std::runtime_error("not in the report: " + std::string(what));
  return text.replace(at, what.size(), with);
}

std::string without(std::string text, std::string_view from, std::string_view to)
{
  const std::size_t begin = text.find(from);
  return text.erase(begin, text.find(to, begin) + to.size() - begin);
}

TEST(JunitDisagreement, IsEmptyForOurOwnReports)
{
  EXPECT_EQ(junit_disagreement(junit(red_run().record()), red_run().record()), "");
  EXPECT_EQ(junit_disagreement(junit(RunRecord{}), RunRecord{}), "");
}

TEST(JunitDisagreement, SeesWhatWouldHideAFailure)
{
  const RunRecord record = red_run().record();
  const std::string xml = junit(record);
  const std::string failing = "<testcase name=\"x\"";
  const std::vector<std::string> greener{
    "",
    "<?xml version=\"1.0\"?><testsuites tests=\"0\" failures=\"0\" errors=\"0\"/>",
    xml.substr(0, xml.size() / 2),
    xml.substr(0, xml.size() - 3),
    without(xml, failing, "</testcase>"),
    replaced(xml, "failures=\"1\"", "failures=\"0\""),
    replaced(xml, "failures=\"2\"", "failures=\"1\""),
    without(xml, "   <failure message=\"1 != 2\"", "</failure>"),
    replaced(replaced(xml, "<failure message=\"1 != 2\" type=\"TestFailed\">", "<skipped message=\"s\">"),
             "12: 1 != 2</failure>", "</skipped>"),
    replaced(xml, "12: 1 != 2</failure>", "12: 1 != 2</failure><skipped/>"),
    replaced(xml, "   <failure message=\"1 != 2\"", "<skipped/><failure message=\"1 != 2\""),
    replaced(xml, "name=\"verdict\"", "name=\"other\""),
    replaced(xml, "name=\"sluice.gate\"", "name=\"gate\""),
    replaced(xml, "name=\"y\"", "name=\"x\""),
    replaced(xml, "1 != 2", "1 != \x1b"),
  };
  for (const std::string& text : greener) EXPECT_NE(junit_disagreement(text, record), "") << text;
}

TEST(JunitDisagreement, SeesARecordThatTheReportDoesNotShow)
{
  const std::string xml = junit(red_run().record());
  Script more = red_run();
  EXPECT_THAT(junit_disagreement(xml, more.run("a:S.z").record()), HasSubstr("2 tests, the record has 3"));

  Script other;
  other.run("a:S.x").run("a:S.y").failed("a:S.x").failed("a:S.y").verdict(VerdictStatus::failed);
  EXPECT_EQ(junit_disagreement(xml, other.record()), "the report shows 1 red tests, the record has 2");
}

TEST(JunitDisagreement, SeesAVerdictThatIsGreenAlthoughSomethingIsRed)
{
  Script script;
  script.run("a:S.x").failed("a:S.x").verdict(VerdictStatus::passed);
  EXPECT_EQ(junit_disagreement(junit(script.record()), script.record()),
            "the verdict is PASSED, but the report shows something red");

  Script interrupted;
  interrupted.add(event::Interrupted{2}).verdict(VerdictStatus::passed);
  EXPECT_NE(junit_disagreement(junit(interrupted.record()), interrupted.record()), "");
}

TEST(JunitDisagreement, SeesAGateCaseThatContradictsTheVerdict)
{
  const RunRecord green = Script().verdict(VerdictStatus::passed).record();
  const RunRecord red = Script().verdict(VerdictStatus::failed).record();
  EXPECT_EQ(junit_disagreement(junit(green), red), "the gate's verdict in the report is not the record's");
  EXPECT_EQ(junit_disagreement(junit(red), green), "the gate's verdict in the report is not the record's");
}

} // namespace
} // namespace sluice::reports
