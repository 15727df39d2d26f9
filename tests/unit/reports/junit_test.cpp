#include "reports/junit.h"
#include "tests/unit/reports/junit_rules.h"
#include "tests/unit/reports/script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::reports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using tests::JunitView;
using tests::Script;
using tests::view_junit;

TEST(Junit, AWholeReport)
{
  Script script;
  script.run("a:S.x").run("a:S.y").reuse("b:T.z").planned("b:T.w", Skip{SkipCause::filtered, "label(fast)"});
  script.failed("a:S.x", "1 != 2", "a.cpp:7: 1 != 2\n")
    .passed("a:S.y")
    .verdict(VerdictStatus::failed, {"1 test failed: a:S.x"});
  EXPECT_EQ(junit(script.record()), R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="sluice" tests="5" failures="2" errors="0" time="0.500">
 <testsuite name="sluice.gate" tests="2" failures="1" errors="0" skipped="0" time="0.000" timestamp="2026-11-21T23:45:00" hostname="builder">
  <properties>
   <property name="sluice.run" value="20261121-234500-1a2b"/>
   <property name="sluice.working_tree" value="false"/>
   <property name="sluice.lanes" value="2"/>
   <property name="sluice.tests.all" value="4"/>
   <property name="sluice.tests.run" value="2"/>
   <property name="sluice.tests.reused" value="1"/>
   <property name="sluice.tests.left_out" value="1"/>
   <property name="sluice.tests.left_out.filtered" value="1"/>
   <property name="sluice.escalations" value="0"/>
   <property name="sluice.findings" value="0"/>
  </properties>
  <testcase name="run_completed" classname="sluice.gate" time="0.000"/>
  <testcase name="verdict" classname="sluice.gate" time="0.000">
   <failure message="FAILED (exit code 1): 1 test failed: a:S.x" type="VerdictFailed">FAILED (exit code 1): 1 test failed: a:S.x
1 test failed: a:S.x</failure>
  </testcase>
 </testsuite>
 <testsuite name="S" tests="2" failures="1" errors="0" skipped="0" time="0.500" timestamp="2026-11-21T23:45:00" hostname="builder">
  <testcase name="x" classname="S" time="0.250" file="tests/a.cpp" line="12">
   <failure message="1 != 2" type="TestFailed">1 != 2
tests/a.cpp:12: 1 != 2

a.cpp:7: 1 != 2
</failure>
   <system-out>a.cpp:7: 1 != 2
</system-out>
  </testcase>
  <testcase name="y" classname="S" time="0.250" file="tests/a.cpp" line="12"/>
 </testsuite>
 <testsuite name="T" tests="1" failures="0" errors="0" skipped="0" time="0.000" timestamp="2026-11-21T23:45:00" hostname="builder">
  <testcase name="z" classname="T" time="0.000" file="tests/b.cpp" line="12">
   <properties>
    <property name="sluice.reused_from" value="earlier"/>
   </properties>
  </testcase>
 </testsuite>
</testsuites>
)");
}

TEST(Junit, EveryWayToEndHasItsElement)
{
  const std::vector<std::pair<Outcome, std::string>> expected{
    {Outcome::passed, "passed"},     {Outcome::skipped, "skipped"}, {Outcome::failed, "failure"},
    {Outcome::crashed, "error"},     {Outcome::timed_out, "error"}, {Outcome::lost, "error"},
    {Outcome::not_started, "error"}, {Outcome::not_run, "error"}};
  for (const auto& [outcome, status] : expected) {
    Script script;
    script.run("a:S.x").ended("a:S.x", outcome).verdict(VerdictStatus::failed);
    EXPECT_EQ(view_junit(junit(script.record())).at("S", "x").status, status) << to_string(outcome);
  }
}

