// The rules kept whatever the tests are called and print, checked by our own checker and by xmllint; and a proof that
// the checker itself can say no.
#include "reports/junit.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/reports/hostile_record.h"
#include "tests/unit/reports/junit_rules.h"
#include "tests/unit/reports/script.h"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::reports {
namespace {

using ::testing::IsEmpty;
using tests::broken_junit_rules;
using tests::hostile_record;
using tests::Script;

TEST(JunitRules, AreKeptWhateverTestsAreCalledAndPrint)
{
  const unsigned seed = tests::random_seed();
  SCOPED_TRACE("SLUICE_SEED=" + std::to_string(seed));
  for (unsigned i = 0; i < 50; ++i) {
    const RunRecord record = hostile_record(seed + i);
    const std::string xml = junit(record);
    ASSERT_THAT(broken_junit_rules(xml), IsEmpty()) << "SLUICE_SEED=" << seed + i;
    ASSERT_EQ(junit_disagreement(xml, record), "");
    ASSERT_EQ(junit(record), xml) << "the same record gives the same bytes";
  }
}

TEST(JunitRules, XmllintReadsWhatHostileTestsLeft)
{
  if (std::system("xmllint --version 2> /dev/null") != 0) GTEST_SKIP() << "no xmllint here";
  const unsigned seed = tests::random_seed();
  SCOPED_TRACE("SLUICE_SEED=" + std::to_string(seed));
  const tests::TempDir folder;
  std::string command = "xmllint --noout --nonet";
  for (unsigned i = 0; i < 10; ++i)
    command += " '" + folder.write("junit-" + std::to_string(i) + ".xml", junit(hostile_record(seed + i))) + "'";
  EXPECT_EQ(std::system(command.c_str()), 0);
}

TEST(JunitRules, ManyFailuresStayBelowTheSizeThatReadersTake)
{
  Script script;
  const std::string output(20'000, 'x');
  for (int i = 0; i < 5'000; ++i) script.run("a:S.t" + std::to_string(i));
  for (int i = 0; i < 5'000; ++i) script.failed("a:S.t" + std::to_string(i), "1 != 2", output);
  const std::string xml = junit(script.verdict(VerdictStatus::failed).record());
  EXPECT_THAT(broken_junit_rules(xml), IsEmpty());
  EXPECT_LT(xml.size(), 25u << 20);
}

struct Breakage {
  int rule;
  std::string what, with;
};

TEST(JunitRules, TheCheckerSeesEachRuleBroken)
{
  Script script;
  AttemptResult pass;
  pass.outcome = Outcome::passed;
  script.run("a:S.f").failed("a:S.f").finished("a:S.f", pass, event::AttemptKind::retry, 2);
  script.run("a:S.x").run("a:S.y").run("a:S.z").failed("a:S.x", "1 != 2", "out").passed("a:S.y");
  script.ended("a:S.z", Outcome::skipped, "no network")
    .alone("a:S.x", Outcome::failed)
    .verdict(VerdictStatus::failed, {"red"});
  const std::string good = junit(script.record());
  ASSERT_THAT(broken_junit_rules(good), IsEmpty());

  const std::vector<Breakage> breakages{
    {1, "<?xml version=\"1.0\"", "<?xml version=\"1.1\""},
    {1, "<testsuites name=", "<testsuites skipped=\"0\" name="},
    {2, "failures=\"1\"", "failures=\"0\""},
    {2, "time=\"0.250\"", "time=\"2.5e-1\""},
    {2, "T23:45:00\"", "T23:45:00Z\""},
    {3, "name=\"y\"", "name=\"x\""},
    {3, "name=\"y\"", "name=\"\""},
    {4, "<system-out>out</system-out>", "<skipped message=\"s\">s</skipped>"},
    {5, "type=\"TestFailed\"", "type=\"symbol\""},
    {5, "<failure message=\"1 != 2\"", "<failure message=\"other\""},
    {6, "<system-out>out", "stray<system-out>out"},
    {7, "out</system-out>", "out&#27;</system-out>"},
    {7, "out</system-out>", "out\x1b</system-out>"},
    {8, "out</system-out>", std::string(20'000, 'x') + "</system-out>"},
    {9, "<system-out>out", "<system-out>[[ATTACHMENT|.sluice/b]] out"},
    {10, "<property name=\"sluice.run\"", "<property id=\"sluice.run\""},
    {11, "<stackTrace>", "<trace>"},
    {11, "</flakyFailure>", "</flakyFailure><skipped message=\"s\">s</skipped>"},
    {12, "<skipped message=\"no network\"", "<skipped message=\"\""},
  };
  for (const Breakage& breakage : breakages) {
    std::string bad = good;
    const std::size_t at = bad.find(breakage.what);
    ASSERT_NE(at, std::string::npos) << breakage.what;
    bad.replace(at, breakage.what.size(), breakage.with);
    if (breakage.with == "<trace>") bad.replace(bad.find("</stackTrace>"), 13, "</trace>");
    EXPECT_THAT(broken_junit_rules(bad),
                ::testing::Contains(::testing::StartsWith("rule " + std::to_string(breakage.rule) + ":")))
      << breakage.what << " -> " << breakage.with;
  }
}

} // namespace
} // namespace sluice::reports
