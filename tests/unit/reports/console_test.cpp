#include "reports/text.h"
#include "tests/unit/reports/console_shown.h"
#include "tests/unit/reports/random_bytes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::reports {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using tests::Script;
using tests::shown_in;

Script red_run()
{
  Script script;
  script.run("a:S.x").run("a:S.y").run("a:S.skips").reuse("b:T.z").planned("b:T.w", Skip{});
  event::PlanMade plan;
  plan.escalations = {{RunCause::unknown_file, "tools/gen.py", "declare it in sluice.toml"}};
  script.add(plan);
  script.begun("a:S.x").failed("a:S.x", "1 != 2", "a.cpp:7: 1 != 2\n\ndetails\n").passed("a:S.y");
  script.ended("a:S.skips", Outcome::skipped, "no network").alone("a:S.x", Outcome::passed);
  return script.verdict(VerdictStatus::failed, {"1 test failed: a:S.x"});
}

TEST(Console, PlainIsLines)
{
  EXPECT_EQ(shown_in(ConsoleStyle::plain, red_run()), R"(run 20261121-234500-1a2b
plan  3 tests to run, 1 reused, 1 left out
widened  no fact knows tools/gen.py, so any test may use it
FAILED  a:S.x  (250 ms)
  1 != 2
  tests/a.cpp:12
    a.cpp:7: 1 != 2

    details
[2/3] passed  a:S.y (250 ms)
[3/3] skipped  a:S.skips (no network)
note  a:S.x passes when it runs alone: it fails only among its neighbours
FAILED  3 run (1 passed, 1 failed), 1 of them skipped by themselves, 1 reused, 1 left out, in 4.2 s
  1 test failed: a:S.x

FAILED  a:S.x
  fails only among its neighbours, passes when run alone: 1 != 2
  tests/a.cpp:12
  sluice run --all --filter 'id(a:S.x)'
widened  no fact knows tools/gen.py, so any test may use it
         to narrow it: declare it in sluice.toml
reports  junit.xml
)");
}

TEST(Console, QuietSaysGreenInOneLineAndTheReports)
{
  Script script;
  script.run("a:S.x").reuse("b:T.z").passed("a:S.x").verdict(VerdictStatus::passed);
  EXPECT_EQ(shown_in(ConsoleStyle::quiet, script),
            "PASSED  1 run, 1 reused, 0 left out, in 4.2 s\nreports  junit.xml\n");
}

TEST(Console, QuietAndGreenNeverNeedsMoreThan300Bytes)
{
  Script script;
  event::PlanMade plan;
  for (int i = 0; i < 20; ++i) plan.escalations.push_back({RunCause::unknown_file, std::string(200, 'p'), "mend"});
  for (int i = 0; i < 500; ++i) script.run("a:S.t" + std::to_string(i)).passed("a:S.t" + std::to_string(i));
  script.add(plan).add(event::BuildFinished{true, 0, 3s, ""}).verdict(VerdictStatus::passed);
  ConsoleOptions options;
  options.style = ConsoleStyle::quiet;
  options.color = true;
  options.report_files = {std::string(150, 'r'), std::string(150, 's')};
  const std::string out = shown_in(options, script);
  EXPECT_LE(out.size(), 300u);
  EXPECT_THAT(out, HasSubstr("widened for 20 reasons"));
}

Script run_with_findings(int tests)
{
  Script script;
  for (int i = 0; i < tests; ++i) script.run("a:S.t" + std::to_string(i));
  script.sandbox({SandboxLevel::bare, "namespaces: no", {"tests reach the host's network"}, "", true, {}});
  for (int i = 0; i < tests; ++i)
    script.batch(static_cast<std::uint32_t>(i + 1), {"a:S.t" + std::to_string(i)},
                 {{FindingKind::network, "192.0.2.1:80\x1b[2J", false}, {FindingKind::left_processes, "sleep", false}});
  return script.verdict(VerdictStatus::passed);
}