TEST(Junit, ATestThatWasSelectedButNeverBegunIsRed)
{
  Script script;
  script.run("a:S.x").run("a:S.y").begun("a:S.y").verdict(VerdictStatus::failed);
  const JunitView view = view_junit(junit(script.record()));
  EXPECT_EQ(view.at("S", "x").message, "was selected, but never begun");
  EXPECT_EQ(view.at("S", "y").message, "was begun, but the run ended before it did");
  EXPECT_EQ(view.at("S", "y").status, "error");
}

TEST(Junit, ARunThatWasCutOffIsRedEvenIfEverythingSeenPassed)
{
  const RunRecord record = Script().run("a:S.x").passed("a:S.x").record();
  const std::string xml = junit(record);
  EXPECT_THAT(view_junit(xml).red(), ElementsAre("sluice.gate/run_completed", "sluice.gate/verdict"));
  EXPECT_EQ(junit_disagreement(xml, record), "");
}

TEST(Junit, TheReportBeforeTheFirstTestIsValidAndRed)
{
  RunRecord record;
  record.started.run = "20261121-234500-1a2b";
  const std::string xml = junit(record);
  EXPECT_THAT(tests::broken_junit_rules(xml), ::testing::IsEmpty());
  EXPECT_THAT(view_junit(xml).red(), ElementsAre("sluice.gate/run_completed", "sluice.gate/verdict"));
  EXPECT_EQ(view_junit(xml).at("sluice.gate", "run_completed").status, "error");
}

TEST(Junit, NothingToJudgeStillHasACaseThatSaysSo)
{
  Script script;
  event::RunFinished body;
  body.verdict = {VerdictStatus::failed, ExitCode::nothing, {"no tests were found"}, {}};
  const JunitView view = view_junit(junit(script.add(body).record()));
  EXPECT_EQ(view.at("sluice.gate", "verdict").message, "FAILED (exit code 4): no tests were found");
}

TEST(Junit, AnExitCodeThatIsNotZeroIsNoPassWhateverTheStatus)
{
  event::RunFinished body;
  body.verdict = {VerdictStatus::passed, ExitCode::world, {}, {}};
  const RunRecord record = Script().add(body).record();
  EXPECT_THAT(view_junit(junit(record)).red(), ElementsAre("sluice.gate/verdict"));
  EXPECT_EQ(junit_disagreement(junit(record), record), "");
}

TEST(Junit, AGreenRunIsGreen)
{
  Script script;
  script.run("a:S.x").passed("a:S.x").verdict(VerdictStatus::passed);
  EXPECT_TRUE(view_junit(junit(script.record())).red().empty());
}

TEST(Junit, RulesBuildAndInterruptionHaveCasesOfTheirOwn)
{
  Script script;
  script.add(event::BuildStarted{});
  script.add(event::BuildFinished{false, 2, std::chrono::seconds(3), "a.cpp:1: error: no such thing\n"});
  script.add(event::Interrupted{2});
  script.verdict(VerdictStatus::refused, {"rule ai"},
                 {{"ai", RuleStatus::violated, "suite smoke is not met", {"a:S.x was not executed"}},
                  {"docs", RuleStatus::not_applicable, "", {}},
                  {"size", RuleStatus::satisfied, "", {}}});
  const JunitView view = view_junit(junit(script.record()));
  EXPECT_THAT(view.red(), ElementsAre("sluice.gate/build", "sluice.gate/interrupted", "sluice.gate/verdict",
                                      "sluice.gate/rule: ai"));
  EXPECT_THAT(view.at("sluice.gate", "build").body, HasSubstr("a.cpp:1: error: no such thing"));
  EXPECT_EQ(view.at("sluice.gate", "rule: ai").body, "suite smoke is not met\na:S.x was not executed");
  EXPECT_EQ(view.at("sluice.gate", "rule: size").status, "passed");
  EXPECT_EQ(view.cases.size(), 6u);
}

TEST(Junit, ABuildThatNeverEndedIsRed)
{
  const RunRecord record = Script().add(event::BuildStarted{}).verdict(VerdictStatus::failed).record();
  EXPECT_EQ(view_junit(junit(record)).at("sluice.gate", "build").status, "error");
}

