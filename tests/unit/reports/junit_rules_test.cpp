// The rules kept whatever the tests are called and print, checked by our own checker and by xmllint; and a proof that
// the checker itself can say no.
#include "reports/junit.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/reports/junit_rules.h"
#include "tests/unit/reports/random_bytes.h"
#include "tests/unit/reports/script.h"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::reports {
namespace {

using ::testing::IsEmpty;
using tests::broken_junit_rules;
using tests::RandomBytes;
using tests::Script;

RunRecord hostile_record(unsigned seed)
{
  RandomBytes random(seed);
  Script script;
  event::RunStarted started;
  started.run = random.string();
  started.host = random.string();
  started.head = random.string();
  script.started(started);
  for (int i = 0; i < 60; ++i) {
    const std::string id = random.string(6) + std::to_string(i);
    event::TestPlanned planned;
    planned.test.value = id;
    planned.suite = random.below(3) == 0 ? "sluice.gate" : random.string(3);
    planned.name = random.below(4) == 0 ? std::string(random.below(2000), 'n') : random.string(3);
    planned.file = random.string(5);
    planned.line = static_cast<int>(random.below(3));
    planned.decision = sluice::Run{RunCause::affected, random.string(), {}};
    if (random.below(5) == 0) planned.decision = Reuse{};
    if (random.below(6) == 0) planned.decision = Skip{SkipCause::disabled, random.string()};
    script.add(planned);
    for (int attempt = 1; attempt <= static_cast<int>(random.below(5)); ++attempt) {
      AttemptResult result;
      result.outcome = static_cast<Outcome>(random.below(8));
      result.message = random.string(random.below(2) ? 10 : 3000);
      result.output = random.string(random.below(3) ? 20 : 20'000);
      result.file = random.string(4);
      result.log = random.below(3) ? "" : random.string(3);
      result.signal = static_cast<int>(random.below(80));
      script.finished(id, result, static_cast<event::AttemptKind>(random.below(3)), attempt);
    }
  }
  return script
    .verdict(VerdictStatus::refused, {random.string()},
             {{random.string(), RuleStatus::violated, random.string(), {random.string()}},
              {"same", RuleStatus::satisfied, "", {}},
              {"same", RuleStatus::violated, "", {}}})
    .record();
}

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
