// Single lines of the console: what was compared, steps of a build, findings.
#include "tests/unit/reports/console_shown.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using tests::Script;
using tests::shown_in;

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

Script run_that_found(std::vector<Finding> findings)
{
  Script script;
  script.run("a:S.x").sandbox({SandboxLevel::full, "", {}, "", true, {}}).batch(1, {"a:S.x"}, std::move(findings));
  return script.verdict(VerdictStatus::passed);
}

TEST(ConsoleLines, ManyPathsOfAFindingAreToldByTheirFolder)
{
  std::vector<Finding> writes;
  for (int i = 0; i < 19; ++i)
    writes.push_back({FindingKind::outside_write, "/opt/x/py/p" + std::to_string(i) + "/__pycache__/m.pyc", false});
  writes.push_back({FindingKind::network, "192.0.2.1:80", false});
  writes.push_back({FindingKind::outside_write, "and 121 more", false});
  EXPECT_THAT(
    shown_in(ConsoleStyle::plain, run_that_found(writes)),
    HasSubstr("finding  a:S.x: network: 192.0.2.1:80, outside_write: 19 paths below /opt/x/py, and 121 more\n"));
  writes.insert(writes.begin(), {FindingKind::outside_write, "/opt/x/pyc", false});
  EXPECT_THAT(shown_in(ConsoleStyle::plain, run_that_found(writes)),
              HasSubstr("outside_write: 20 paths below /opt/x, "));
  writes.insert(writes.begin(), {FindingKind::outside_write, "/etc/x", false});
  EXPECT_THAT(shown_in(ConsoleStyle::plain, run_that_found(writes)),
              HasSubstr("outside_write: 21 paths, the first is /etc/x, and 121 more"));
  const std::vector<Finding> few{{FindingKind::outside_write, "/a", false}, {FindingKind::outside_write, "/b", false}};
  EXPECT_THAT(shown_in(ConsoleStyle::plain, run_that_found(few)), HasSubstr("a:S.x: outside_write: /a, /b\n"));
}

TEST(ConsoleLines, AFindingIsOneLineOfAtMost400Bytes)
{
  std::vector<Finding> long_ones;
  for (int i = 0; i < 3; ++i) long_ones.push_back({FindingKind::outside_write, "/" + std::string(450, 'p'), false});
  const std::string out = shown_in(ConsoleStyle::plain, run_that_found(long_ones));
  const std::size_t start = out.find("finding  ");
  ASSERT_NE(start, std::string::npos);
  EXPECT_LE(out.find('\n', start) - start, 400u + 12u);
}

} // namespace
} // namespace sluice::reports