TEST(Junit, ATestCannotPassItselfOffAsTheGate)
{
  Script script;
  event::TestPlanned planned;
  planned.test.value = "evil";
  planned.suite = "sluice.gate\x01";
  planned.name = "verdict";
  planned.decision = sluice::Run{};
  script.add(planned).passed("evil").verdict(VerdictStatus::failed, {"red"});
  const JunitView view = view_junit(junit(script.record()));
  EXPECT_EQ(view.at("sluice.gate", "verdict").status, "failure");
  EXPECT_EQ(view.at("sluice.gate (tests)", "verdict").status, "passed");
}

TEST(Junit, AFailureThatPassesAloneStaysAFailureAndSaysSo)
{
  Script script;
  script.run("a:S.x").failed("a:S.x").alone("a:S.x", Outcome::passed).verdict(VerdictStatus::failed);
  const JunitView::Case entry = view_junit(junit(script.record())).at("S", "x");
  EXPECT_EQ(entry.status, "failure");
  EXPECT_EQ(entry.message, "fails only among its neighbours, passes when run alone: 1 != 2");
  EXPECT_TRUE(entry.reruns.empty());
}

TEST(Junit, AFailureThatFailsAgainHasARerun)
{
  Script script;
  script.run("a:S.x")
    .ended("a:S.x", Outcome::crashed, "")
    .alone("a:S.x", Outcome::failed)
    .verdict(VerdictStatus::failed);
  const JunitView::Case entry = view_junit(junit(script.record())).at("S", "x");
  EXPECT_EQ(entry.status, "error") << "the first attempt decides";
  EXPECT_THAT(entry.reruns, ElementsAre("failed"));
}

TEST(Junit, APassOnARepeatDoesNotMakeAFailureGreen)
{
  Script script;
  AttemptResult pass;
  pass.outcome = Outcome::passed;
  script.run("a:S.x")
    .failed("a:S.x")
    .finished("a:S.x", pass, event::AttemptKind::repeat, 2)
    .verdict(VerdictStatus::failed);
  EXPECT_EQ(view_junit(junit(script.record())).at("S", "x").status, "failure");
}

TEST(Junit, SaysWhyATestSkippedItself)
{
  Script script;
  script.run("a:S.x").ended("a:S.x", Outcome::skipped, "no network").verdict(VerdictStatus::passed);
  const JunitView::Case entry = view_junit(junit(script.record())).at("S", "x");
  EXPECT_EQ(entry.status + " " + entry.message + " " + entry.body, "skipped no network no network");
}

TEST(Junit, NamesStayTheSameWhateverWasSelected)
{
  const auto name_of_second = [](Decision decision_of_first) {
    Script script;
    event::TestPlanned planned;
    planned.suite = "S";
    planned.name = "same\xff";
    planned.test.value = "1";
    planned.decision = decision_of_first;
    script.add(planned);
    planned.test.value = "2";
    planned.name = "same\xfe"; // another name, but shown alike
    planned.decision = sluice::Run{};
    script.add(planned);
    return view_junit(junit(script.record())).cases.back().name;
  };
  EXPECT_EQ(name_of_second(sluice::Run{}), "same\xEF\xBF\xBD #2");
  EXPECT_EQ(name_of_second(Skip{}), name_of_second(sluice::Run{}));
}

TEST(Junit, ANumberedNameDoesNotMeetARealOne)
{
  Script script;
  for (const std::string name : {"a", "a", "a #2"}) {
    event::TestPlanned planned;
    planned.test.value = std::to_string(script.events().size());
    planned.suite = "S";
    planned.name = name;
    planned.decision = sluice::Run{};
    script.add(planned);
  }
  std::vector<std::string> names;
  for (const JunitView::Case& entry : view_junit(junit(script.record())).cases)
    if (entry.suite == "S") names.push_back(entry.name);
  EXPECT_THAT(names, ElementsAre("a", "a #3", "a #2"));
}