TEST(Console, TheSummaryNamesFindingsAndASandboxThatIsNotFull)
{
  EXPECT_THAT(shown_in(ConsoleStyle::plain, run_with_findings(1)),
              HasSubstr("in 4.2 s\n"
                        "sandbox  bare, observed: namespaces: no\n"
                        "         tests reach the host's network\n"
                        "finding  a:S.t0: network: 192.0.2.1:80, left_processes: sleep\n"));
  const std::string many = shown_in(ConsoleStyle::plain, run_with_findings(12));
  EXPECT_THAT(many, HasSubstr("finding  a:S.t9: "));
  EXPECT_THAT(many, Not(HasSubstr("finding  a:S.t10: ")));
  EXPECT_THAT(many, HasSubstr("         and 2 more\n"));
  EXPECT_THAT(shown_in(ConsoleStyle::quiet, run_with_findings(12)), HasSubstr("finding  12 of them"));
}

TEST(Console, AFullSandboxAndWhatIsDeclaredAreNotWorthALine)
{
  Script script;
  script.run("a:S.x").sandbox({SandboxLevel::full, "", {}, "", true, {}});
  script.batch(1, {"a:S.x"}, {{FindingKind::network, "192.0.2.1:80", true}}).verdict(VerdictStatus::passed);
  const std::string out = shown_in(ConsoleStyle::plain, script);
  EXPECT_THAT(out, Not(HasSubstr("sandbox")));
  EXPECT_THAT(out, Not(HasSubstr("finding")));
}

TEST(Console, QuietShowsFailuresInFull)
{
  const std::string out = shown_in(ConsoleStyle::quiet, red_run());
  EXPECT_THAT(out, HasSubstr("    a.cpp:7: 1 != 2\n\n    details\n"));
  EXPECT_THAT(out, HasSubstr("sluice run --all --filter 'id(a:S.x)'"));
  EXPECT_THAT(out, Not(HasSubstr("passed  a:S.y")));
}

TEST(Console, AVerdictThatContradictsTheTestsIsNotShownAsGreen)
{
  Script script;
  script.run("a:S.x").failed("a:S.x").verdict(VerdictStatus::passed);
  EXPECT_THAT(shown_in(ConsoleStyle::quiet, script), HasSubstr("1 failed"));
  EXPECT_THAT(shown_in(ConsoleStyle::quiet, script), HasSubstr("sluice run --all --filter 'id(a:S.x)'"));
}

TEST(Console, TestsThatNeverBeganAreCountedNotListed)
{
  Script script;
  for (int i = 0; i < 100; ++i) script.run("a:S.t" + std::to_string(i));
  script.add(event::BuildFinished{false, 2, 3s, "a.cpp:1: error: \x1b[31mno\x1b[0m\n"})
    .verdict(VerdictStatus::failed, {"the build failed"});
  EXPECT_EQ(shown_in(ConsoleStyle::quiet, script), R"(BUILD FAILED  exit code 2, after 3.0 s
  a.cpp:1: error: no
FAILED  100 run (0 passed, 0 failed), 100 of them not begun, 0 reused, 0 left out, in 4.2 s
  the build failed

NOT RUN  100 tests: a:S.t0, a:S.t1, a:S.t2 ...
reports  junit.xml
)");
}

TEST(Console, NamesTheViolatedRuleAndWhatIsMissing)
{
  Script script;
  script.verdict(VerdictStatus::refused, {"rule ai"},
                 {{"ai", RuleStatus::violated, "suite smoke is not met", {"a:S.x was not executed"}},
                  {"other", RuleStatus::satisfied, "fine", {}}});
  const std::string out = shown_in(ConsoleStyle::quiet, script);
  EXPECT_THAT(out, HasSubstr("REFUSED"));
  EXPECT_THAT(out, HasSubstr("RULE VIOLATED  ai\n  suite smoke is not met\n    a:S.x was not executed\n"));
  EXPECT_THAT(out, Not(HasSubstr("fine")));
}

