#include "reports/plan_report.h"
#include "reports/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace sluice::reports {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

struct Planned {
  Catalogue catalogue;
  Plan plan;
  ChangeSet change;

  Planned& test(const std::string& name, Decision decision)
  {
    TestCase test;
    test.id.value = "a_test:" + name;
    test.suite = "S";
    test.name = name;
    test.file = "tests/a.cpp";
    test.line = 7;
    plan.entries.push_back({static_cast<TestIndex>(catalogue.tests.size()), std::move(decision), {}});
    catalogue.tests.push_back(std::move(test));
    return *this;
  }
  std::string explained(std::size_t index) const { return explain(plan.entries[index], plan, catalogue); }
};

Run affected(const std::string& test)
{
  return {RunCause::affected,
          "src/a.cpp",
          {{"src/a.cpp", "ninja-deps"}, {"obj/a.o", "ninja"}, {"a_test", "starts"}, {"a_test:" + test, ""}}};
}

Reuse reused(bool cut_off)
{
  Reuse reuse;
  reuse.proof = {"20261120-1", 1'795'304'700, std::string(40, 'c'), *digest_from_bytes(std::string(20, '\xab')),
                 1500ms};
  reuse.cut_off = cut_off;
  return reuse;
}

Planned example()
{
  Planned example;
  example.catalogue.programs.push_back({});
  example.catalogue.programs[0].name = "a_test";
  for (const char* name : {"one", "two", "three", "four"}) example.test(name, affected(name));
  example.test("five", sluice::Run{RunCause::unknown_file, "tools/gen.py", {}});
  example.test("six", sluice::Run{RunCause::last_failed, "20261119-1", {}});
  example.test("seven", reused(true)).test("eight", reused(false));
  example.test("nine", Skip{SkipCause::disabled, "flaky on arm"}).test("ten", Skip{SkipCause::filtered, ""});
  example.plan.escalations = {{RunCause::unknown_file, "tools/gen.py", "declare it in sluice.toml"}};
  example.plan.dismissed = {{"docs/a.md", "sluice.toml: ignore \"docs/**\""}};
  example.plan.blast_radius = {4, 10, 1, 1, 3, 20};
  example.plan.must_execute = {static_cast<TestIndex>(5)};
  example.change.base = example.change.merge_base = std::string(40, 'a');
  example.change.head = std::string(40, 'b');
  example.change.commits.resize(2);
  example.change.includes_working_tree = true;
  example.change.paths = {{ChangeKind::modified, "src/a.cpp", ""}, {ChangeKind::renamed, "tools/gen.py", "gen.py"}};
  return example;
}

TEST(PlanText, SaysTheChangeItsReachAndWhatRunsWhy)
{
  const Planned made = example();
  EXPECT_EQ(plan_text(made.plan, made.catalogue, made.change, false),
            R"(change   2 paths, 2 commits from aaaaaaaaaaaa to bbbbbbbbbbbb, with the working tree
         modified src/a.cpp
         renamed tools/gen.py (was gen.py)
reach    4 of 10 tests, 1 of 1 program, 3 of 20 files
widened  no fact knows tools/gen.py, so any test may use it
         to narrow it: declare it in sluice.toml
ignored  docs/a.md (sluice.toml: ignore "docs/**")
run      6 of 10 tests
      4  affected by src/a.cpp
           a_test:one
             src/a.cpp -> (ninja-deps) obj/a.o -> (ninja) a_test -> (starts) a_test:one
           a_test:two
             src/a.cpp -> (ninja-deps) obj/a.o -> (ninja) a_test -> (starts) a_test:two
           a_test:three
             src/a.cpp -> (ninja-deps) obj/a.o -> (ninja) a_test -> (starts) a_test:three
           and 1 more
      1  no fact knows tools/gen.py, which changed: any test may use it
           a_test:five
      1  failed last time, in run 20261119-1
           a_test:six
reuse    2 tests, 1 of them reached by the change, but built the same
skip     2 tests
      1  disabled: flaky on arm
      1  left out by --filter
)");
}

TEST(PlanText, VerboseNamesEveryTestAndPath)
{
  Planned made = example();
  for (int i = 0; i < 30; ++i) made.change.paths.push_back({ChangeKind::added, "data/" + std::to_string(i), ""});
  const std::string text = plan_text(made.plan, made.catalogue, made.change, true);
  for (const TestCase& test : made.catalogue.tests) EXPECT_THAT(text, HasSubstr("           " + test.id.value));
  EXPECT_THAT(text, Not(HasSubstr("more\n")));
}

TEST(PlanText, StaysShortForAHugePlan)
{
  Planned made = example();
  for (int i = 0; i < 5'000; ++i) {
    made.test("many" + std::to_string(i), sluice::Run{RunCause::inputs_differ, "data/" + std::to_string(i), {}});
    made.change.paths.push_back({ChangeKind::added, "data/" + std::to_string(i), ""});
  }
  const std::string text = plan_text(made.plan, made.catalogue, made.change, false);
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 100);
  EXPECT_THAT(text, HasSubstr("  for 4983 more reasons\n"));
}

