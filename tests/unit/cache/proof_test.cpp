// Which proofs hold. Each test of a rule asks: how could a failing change come out green?
#include "tests/unit/cache/store_fixture.h"

namespace sluice::tests {
namespace {

using Kind = ProofState::Kind;

class ProofTest : public StoreTest {
protected:
  InputSet v1{definition("t"), content("a.cpp", "one"), content("b.cpp", "same")};
  InputSet v2{definition("t"), content("a.cpp", "two"), content("b.cpp", "same")};
};

TEST_F(ProofTest, IsMissingForATestThatNeverRan)
{
  EXPECT_EQ(state("t"), Kind::missing);
}

TEST_F(ProofTest, HoldsWhileAllInputsAreTheSame)
{
  record(RunBuilder("r1", 1'234).passed("t").finish(), v1);
  set(v1);
  const ProofState state = check("t");
  EXPECT_EQ(state.kind, Kind::holds);
  EXPECT_EQ(state.proof.run, "r1");
  EXPECT_EQ(state.proof.made, 1'234);
  EXPECT_EQ(state.proof.tree, std::string(40, 'a'));
  EXPECT_EQ(state.proof.duration, std::chrono::microseconds(1'000));
  EXPECT_FALSE(state.proof.inputs.absent());
}

TEST_F(ProofTest, OfADirtyTreeNamesNoTree)
{
  record(RunBuilder("r1").dirty().passed("t").finish(), v1);
  set(v1);
  EXPECT_EQ(check("t").proof.tree, "");
}

TEST_F(ProofTest, IsBrokenByAChangedInputAndNamesIt)
{
  record(RunBuilder("r1").passed("t").finish(), v1);
  set(v2);
  const ProofState state = check("t");
  EXPECT_EQ(state.kind, Kind::broken);
  EXPECT_EQ(state.difference, content("a.cpp", "one"));
  EXPECT_EQ(state.proof.run, "r1");
}

TEST_F(ProofTest, IsBrokenByAChangedDefinition)
{
  record(RunBuilder("r1").passed("t").finish(), v1);
  set(v1);
  set(definition("t", "another time limit"));
  EXPECT_EQ(state("t"), Kind::broken);
  EXPECT_EQ(check("t").difference, definition("t"));
}

TEST_F(ProofTest, IsBrokenByAFileThatAppearsOrVanishes)
{
  const InputSet inputs{content("here", "x"), {InputKind::content, "not-here", {}}};
  record(RunBuilder("r1").passed("t").finish(), inputs);
  set(content("here", "x"));
  EXPECT_EQ(state("t"), Kind::holds);
  set(content("not-here", "now it is"));
  EXPECT_EQ(state("t"), Kind::broken);
  remove("not-here");
  remove("here");
  EXPECT_EQ(state("t"), Kind::broken);
}

TEST_F(ProofTest, IsNotSharedBetweenKindsOfTheSameName)
{
  record(RunBuilder("r1").passed("t").finish(), {{InputKind::loaded, "lib.so", digest("x")}});
  set(content("lib.so", "x"));
  EXPECT_EQ(state("t"), Kind::broken);
}

TEST_F(ProofTest, SurvivesAWalkToAnotherBranchAndBack)
{
  record(RunBuilder("r1", 1'000).passed("t").finish(), v1);
  record(RunBuilder("r2", 2'000).passed("t").finish(), v2);
  set(v1);
  EXPECT_EQ(check("t").proof.run, "r1");
  set(v2);
  EXPECT_EQ(check("t").proof.run, "r2");
}

TEST_F(ProofTest, DoesNotFollowARenamedTest)
{
  record(RunBuilder("r1").passed("t").finish(), {content("a.cpp", "one")});
  set(v1);
  EXPECT_EQ(state("renamed"), Kind::missing);
}

TEST_F(ProofTest, DoesNotHoldForATestWithTheDefinitionOfAnother)
{
  record(RunBuilder("r1").passed("t").finish(), {definition("other"), content("a.cpp", "one")});
  set({definition("other"), content("a.cpp", "one")});
  EXPECT_EQ(state("t"), Kind::holds);
  set(definition("other", "changed"));
  EXPECT_EQ(state("t"), Kind::broken);
}

TEST_F(ProofTest, IsOutweighedByALaterFailureWithTheSameInputs)
{
  record(RunBuilder("r1", 1'000).passed("t").finish(), v1);
  record(RunBuilder("r2", 2'000).failed("t").finish(), v1);
  set(v1);
  const ProofState state = check("t");
  EXPECT_EQ(state.kind, Kind::failed);
  EXPECT_EQ(state.proof.run, "r2");
}

TEST_F(ProofTest, IsOutweighedThoughAnotherInputSetPassedSince)
{
  record(RunBuilder("r1", 1'000).passed("t").finish(), v1);
  record(RunBuilder("r2", 2'000).failed("t").finish(), v1);
  record(RunBuilder("r3", 3'000).passed("t").finish(), v2);
  set(v1);
  EXPECT_EQ(state("t"), Kind::failed);
  EXPECT_EQ(check("t").proof.run, "r2");
}

TEST_F(ProofTest, IsNotTouchedByAFailureWithOtherInputs)
{
  record(RunBuilder("r1", 1'000).passed("t").finish(), v1);
  record(RunBuilder("r2", 2'000).failed("t").finish(), v2);
  set(v1);
  EXPECT_EQ(state("t"), Kind::holds);
  set(v2);
  EXPECT_EQ(state("t"), Kind::failed);
}

// The failure saw one input more; all that it saw is here now.
TEST_F(ProofTest, IsOutweighedByAFailureWhoseInputsAreAllPresent)
{
  record(RunBuilder("r1", 1'000).passed("t").finish(), {content("a.cpp", "one")});
  record(RunBuilder("r2", 2'000).failed("t").finish(), {content("a.cpp", "one"), content("b.cpp", "new")});
  set({content("a.cpp", "one"), content("b.cpp", "new")});
  EXPECT_EQ(state("t"), Kind::failed);
  set(content("b.cpp", "old"));
  EXPECT_EQ(state("t"), Kind::holds);
}

TEST_F(ProofTest, IsGoodAgainAfterALaterPass)
{
  record(RunBuilder("r1", 1'000).failed("t").finish(), v1);
  record(RunBuilder("r2", 2'000).passed("t").finish(), v1);
  set(v1);
  EXPECT_EQ(check("t").proof.run, "r2");
  EXPECT_EQ(state("t"), Kind::holds);
}

TEST_F(ProofTest, IsVoidAfterAFailureWithUnknownInputs)
{
  record(RunBuilder("r1", 1'000).passed("t").passed("u").finish(), v1);
  record_blind(RunBuilder("r2", 2'000).failed("t").finish());
  record_blind(RunBuilder("r3", 3'000).skipped("t").finish());
  set(v1);
  EXPECT_EQ(state("t"), Kind::missing);
  EXPECT_EQ(state("u"), Kind::holds);
}

TEST_F(ProofTest, IsNotRevivedByAKilledRunThatIsFoldedLate)
{
  record(RunBuilder("r2", 2'000).failed("t").finish(), v1);
  record(RunBuilder("r1", 1'000).passed("t").killed(), v1);
  set(v1);
  EXPECT_EQ(state("t"), Kind::failed);
  record_blind(RunBuilder("r4", 4'000).failed("u").finish());
  record(RunBuilder("r3", 3'000).passed("u").killed(), v1);
  EXPECT_NE(state("u"), Kind::holds);
}

// The clock went back between the runs: the order of recording says that the failure is newer.
TEST_F(ProofTest, IsOutweighedWhateverTheClockSays)
{
  record(RunBuilder("r1", 2'000).passed("t").finish(), v1);
  record(RunBuilder("r2", 1'000).failed("t").finish(), v1);
  set(v1);
  EXPECT_EQ(state("t"), Kind::failed);
}

TEST_F(ProofTest, IsKeptForTheLastEightInputSets)
{
  for (int i = 1; i <= 10; ++i)
    record(RunBuilder("r" + std::to_string(i), 1'000 * i).passed("t").finish(), {content("a", std::to_string(i))});
  EXPECT_EQ(count("SELECT count(*) FROM evidence"), 8);
  set(content("a", "3"));
  EXPECT_EQ(check("t").proof.run, "r3");
  set(content("a", "2"));
  EXPECT_EQ(state("t"), Kind::broken);
  EXPECT_EQ(check("t").difference, content("a", "10"));
}

TEST_F(ProofTest, DoesNotComeBackWhenTheFailureIsForgotten)
{
  record(RunBuilder("p", 1'000).passed("t").finish(), v1);
  record(RunBuilder("f", 2'000).failed("t").finish(), v1);
  for (int i = 1; i <= 20; ++i)
    record(RunBuilder("f" + std::to_string(i), 3'000 + i).failed("t").finish(), {content("a.cpp", std::to_string(i))});
  record(RunBuilder("s", 4'000).skipped("t").finish(), v1);
  record(RunBuilder("late", 1'500).passed("t").killed(), v1);
  EXPECT_LE(count("SELECT count(*) FROM evidence"), 8);
  set(v1);
  EXPECT_NE(state("t"), Kind::holds);
}

TEST_F(ProofTest, AsksForEachInputOnceHoweverManyTestsShareIt)
{
  record(RunBuilder("r1").passed("t").passed("u").passed("w").finish(), v1);
  record(RunBuilder("r2").passed("t").passed("u").finish(), v2);
  set(v1);
  const std::vector<TestCase> tests{test_case("w"), test_case("t"), test_case("nobody"), test_case("u"),
                                    test_case("t")};
  const auto states = store_.check(tests, current());
  ASSERT_EQ(states.size(), 5u);
  EXPECT_EQ(states[0].kind, Kind::holds);
  EXPECT_EQ(states[1], states[4]);
  EXPECT_EQ(states[2].kind, Kind::missing);
  for (const auto& [input, times] : asked_) {
    if (input.first == InputKind::definition) continue;
    EXPECT_EQ(times, 1) << input.second;
  }
  EXPECT_GE(asked_.size(), 3u);
}

// Fixtures: the definition of another test is an input too.
TEST_F(ProofTest, ADefinitionMayBeAnInputOfOthers)
{
  const InputSet base{definition("t")};
  const InputSet above{definition("t"), definition("u")};
  store_.record(RunBuilder("r1").passed("t").passed("u").finish(),
                [&](const TestId& test) { return test.value == "t" ? &base : &above; });
  set(above);
  const std::vector<TestCase> tests{test_case("t"), test_case("u")};
  for (const ProofState& state : store_.check(tests, current())) EXPECT_EQ(state.kind, Kind::holds);
  set(definition("t", "another time limit"));
  for (const ProofState& state : store_.check(tests, current())) EXPECT_EQ(state.kind, Kind::broken);
}

// Three versions of a name, recorded in between other runs and swept: each is told from the others.
TEST_F(ProofTest, VersionsOfANameAreToldApart)
{
  for (int i = 0; i < 3; ++i)
    record(RunBuilder("r" + std::to_string(i), 1'000 * (i + 1)).passed("t").finish(),
           {content("a", std::to_string(i)), content("b" + std::to_string(i), "x")});
  cache::Statement(store_.handle(), "DELETE FROM inputs WHERE id = (SELECT min(id) FROM inputs)").run();
  record(RunBuilder("r9", 9'000).passed("t").finish(), {content("a", "9"), content("c", "x")});
  set({content("a", "1"), content("b1", "x"), content("c", "x")});
  EXPECT_EQ(check("t").proof.run, "r1");
  EXPECT_EQ((asked_[{InputKind::content, "a"}]), 1);
  set(content("a", "9"));
  EXPECT_EQ(check("t").proof.run, "r9");
  set(content("a", "0"));
  EXPECT_EQ(state("t"), Kind::broken);
}

TEST_F(ProofTest, CannotBeReadBackIsNoProof)
{
  record(RunBuilder("r1").passed("t").finish(), v1);
  set(v1);
  cache::Statement(store_.handle(), "UPDATE input_sets SET members = x'80'").run();
  EXPECT_EQ(state("t"), Kind::missing);
  cache::Statement(store_.handle(), "DELETE FROM input_sets").run();
  EXPECT_EQ(state("t"), Kind::missing);
}

TEST_F(ProofTest, IsOutweighedByAFailureThatCannotBeReadBack)
{
  record(RunBuilder("r1", 1'000).passed("t").finish(), v1);
  record(RunBuilder("r2", 2'000).failed("t").finish(), v2);
  record(RunBuilder("r3", 3'000).skipped("t").finish(), v2);
  set(v1);
  EXPECT_EQ(state("t"), Kind::holds);
  cache::Statement(store_.handle(), "UPDATE input_sets SET members = x'80' WHERE id = 2").run();
  EXPECT_EQ(state("t"), Kind::failed);
}

TEST_F(ProofTest, NeedsInputsThatStillExist)
{
  record(RunBuilder("r1").passed("t").finish(), v1);
  set(v1);
  cache::Statement(store_.handle(), "DELETE FROM inputs WHERE name = 'b.cpp'").run();
  EXPECT_EQ(state("t"), Kind::missing);
}

} // namespace
} // namespace sluice::tests