TEST(Console, LiveDrawsOneLineThatIsErasedBeforeAnythingElse)
{
  Script script;
  script.run("a:S.x", 2s).run("a:S.y", 2s).begun("a:S.x").wait(1s).failed("a:S.x").wait(1s).begun("a:S.y");
  const std::string out = shown_in(ConsoleStyle::live, script);
  const std::string last = out.substr(out.rfind("\x1b[K") + 3);
  EXPECT_EQ(last, "[1/2] 1 failed, 2.0 s left | a:S.y 0 ms");
  EXPECT_THAT(out, HasSubstr("\r\x1b[KFAILED  a:S.x  (250 ms)\n  1 != 2\n"));
  EXPECT_THAT(shown_in(ConsoleStyle::live, script.verdict(VerdictStatus::failed)), EndsWith("reports  junit.xml\n"));
}

TEST(Console, LiveNamesASlowTest)
{
  Script script;
  script.run("a:S.x", 1s).begun("a:S.x").wait(12s);
  ConsoleOptions options;
  options.style = ConsoleStyle::live;
  std::string out;
  Console console(options, [&](std::string_view bytes) { out = bytes; });
  for (const RunEvent& event : script.events()) console.event(event);
  console.tick(script.now());
  EXPECT_EQ(out, "\r\x1b[K[0/1], 0 ms left | a:S.x 12.0 s (slow: usually 1.0 s)");
}

TEST(Console, LiveRedrawsNoMoreThanTheEyeSees)
{
  Script script;
  for (int i = 0; i < 1000; ++i) script.run("a:S.t" + std::to_string(i));
  for (int i = 0; i < 1000; ++i) script.passed("a:S.t" + std::to_string(i)); // a millisecond each
  const std::string out = shown_in(ConsoleStyle::live, script);
  EXPECT_LT(std::count(out.begin(), out.end(), '\r'), 25);
}

TEST(Console, OnlyLiveDrawsOnATick)
{
  for (const ConsoleStyle style : {ConsoleStyle::plain, ConsoleStyle::quiet}) {
    std::string out;
    ConsoleOptions options;
    options.style = style;
    Console console(options, [&](std::string_view bytes) { out += bytes; });
    console.tick(Timestamp(5s));
    EXPECT_EQ(out, "");
  }
}

TEST(Console, NothingIsDrawnAfterTheEnd)
{
  std::string out;
  ConsoleOptions options;
  options.style = ConsoleStyle::live;
  Console console(options, [&](std::string_view bytes) { out = bytes; });
  const Script script = Script().verdict(VerdictStatus::passed);
  for (const RunEvent& event : script.events()) console.event(event);
  const std::string end = out;
  console.tick(Timestamp(5s) + std::chrono::hours(1'000'000));
  EXPECT_EQ(out, end);
}

