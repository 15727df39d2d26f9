// Who runs when: lanes, weights, locks, fixtures, DEPENDS, RUN_SERIAL, shuffle, repeat.
#include "tests/unit/runner/run_fixture.h"

namespace sluice::runner {
namespace {

class Order : public RunFixture {
protected:
  std::string message(const std::string& id) const { return test(id).attempts.front().result.message; }
  bool before(const std::string& a, const std::string& b) const { return ended(a) <= began(b); }
  using Ids = std::vector<std::string>;
};

TEST_F(Order, LanesAreFilledAndNeverOverfilled)
{
  for (int i = 0; i < 9; ++i) add("t" + std::to_string(i));
  options_.lanes = 3;
  EXPECT_EQ(run(), RunEnd::complete);
  EXPECT_EQ(executor_.most_at_once(), 3u);
  EXPECT_EQ(clock_.elapsed(), 3ms);
  EXPECT_EQ(test("t0").attempts[0].lane + test("t1").attempts[0].lane + test("t2").attempts[0].lane, 0 + 1 + 2);
}

TEST_F(Order, LongestFirstByHistory)
{
  add("a", Does::passes, 1s);
  add("b", Does::passes, 3s);
  add("c", Does::passes, 2s);
  know_durations();
  options_.lanes = 1;
  run();
  EXPECT_EQ(order(), (Ids{"b", "c", "a"}));
}

TEST_F(Order, TheLongestCaseOfAProgramIsBegunFirst)
{
  for (int i = 1; i <= 4; ++i) add_case("p", "c" + std::to_string(i), Does::passes, i * 10s);
  know_durations();
  options_.limits.time_limit = Millis{0};
  run();
  EXPECT_EQ(order().front(), "p.c4");
}

TEST_F(Order, CostCountsWithoutHistory)
{
  add("a");
  add("b").needs.cost = 100;
  add("c").needs.cost = 7;
  options_.lanes = 1;
  run();
  EXPECT_EQ(order(), (Ids{"b", "c", "a"}));
}

TEST_F(Order, ALongDeclaredLimitIsAHintWithoutHistory)
{
  add("a");
  add("b").time_limit = 100s;
  options_.lanes = 1;
  run();
  EXPECT_EQ(order(), (Ids{"b", "a"}));
}

TEST_F(Order, WhatALongChainWaitsForGoesFirst)
{
  add("short_setup", Does::passes, 1ms).needs.fixtures_setup = {"f"};
  add("long_user", Does::passes, 10s).needs.fixtures_required = {"f"};
  add("middle", Does::passes, 2s);
  know_durations();
  options_.lanes = 1;
  run();
  EXPECT_EQ(order().front(), "short_setup");
}

TEST_F(Order, WeightTakesLanes)
{
  add("wide", Does::passes, 5s).needs.processors = 2;
  add("a", Does::passes, 4s);
  add("b", Does::passes, 3s);
  know_durations();
  run();
  EXPECT_FALSE(overlap("wide", "a"));
  EXPECT_FALSE(overlap("wide", "b"));
  EXPECT_TRUE(overlap("a", "b"));
}

TEST_F(Order, AWeightOverTheLanesIsCapped)
{
  add("huge").needs.processors = 64;
  EXPECT_EQ(run(), RunEnd::complete);
  EXPECT_EQ(outcome("huge"), Outcome::passed);
}

TEST_F(Order, AWideTestIsNotStarvedByNarrowOnes)
{
  options_.lanes = 4;
  add("first", Does::passes, 9s);
  add("wide", Does::passes, 8s).needs.processors = 4;
  for (int i = 0; i < 40; ++i) add("narrow" + std::to_string(i), Does::passes, 3s);
  know_durations();
  run();
  EXPECT_LE(began("wide"), ended("first"));
  EXPECT_LT(began("narrow0"), began("wide")) << "lanes that it waits for are used meanwhile";
}

TEST_F(Order, LocksExclude)
{
  add("a").needs.locks = {"db", "port"};
  add("b").needs.locks = {"port"};
  add("c").needs.locks = {"db"};
  add("d");
  options_.lanes = 4;
  run();
  EXPECT_FALSE(overlap("a", "b"));
  EXPECT_FALSE(overlap("a", "c"));
  EXPECT_TRUE(overlap("a", "d"));
}

TEST_F(Order, ATurnThatCannotBeTakenIsPassedOn)
{
  options_.lanes = 4;
  add("holds_m", Does::passes, 10s).needs.locks = {"m"};
  add("holds_l", Does::passes, 8s).needs.locks = {"l"};
  add("wants_both", Does::passes, 5s).needs.locks = {"l", "m"};
  add("wants_l", Does::passes, 1s).needs.locks = {"l"};
  know_durations();
  run();
  EXPECT_EQ(began("wants_l"), ended("holds_l"));
  EXPECT_EQ(began("wants_both"), ended("holds_m"));
}

TEST_F(Order, ManyLocksInAnyOrderComeToAnEnd)
{
  std::mt19937 random(3);
  for (int i = 0; i < 200; ++i) {
    auto& locks = add("t" + std::to_string(i), Does::passes, std::chrono::milliseconds(1 + random() % 9)).needs.locks;
    for (unsigned n = random() % 4; n > 0; --n) locks.push_back(std::string(1, static_cast<char>('a' + random() % 5)));
  }
  options_.lanes = 6;
  EXPECT_EQ(run(), RunEnd::complete);
  for (const TestCase& a : catalogue_.tests)
    for (const TestCase& b : catalogue_.tests)
      for (const std::string& lock : a.needs.locks)
        if (a.id < b.id && std::count(b.needs.locks.begin(), b.needs.locks.end(), lock) > 0) {
          ASSERT_FALSE(overlap(a.id.value, b.id.value)) << a.id.value << b.id.value;
        }
}

TEST_F(Order, RunSerialRunsWithNothingElse)
{
  for (int i = 0; i < 6; ++i) add("t" + std::to_string(i), Does::passes, i == 5 ? 3ms : 1ms);
  add("serial_a").needs.alone = true;
  add("serial_b").needs.alone = true;
  options_.lanes = 3;
  run();
  for (const TestCase& other : catalogue_.tests)
    for (const char* serial : {"serial_a", "serial_b"})
      EXPECT_TRUE(other.id.value == serial || !overlap(serial, other.id.value)) << other.id.value;
  EXPECT_EQ(clock_.elapsed(), 4ms + 2ms);
}

TEST_F(Order, DependsOrdersAndNothingMore)
{
  add("z_first", Does::fails, 5s);
  add("a_second").needs.after = {{"z_first"}, {"not-in-this-run"}};
  run();
  EXPECT_TRUE(before("z_first", "a_second"));
  EXPECT_EQ(outcome("a_second"), Outcome::passed);
}

TEST_F(Order, FixturesWrapTheirUsers)
{
  add("z_setup", Does::passes, 2s).needs.fixtures_setup = {"db"};
  add("user_a").needs.fixtures_required = {"db"};
  add("user_b", Does::fails, 3s).needs.fixtures_required = {"db"};
  add("a_cleanup").needs.fixtures_cleanup = {"db"};
  run();
  for (const char* user : {"user_a", "user_b"}) {
    EXPECT_TRUE(before("z_setup", user));
    EXPECT_TRUE(before(user, "a_cleanup"));
  }
  EXPECT_EQ(outcome("a_cleanup"), Outcome::passed);
}

TEST_F(Order, AFailedSetupKeepsItsUsersFromRunningAndStillCleansUp)
{
  add("setup", Does::crashes).needs.fixtures_setup = {"db"};
  add("user").needs.fixtures_required = {"db"};
  add("cleanup").needs.fixtures_cleanup = {"db"};
  add("other");
  run();
  EXPECT_EQ(outcome("user"), Outcome::not_run);
  EXPECT_EQ(message("user"), "fixture 'db' was not set up: 'setup' did not pass");
  EXPECT_EQ(outcome("cleanup"), Outcome::passed);
  EXPECT_EQ(outcome("other"), Outcome::passed);
}

TEST_F(Order, AMissingSetupProgramKeepsItsUsersFromRunning)
{
  add("setup").needs.fixtures_setup = {"db"};
  catalogue_.tests.front().rules.required_files = {"/missing"};
  add("user").needs.fixtures_required = {"db"};
  run();
  EXPECT_EQ(outcome("user"), Outcome::not_run);
}

TEST_F(Order, FixturesMayNeedFixtures)
{
  add("a_outer_setup", Does::fails).needs.fixtures_setup = {"outer"};
  TestCase& inner = add("b_inner_setup");
  inner.needs.fixtures_setup = {"inner"};
  inner.needs.fixtures_required = {"outer"};
  add("user").needs.fixtures_required = {"inner"};
  TestCase& cleanup = add("cleanup");
  cleanup.needs.fixtures_cleanup = {"inner"};
  cleanup.needs.fixtures_required = {"inner"}; // CTest files say this, too
  run();
  EXPECT_EQ(outcome("b_inner_setup"), Outcome::not_run);
  EXPECT_EQ(outcome("user"), Outcome::not_run);
  EXPECT_EQ(outcome("cleanup"), Outcome::passed);
}

TEST_F(Order, AFixtureWithoutSetupIsReady)
{
  add("user").needs.fixtures_required = {"nobody-sets-it-up"};
  run();
  EXPECT_EQ(outcome("user"), Outcome::passed);
}

TEST_F(Order, ACycleIsRedAndNamed)
{
  add("a").needs.after = {{"b"}};
  add("b").needs.after = {{"a"}};
  add("c");
  EXPECT_EQ(run(), RunEnd::complete);
  EXPECT_EQ(outcome("a"), Outcome::not_run);
  EXPECT_NE(message("a").find("'b'"), std::string::npos);
  EXPECT_EQ(outcome("b"), Outcome::not_run);
  EXPECT_EQ(outcome("c"), Outcome::passed);
}

TEST_F(Order, CasesWithNeedsShareAProcessOnlyAmongThemselves)
{
  for (int i = 0; i < 4; ++i) add_case("p", "plain" + std::to_string(i));
  for (int i = 0; i < 4; ++i) add_case("p", "locked" + std::to_string(i)).needs.locks = {"db"};
  add_case("p", "setup").needs.fixtures_setup = {"x"};
  options_.lanes = 1;
  run();
  std::vector<std::size_t> sizes = batch_sizes();
  std::sort(sizes.begin(), sizes.end());
  EXPECT_EQ(sizes, (std::vector<std::size_t>{1, 4, 4}));
}

TEST_F(Order, OnlyWhatThePlanSelectsRuns)
{
  add("reused");
  add("run");
  add("skipped");
  decisions_["reused"] = Reuse{};
  decisions_["skipped"] = Skip{SkipCause::disabled, "broken"};
  run();
  EXPECT_EQ(order(), Ids{"run"});
}

TEST_F(Order, ShuffleDependsOnTheSeedAlone)
{
  for (int i = 0; i < 20; ++i) add("t" + std::to_string(i));
  options_.lanes = 1;
  std::set<Ids> orders;
  for (const std::uint64_t seed : std::vector<std::uint64_t>{1, 2, 1}) {
    options_.shuffle = seed;
    events_.clear();
    run();
    orders.insert(order());
  }
  EXPECT_EQ(orders.size(), 2u);
}

TEST_F(Order, RepeatRunsEachTestSoOften)
{
  options_.repeat = 3;
  add_case("p", "one");
  add_case("p", "two");
  add("setup").needs.fixtures_setup = {"f"};
  add("user").needs.fixtures_required = {"f"};
  run();
  using K = AttemptKind;
  EXPECT_EQ(kinds("p.one"), (std::vector<K>{K::first, K::repeat, K::repeat}));
  EXPECT_EQ(kinds("user"), (std::vector<K>{K::first, K::repeat, K::repeat}));
  EXPECT_EQ(kinds("setup"), std::vector<K>{K::first});
  EXPECT_EQ(test("p.two").attempts[2].number, 3);
}

TEST_F(Order, RepeatedRoundsExplainNoFailureTwice)
{
  options_.repeat = 2;
  options_.lanes = 1;
  add_case("p", "one", Does::fails);
  add_case("p", "two");
  run();
  using K = AttemptKind;
  EXPECT_EQ(kinds("p.one"), (std::vector<K>{K::first, K::isolated, K::repeat}));
}

} // namespace
} // namespace sluice::runner
