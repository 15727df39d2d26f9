// Single lines of the console: what was compared, and the steps of a build.
#include "reports/console.h"
#include "tests/unit/reports/script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using tests::Script;

std::string shown_in(const ConsoleOptions& options, const Script& script)
{
  std::string out;
  Console console(options, [&](std::string_view bytes) { out += bytes; });
  for (const RunEvent& event : script.events()) console.event(event);
  return out;
}

std::string shown_in(ConsoleStyle style, const Script& script)
{
  ConsoleOptions options;
  options.style = style;
  options.report_files = {"junit.xml"};
  return shown_in(options, script);
}

Script compared_run(event::RunStarted body)
{
  Script script;
  return script.started(std::move(body)).run("a:S.x").passed("a:S.x").verdict(VerdictStatus::passed);
}

event::RunStarted gate_run()
{
  event::RunStarted body;
  body.base = "3d2b4db54f93aaaa";
  body.head = "37b493a01c2dbbbb";
  body.compared = {"main", body.base, 4, 1};
  return body;
}

TEST(ConsoleLines, SaysWhatWasComparedBeforeThePlan)
{
  EXPECT_THAT(shown_in(ConsoleStyle::plain, compared_run(gate_run())),
              HasSubstr("run 20261121-234500-1a2b\n"
                        "change  base 3d2b4db54f93 (main), head 37b493a01c2d, 4 commits, 1 path\n"));
  event::RunStarted moved = gate_run();
  moved.compared->base_tip = "99999999999900";
  EXPECT_THAT(shown_in(ConsoleStyle::plain, compared_run(moved)),
              HasSubstr("change  base 999999999999 (main), left at 3d2b4db54f93, head 37b493a01c2d, 4 commits"));
  event::RunStarted alone = gate_run();
  alone.compared = {"", alone.base, 1, 2};
  EXPECT_THAT(shown_in(ConsoleStyle::plain, compared_run(alone)),
              HasSubstr("change  head 37b493a01c2d against its parent 3d2b4db54f93, 2 paths\n"));
  alone.working_tree = true;
  EXPECT_THAT(shown_in(ConsoleStyle::plain, compared_run(alone)),
              HasSubstr("change  working tree against HEAD 37b493a01c2d, 2 paths\n"));
  alone.compared.reset();
  EXPECT_THAT(shown_in(ConsoleStyle::plain, compared_run(alone)), Not(HasSubstr("change")));
}

TEST(ConsoleLines, QuietSaysAtTheEndWhatWasComparedWhereItFits)
{
  EXPECT_EQ(shown_in(ConsoleStyle::quiet, compared_run(gate_run())),
            "PASSED  1 run, 0 reused, 0 left out, in 4.2 s\n"
            "change  base 3d2b4db54f93 (main), head 37b493a01c2d, 4 commits, 1 path\nreports  junit.xml\n");
  ConsoleOptions options;
  options.style = ConsoleStyle::quiet;
  options.report_files = {std::string(200, 'r')};
  const std::string full = shown_in(options, compared_run(gate_run()));
  EXPECT_LE(full.size(), 300u);
  EXPECT_THAT(full, Not(HasSubstr("change")));
  EXPECT_THAT(full, HasSubstr(options.report_files.front()));
}

TEST(ConsoleLines, NamesTheStepsOfABuildAndOfAnotherTree)
{
  Script script;
  script.add(event::BuildStarted{{"cmake"}, {}, true}).add(event::BuildStarted{{"ninja"}, {"a", "b"}, false});
  script.add(event::SecondTreeStarted{"3d2b4db54f93aaaa", false}).add(event::SecondTreeStarted{"37b493a01c2d", true});
  EXPECT_EQ(shown_in(ConsoleStyle::plain, script),
            "run 20261121-234500-1a2b\nconfiguring\nbuilding 2 targets\n"
            "building the base 3d2b4db54f93 beside this tree: which tests it has is not known\n"
            "building the change beside this tree, with the tests of its base\n");
  EXPECT_EQ(shown_in(ConsoleStyle::quiet, script), "");
}

} // namespace
} // namespace sluice::reports