TEST(Console, AManyfoldFailureIsShownShort)
{
  Script script;
  for (int i = 0; i < 200; ++i) script.run("a:S.t" + std::to_string(i));
  for (int i = 0; i < 200; ++i) script.failed("a:S.t" + std::to_string(i), "1 != 2", std::string(100'000, 'x'));
  const std::string out = shown_in(ConsoleStyle::quiet, script.verdict(VerdictStatus::failed));
  EXPECT_LT(out.size(), 600'000u);
  EXPECT_THAT(out, HasSubstr("and 150 more that failed"));
}

// Whatever tests are called and print, the terminal gets our own sequences and printable text only.
TEST(Console, NoTestCanGarbleTheTerminal)
{
  const unsigned seed = tests::random_seed();
  SCOPED_TRACE("SLUICE_SEED=" + std::to_string(seed));
  tests::RandomBytes random(seed);
  for (int round = 0; round < 100; ++round) {
    Script script;
    std::vector<std::string> ids;
    for (int i = 0; i < 10; ++i) {
      ids.push_back(random.string() + std::to_string(i));
      event::TestPlanned planned;
      planned.test.value = ids.back();
      planned.file = random.string();
      planned.decision = sluice::Run{};
      script.add(planned);
    }
    for (const std::string& id : ids) {
      script.begun(id).wait(200ms);
      script.ended(id, static_cast<Outcome>(random.below(8)), random.string(), random.string(500));
    }
    script.verdict(VerdictStatus::refused, {random.string()},
                   {{random.string(), RuleStatus::violated, random.string(), {random.string()}}});
    for (const ConsoleStyle style : {ConsoleStyle::live, ConsoleStyle::plain, ConsoleStyle::quiet}) {
      std::string out = shown_in(style, script);
      for (std::size_t at; (at = out.find("\r\x1b[K")) != std::string::npos;) out.erase(at, 4);
      ASSERT_EQ(clean_text(out), out);
    }
  }
}

TEST(Console, TheStatusLineNeverWraps)
{
  Script script;
  const std::string wide = "a:S.日本語日本語日本語日本語日本語日本語日本語日本語日本語";
  script.run(wide).run("a:S.other").begun(wide).wait(1s).begun("a:S.other");
  for (const int width : {1, 2, 10, 39, 40, 80}) {
    ConsoleOptions options;
    options.style = ConsoleStyle::live;
    options.width = width;
    const std::string out = shown_in(options, script);
    EXPECT_LT(display_width(out.substr(out.rfind("\x1b[K") + 3)), std::max(width, 1)) << width;
  }
}

TEST(Console, ColourIsTheCallersDecision)
{
  ConsoleOptions options;
  EXPECT_THAT(shown_in(options, red_run()), Not(HasSubstr("\x1b")));
  options.color = true;
  EXPECT_THAT(shown_in(options, red_run()), HasSubstr("\x1b[1;31mFAILED\x1b[0m"));
}

TEST(Console, NamesATestThatRunsForLongAndAgainEachTimeThatDoubles)
{
  for (const ConsoleStyle style : {ConsoleStyle::plain, ConsoleStyle::live, ConsoleStyle::quiet}) {
    std::string out;
    ConsoleOptions options;
    options.style = style;
    Console console(options, [&](std::string_view bytes) { out += bytes; });
    const Script script = Script().run("a:S.x", 5s).begun("a:S.x").run("a:S.y").begun("a:S.y");
    for (const RunEvent& event : script.events()) console.event(event);
    for (int second = 1; second <= 70; ++second) console.tick(script.now() + std::chrono::seconds(second));
    const auto named = [&](const std::string& words) {
      std::size_t count = 0;
      for (std::size_t at = out.find(words); at != std::string::npos; at = out.find(words, at + 1)) ++count;
      return count;
    };
    EXPECT_EQ(named("a:S.y has run for"), style == ConsoleStyle::quiet ? 0u : 3u) << out; // after 10, 20, 40 s
    EXPECT_EQ(named("a:S.x has run for"), style == ConsoleStyle::quiet ? 0u : 3u) << out; // after 15, 30, 60 s
  }
}

TEST(Console, ShowsTheOutputThatIsAskedFor)
{
  Script script;
  script.run("a:S.x").run("a:S.y").failed("a:S.x", "no", "words of x\n");
  script.ended("a:S.y", Outcome::passed, "", "words of y").verdict(VerdictStatus::failed);
  ConsoleOptions options;
  const std::string failures = shown_in(options, script);
  EXPECT_THAT(failures, HasSubstr("words of x"));
  EXPECT_THAT(failures, Not(HasSubstr("words of y")));
  options.output = ShownOutput::all;
  EXPECT_THAT(shown_in(options, script), ::testing::AllOf(HasSubstr("words of x"), HasSubstr("    words of y\n")));
  options.output = ShownOutput::none;
  EXPECT_THAT(shown_in(options, script),
              ::testing::AllOf(Not(HasSubstr("words of x")), Not(HasSubstr("words of y")), HasSubstr("FAILED  a:S.x")));
}

TEST(Console, NoTestSpeaksForTheJob)
{
  Script script;
  script.run("a:S.x").failed("a:S.x", "::set-output name=a::b",
                             "  ::error::lie\n\t::stop-commands::x\nx ##vso[task.complete]\n##[group]\nfoo::bar # ok\n"
                             "\xE2\x80\x83::add-mask::a\n##teamcity[x]\n");
  script.verdict(VerdictStatus::failed);
  ConsoleOptions options;
  options.defuse_commands = true;
  options.color = true;
  const std::string out = shown_in(options, script);
  for (const char* command : {"::error", "::stop", "##vso[", "##[", "::set-output", "::add-mask", "##teamcity["})
    EXPECT_THAT(out, Not(HasSubstr(command))) << out;
  EXPECT_THAT(out, HasSubstr("foo::bar # ok"));
}

} // namespace
} // namespace sluice::reports
