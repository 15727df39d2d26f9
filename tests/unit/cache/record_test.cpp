// What a run leaves in the store.
#include "cache/recorder.h"
#include "tests/unit/cache/store_fixture.h"

namespace sluice::tests {
namespace {

using Kind = ProofState::Kind;
using ::testing::IsEmpty;

class RecordTest : public StoreTest {
protected:
  void SetUp() override { set(inputs); }
  InputSet inputs{content("a.cpp", "one")};
};

TEST_F(RecordTest, OnlyAFirstPassWithoutARedAttemptProves)
{
  record(RunBuilder("r1")
           .test("retried", {Outcome::failed, Outcome::passed})
           .test("repeated", {Outcome::passed, Outcome::crashed})
           .test("skips", {Outcome::skipped})
           .test("skips-later", {Outcome::passed, Outcome::skipped})
           .test("passes-twice", {Outcome::passed, Outcome::passed})
           .finish(),
         inputs);
  EXPECT_EQ(state("retried"), Kind::failed);
  EXPECT_EQ(state("repeated"), Kind::failed);
  EXPECT_EQ(state("skips"), Kind::missing);
  EXPECT_EQ(state("skips-later"), Kind::missing);
  EXPECT_EQ(state("passes-twice"), Kind::holds);
}

TEST_F(RecordTest, EveryRedOutcomeIsAFailure)
{
  for (const Outcome outcome :
       {Outcome::failed, Outcome::crashed, Outcome::timed_out, Outcome::lost, Outcome::not_started}) {
    const std::string test(to_string(outcome));
    record(RunBuilder("pass " + test, 1'000).passed(test).finish(), inputs);
    record(RunBuilder("red " + test, 2'000).test(test, {outcome}).finish(), inputs);
    EXPECT_EQ(state(test), Kind::failed) << test;
  }
}

TEST_F(RecordTest, WithoutInputsNothingIsProven)
{
  const InputSet nothing;
  record(RunBuilder("r1").passed("t").finish(), nothing);
  record_blind(RunBuilder("r2").passed("u").finish());
  EXPECT_EQ(state("t"), Kind::missing);
  EXPECT_EQ(state("u"), Kind::missing);
}

TEST_F(RecordTest, APassInABatchThatEndedTooEarlyProvesNothing)
{
  record(RunBuilder("r1").passed_in_a_batch_cut_off("t").finish(), inputs);
  EXPECT_EQ(state("t"), Kind::missing);
}

TEST_F(RecordTest, AKilledRunKeepsWhatPassed)
{
  record(RunBuilder("r1").passed("done").started("cut-off").passed("repeated").started("repeated", 2).killed(), inputs);
  EXPECT_EQ(state("done"), Kind::holds);
  EXPECT_EQ(state("cut-off"), Kind::missing);
  EXPECT_EQ(state("repeated"), Kind::missing) << "its second attempt never ended";
  EXPECT_TRUE(store_.knows_run("r1"));
  EXPECT_FALSE(store_.history().contains(TestId{"cut-off"}));
  EXPECT_EQ(store_.history().at(TestId{"repeated"}).last, Outcome::passed);
}

TEST_F(RecordTest, AFailureCountsThoughTheNextAttemptWasCutOff)
{
  record(RunBuilder("r1", 1'000).passed("t").finish(), inputs);
  record(RunBuilder("r2", 2'000).failed("t").started("t", 2).killed(), inputs);
  EXPECT_EQ(state("t"), Kind::failed);
  EXPECT_EQ(store_.history().at(TestId{"t"}).last, Outcome::failed);
}

TEST_F(RecordTest, ATestWithoutAttemptsLeavesNothing)
{
  record(RunBuilder("r1", 1'000).failed("t").finish(), inputs);
  record(RunBuilder("r2", 2'000).reused("t").started("u").finish(), inputs);
  EXPECT_EQ(store_.history().at(TestId{"t"}).last_run, "r1");
  EXPECT_EQ(count("SELECT count(*) FROM outcomes"), 1);
}

TEST_F(RecordTest, TheSameRunTwiceIsRecordedOnce)
{
  const RunRecord run = RunBuilder("r1").passed("t").finish();
  record(run, inputs);
  record(RunBuilder("r1").failed("t").finish(), inputs);
  record(run, inputs);
  EXPECT_EQ(state("t"), Kind::holds);
  EXPECT_EQ(count("SELECT count(*) FROM runs"), 1);
  EXPECT_FALSE(store_.knows_run("r2"));
}

TEST_F(RecordTest, ARunWithoutANameLeavesNothing)
{
  record(RunRecord{}, inputs);
  EXPECT_EQ(count("SELECT count(*) FROM runs"), 0);
}

TEST_F(RecordTest, IsUndoneWhenTheInputsCannotBeHad)
{
  const RunRecord run = RunBuilder("r1").passed("t").passed("u").finish();
  EXPECT_THROW(store_.record(run,
                             [&](const TestId& test) -> const InputSet* {
                               if (test.value == "u") throw Error(ErrorKind::world, "cannot read u");
                               return &inputs;
                             }),
               Error);
  EXPECT_FALSE(store_.knows_run("r1"));
  EXPECT_EQ(state("t"), Kind::missing);
}

TEST_F(RecordTest, CasesOfOneProgramShareOneSet)
{
  RunBuilder run("r1");
  std::map<std::string, InputSet> sets;
  for (int i = 0; i < 50; ++i) {
    const std::string test = "p:case" + std::to_string(i);
    run.passed(test);
    sets[test] = {definition(test), content("a.cpp", "one"), content("b.h", "two")};
    set(sets[test]);
  }
  store_.record(run.finish(), [&](const TestId& test) { return &sets.at(test.value); });
  EXPECT_EQ(count("SELECT count(*) FROM input_sets"), 1);
  EXPECT_EQ(count("SELECT count(*) FROM inputs"), 2);
  EXPECT_EQ(state("p:case7"), Kind::holds);
  set(definition("p:case7", "changed"));
  EXPECT_EQ(state("p:case7"), Kind::broken);
  EXPECT_EQ(state("p:case8"), Kind::holds);
}

TEST_F(RecordTest, NeighboursWithOtherDigestsDoNotShareASet)
{
  const InputSet other{content("a.cpp", "two")};
  store_.record(RunBuilder("r1").passed("t").passed("u").finish(),
                [&](const TestId& test) { return test.value == "t" ? &inputs : &other; });
  EXPECT_EQ(state("t"), Kind::holds);
  EXPECT_EQ(state("u"), Kind::broken);
}

TEST_F(RecordTest, TheOrderOfInputsDoesNotMatter)
{
  record(RunBuilder("r1").passed("t").finish(), {content("a", "1"), content("b", "2")});
  record(RunBuilder("r2").passed("t").finish(), {content("b", "2"), content("a", "1")});
  EXPECT_EQ(count("SELECT count(*) FROM input_sets"), 1);
  EXPECT_EQ(count("SELECT count(*) FROM evidence"), 1);
}

TEST_F(RecordTest, NamesMayHoldAnyBytes)
{
  const std::string odd = "dir with space/\xff\xfe\n\"quote\"";
  record(RunBuilder("r1").passed("t \xc3\x28").finish(), {content(odd, "x")});
  set(content(odd, "x"));
  EXPECT_EQ(state("t \xc3\x28"), Kind::holds);
  EXPECT_EQ(asked_.count({InputKind::content, odd}), 1u);
}

TEST_F(RecordTest, HistoryIsAWeightedMeanOfPassesAndTheLastOutcome)
{
  using std::chrono::microseconds;
  record(RunBuilder("r1", 1'000).test("t", {Outcome::passed}, microseconds(1'000)).finish(), inputs);
  record(RunBuilder("r2", 2'000).test("t", {Outcome::passed}, microseconds(2'000)).finish(), inputs);
  record(RunBuilder("r3", 3'000).test("t", {Outcome::timed_out}, microseconds(9'000'000)).finish(), inputs);
  const History history = store_.history();
  ASSERT_EQ(history.size(), 1u);
  const TestHistory& test = history.at(TestId{"t"});
  EXPECT_EQ(test.expected, microseconds(1'300));
  EXPECT_EQ(test.last, Outcome::timed_out);
  EXPECT_EQ(test.last_run, "r3");
}

TEST_F(RecordTest, AnOlderRunFoldedLateIsNotTheLastOne)
{
  record(RunBuilder("r2", 2'000).passed("t").finish(), inputs);
  record(RunBuilder("r1", 1'000).failed("t").killed(), {content("a.cpp", "other")});
  EXPECT_EQ(store_.history().at(TestId{"t"}).last_run, "r2");
  EXPECT_EQ(state("t"), Kind::holds);
}

TEST_F(RecordTest, SweepingKeepsWhatProofsNeed)
{
  for (int i = 1; i <= 40; ++i)
    record(RunBuilder("r" + std::to_string(i), 1'000 * i).passed("t").finish(),
           {content("a", std::to_string(i)), content("same", "x")});
  cache::sweep(store_.handle());
  EXPECT_EQ(count("SELECT count(*) FROM input_sets"), 8);
  EXPECT_EQ(count("SELECT count(*) FROM inputs"), 9);
  set({content("a", "35"), content("same", "x")});
  EXPECT_EQ(check("t").proof.run, "r35");
}

TEST_F(RecordTest, SweepingForgetsOutcomesOfOldRuns)
{
  for (int i = 1; i <= cache::k_kept_runs + 20; ++i)
    record(RunBuilder("r" + std::to_string(i), 1'000 * i).passed("t").finish(), inputs);
  cache::sweep(store_.handle());
  EXPECT_EQ(count("SELECT count(*) FROM outcomes"), cache::k_kept_runs);
  EXPECT_TRUE(store_.knows_run("r1"));
}

} // namespace
} // namespace sluice::tests