TEST(Junit, LongNamesAreCutAndStayApart)
{
  Script script;
  const std::string name(600, 'n');
  script.run("a:S." + name + "1").run("a:S." + name + "2");
  const JunitView view = view_junit(junit(script.record()));
  const std::string first = view.cases[2].name, second = view.cases[3].name;
  EXPECT_EQ(first.size(), 512u);
  EXPECT_EQ(second.size(), 512u);
  EXPECT_NE(first, second);
  EXPECT_THAT(first, HasSubstr(" ~"));
}

TEST(Junit, LongOutputKeepsHeadAndTailAndNamesTheLog)
{
  Script script;
  AttemptResult result;
  result.outcome = Outcome::failed;
  result.output = "FIRST" + std::string(100'000, '.') + "LAST";
  result.log = "logs/7.txt";
  script.run("a:S.x").finished("a:S.x", result).verdict(VerdictStatus::failed);
  const std::string output = view_junit(junit(script.record())).at("S", "x").output;
  EXPECT_THAT(output, StartsWith("[[ATTACHMENT|.sluice/runs/20261121-234500-1a2b/logs/7.txt]]\nFIRST."));
  EXPECT_THAT(output, HasSubstr(" bytes cut, full log: .sluice/runs/20261121-234500-1a2b/logs/7.txt]\n"));
  EXPECT_TRUE(output.ends_with(".LAST"));
  EXPECT_LT(output.size(), 8'000u);
}

TEST(Junit, AnAbsolutePlaceThatTheCatalogueKnowsIsGivenAsTheCatalogueGivesIt)
{
  Script script;
  AttemptResult result;
  result.outcome = Outcome::failed;
  result.message = "1 != 2";
  result.file = "/home/someone/project/tests/a.cpp";
  result.line = 40;
  script.run("a:S.x").finished("a:S.x", result);
  EXPECT_THAT(view_junit(junit(script.record())).at("S", "x").body, HasSubstr("\ntests/a.cpp:40: 1 != 2"));
}

TEST(Junit, FindingsAndTheSandboxArePropertiesAndChangeNoStatus)
{
  Script script;
  script.run("a:S.x").run("a:S.y").run("a:S.z");
  script.sandbox({SandboxLevel::partial, "no cgroup", {"memory has no limit"}, "", false, {"network = \"host\""}});
  script.batch(1, {"a:S.x"},
               {{FindingKind::network, "192.0.2.1:80\x1b[31m", false}, {FindingKind::device, "/dev/kvm", true}});
  script.batch(2, {"a:S.y", "a:S.z"}, {{FindingKind::outside_write, "/etc/passwd", false}});
  script.verdict(VerdictStatus::passed);
  const std::string xml = junit(script.record());
  for (
    const char* line : {
      R"(<property name="sluice.sandbox.level" value="partial"/>)",
      R"(<property name="sluice.sandbox.observed" value="false"/>)",
      R"(<property name="sluice.sandbox.refused" value="no cgroup"/>)",
      R"(<property name="sluice.sandbox.loss.1" value="memory has no limit"/>)",
      R"(<property name="sluice.sandbox.opening.1" value="network = &quot;host&quot;"/>)",
      R"(<property name="sluice.findings" value="2"/>)",
      R"(<property name="sluice.finding.1" value="a:S.x: network: 192.0.2.1:80"/>)",
      R"(<property name="sluice.finding.2" value="a:S.y or the other test of the same process: outside_write: /etc/passwd"/>)",
      R"(<property name="sluice.finding.1" value="network: 192.0.2.1:80"/>)",
      R"x(<property name="sluice.finding.1" value="outside_write: /etc/passwd (one of the 2 tests of its process)"/>)x",
    })
    EXPECT_THAT(xml, HasSubstr(line));
  EXPECT_THAT(xml, Not(HasSubstr("/dev/kvm"))) << "declared";
  EXPECT_THAT(xml, Not(HasSubstr("<failure")));
  EXPECT_THAT(
    xml,
    StartsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"sluice\" tests=\"5\" failures=\"0\""));
}

} // namespace
} // namespace sluice::reports