TEST(PlanText, PathsCannotGarbleTheTerminal)
{
  Planned made = example();
  made.change.paths[0].path = "src/\x1b[2J\nrun      0 of 0 tests\xff.cpp";
  const std::string text = plan_text(made.plan, made.catalogue, made.change, false);
  EXPECT_EQ(clean_text(text), text);
  EXPECT_THAT(text, HasSubstr("         modified src/ run 0 of 0 tests\xEF\xBF\xBD.cpp\n"));
}

TEST(PlanJson, HasEveryTestWithItsDecision)
{
  const Planned made = example();
  const auto json = nlohmann::json::parse(plan_json(made.plan, made.catalogue, made.change));
  EXPECT_EQ(json["v"], 1);
  EXPECT_EQ(json["counts"], nlohmann::json::parse(R"({"tests":10,"run":6,"reuse":2,"skip":2})"));
  EXPECT_EQ(json["change"]["paths"][1],
            nlohmann::json::parse(R"({"kind":"renamed","path":"tools/gen.py","old_path":"gen.py"})"));
  EXPECT_EQ(json["blast_radius"]["files"], 3);
  EXPECT_EQ(json["escalations"][0]["mend"], "declare it in sluice.toml");
  EXPECT_EQ(json["dismissed"][0]["path"], "docs/a.md");
  ASSERT_EQ(json["tests"].size(), 10u);
  EXPECT_EQ(json["tests"][0], nlohmann::json::parse(R"({"id":"a_test:one","suite":"S","program":"a_test",
    "file":"tests/a.cpp","line":7,"decision":"run","cause":"affected","subject":"src/a.cpp","path":[
    {"name":"src/a.cpp","via":"ninja-deps"},{"name":"obj/a.o","via":"ninja"},{"name":"a_test","via":"starts"},
    {"name":"a_test:one"}]})"));
  EXPECT_EQ(json["tests"][5]["must_execute"], true);
  EXPECT_EQ(json["tests"][6]["proof"]["run"], "20261120-1");
  EXPECT_EQ(json["tests"][6]["cut_off"], true);
  EXPECT_EQ(json["tests"][8]["cause"], "disabled");
}

TEST(PlanJson, HasOneLineForEachTest)
{
  const Planned made = example();
  const std::string json = plan_json(made.plan, made.catalogue, made.change);
  EXPECT_EQ(std::count(json.begin(), json.end(), '\n'), 11);
}

TEST(PlanJson, EveryChangeKindHasItsWord)
{
  Planned made = example();
  made.change.paths.clear();
  for (int kind = 0; kind <= static_cast<int>(ChangeKind::conversion); ++kind)
    made.change.paths.push_back({static_cast<ChangeKind>(kind), "p", ""});
  const auto json = nlohmann::json::parse(plan_json(made.plan, made.catalogue, made.change));
  std::string kinds;
  for (const auto& path : json["change"]["paths"]) kinds += path["kind"].get<std::string>() + " ";
  EXPECT_EQ(kinds, "added modified deleted renamed mode type submodule conversion ");
}

TEST(Explain, DrawsThePathOfATestThatRuns)
{
  EXPECT_EQ(example().explained(0), R"(a_test:one runs: affected by src/a.cpp
  src/a.cpp
    -> (ninja-deps) obj/a.o
      -> (ninja) a_test
        -> (starts) a_test:one
)");
}

TEST(Explain, SaysHowToNarrowWhatWidened)
{
  EXPECT_EQ(example().explained(4), "a_test:five runs: no fact knows tools/gen.py, which changed: any test may use it\n"
                                    "  to narrow it: declare it in sluice.toml\n");
}

TEST(Explain, ShowsTheProofOfATestThatDoesNotRun)
{
  EXPECT_EQ(example().explained(6),
            "a_test:seven is not run again: it passed in run 20261120-1, and all that it rested "
            "on is the same\n"
            "  the change reaches it, but what was built from it has the same content\n"
            "  passed    2026-11-21T23:45:00 UTC, in 1.5 s\n"
            "  tree      " +
              std::string(40, 'c') +
              "\n"
              "  inputs    abababababababababababababababababababab\n");
  EXPECT_EQ(example().explained(8), "a_test:nine is left out: disabled: flaky on arm\n");
}

TEST(Explain, EveryCauseHasWords)
{
  Planned made = example();
  int causes = 0;
  for (int value = 0; value <= 0xff; ++value) {
    const auto cause = static_cast<RunCause>(value);
    if (to_string(cause) == "?") continue; // no enumerator: the compiler demands a word for each
    ++causes;
    made.plan.entries[0].decision = sluice::Run{cause, "the subject", {}};
    EXPECT_THAT(made.explained(0), Not(HasSubstr("runs: ?")));
    const bool has_subject = cause != RunCause::no_proof;
    EXPECT_EQ(made.explained(0).find("the subject") != std::string::npos, has_subject);
  }
  EXPECT_GE(causes, 13);
}

} // namespace
} // namespace sluice::reports
