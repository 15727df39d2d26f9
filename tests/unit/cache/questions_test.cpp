// What the store answers about the past.
#include "cache/hashing.h"
#include "cache/outcome_codes.h"
#include "cache/proof_inputs.h"
#include "cache/questions.h"

#include "cache/recorder.h"
#include "tests/unit/cache/store_fixture.h"

namespace sluice::tests {
namespace {

using ::testing::IsEmpty;

class QuestionsTest : public StoreTest {
protected:
  InputSet one{content("a.cpp", "one")}, two{content("a.cpp", "two")};
};

TEST_F(QuestionsTest, OutcomesOfATestAreNewestFirst)
{
  record(RunBuilder("r1", 1'000).passed("x").passed("y").finish(), one);
  record(RunBuilder("r2", 2'000).test("x", {Outcome::failed, Outcome::failed}).finish(), two);
  const auto outcomes = cache::outcomes_of(store_, "x", 10);
  ASSERT_EQ(outcomes.size(), 2u);
  EXPECT_EQ(outcomes[0].run, "r2");
  EXPECT_EQ(outcomes[0].outcome, Outcome::failed);
  EXPECT_EQ(outcomes[0].attempts, 2);
  EXPECT_EQ(outcomes[1].outcome, Outcome::passed);
  EXPECT_EQ(cache::outcomes_of(store_, "x", 1).size(), 1u);
  EXPECT_THAT(cache::outcomes_of(store_, "never heard of", 10), IsEmpty());
}

TEST_F(QuestionsTest, ATestRestsOnWhatItsNewestProofNames)
{
  record(RunBuilder("r1", 1'000).passed("x").finish(), one);
  InputSet many{content("/usr/lib/libc.so", "c"), content("z.cpp", "z"), content("a.cpp", "two")};
  many.push_back({InputKind::entry, "absent.txt", Digest{}});
  std::sort(many.begin(), many.end());
  record(RunBuilder("r2", 2'000).passed("x").finish(), many);
  record(RunBuilder("r3", 3'000).failed("x").finish(), one);
  const cache::ProofInputs proof = cache::inputs_of(store_, "x", 3);
  EXPECT_EQ(proof.run, "r2");
  EXPECT_EQ(proof.total, 4u);
  ASSERT_EQ(proof.inputs.size(), 3u);
  EXPECT_EQ(proof.inputs[0].name, "a.cpp");
  EXPECT_EQ(proof.inputs[1].name, "z.cpp");
  EXPECT_EQ(proof.inputs[2], (Input{InputKind::entry, "absent.txt", Digest{}})) << "the machine's come last";
  EXPECT_EQ(cache::inputs_of(store_, "never heard of", 3).run, "");
}

TEST_F(QuestionsTest, StatisticsAreOfTheNewestRuns)
{
  record(RunBuilder("r1", 1'000).failed("x").finish(), one);
  record(RunBuilder("r2", 2'000).failed("x").passed("y").finish(), one);
  record(RunBuilder("r3", 3'000).passed("x").finish(), two);
  const auto newest = cache::statistics(store_, 2);
  ASSERT_EQ(newest.size(), 2u);
  EXPECT_EQ(newest[0].test, "x");
  EXPECT_EQ(newest[0].runs, 2u);
  EXPECT_EQ(newest[0].red, 1u);
  EXPECT_EQ(cache::statistics(store_, 3)[0].red, 2u);
}

TEST_F(QuestionsTest, FlakyIsWhatWentBothWaysWithTheSameInputs)
{
  record(RunBuilder("r1", 1'000).passed("flaky").passed("broken").finish(), one);
  record(RunBuilder("r2", 2'000).failed("flaky").finish(), one);
  record(RunBuilder("r3", 3'000).failed("broken").finish(), two);
  const auto flaky = cache::flaky_tests(store_);
  const auto named = std::find_if(flaky.begin(), flaky.end(), [](const auto& test) { return test.test == "flaky"; });
  ASSERT_NE(named, flaky.end());
  EXPECT_EQ(named->same_inputs, 1u);
  EXPECT_EQ(named->red, 1u);
  for (const auto& test : flaky) EXPECT_TRUE(test.test != "broken" || test.same_inputs == 0);
  for (const auto& test : flaky) {
    const auto alone = cache::flakiness_of(store_, test.test);
    ASSERT_TRUE(alone) << test.test;
    EXPECT_EQ(std::tie(alone->same_inputs, alone->same_tree, alone->runs, alone->red),
              std::tie(test.same_inputs, test.same_tree, test.runs, test.red));
  }
  EXPECT_FALSE(cache::flakiness_of(store_, "never heard of"));
  record(RunBuilder("r4", 4'000).failed("always red").passed("always green").finish(), one);
  EXPECT_FALSE(cache::flakiness_of(store_, "always red"));
  EXPECT_FALSE(cache::flakiness_of(store_, "always green"));
}

TEST_F(QuestionsTest, ARunIsKnownByItsVerdictOnlyAfterItIsConcluded)
{
  RunRecord run = RunBuilder("r1", 1'000).passed("x").reused("y").killed();
  run.authorship = event::AuthorshipRead{Authorship::ai, {{"c1", "", "", Authorship::ai, "", {}}}, 0};
  record(run, one);
  ASSERT_EQ(cache::run_results(store_).size(), 1u);
  EXPECT_FALSE(cache::run_results(store_)[0].verdict) << "it may be killed before its verdict is told";
  run.finished.emplace().verdict.status = VerdictStatus::refused;
  store_.conclude(run, {});
  store_.conclude(run, {});
  const auto results = cache::run_results(store_);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_TRUE(results[0].counted);
  EXPECT_EQ(results[0].verdict, VerdictStatus::refused);
  EXPECT_EQ(results[0].authorship, Authorship::ai);
  EXPECT_EQ(results[0].selected, 1u);
  EXPECT_EQ(results[0].reused, 1u);
  EXPECT_EQ(results[0].spent.count(), 1'000);
  EXPECT_EQ(count("SELECT exit_code FROM runs"), static_cast<int>(ExitCode::failed));
}

TEST_F(QuestionsTest, ARunThatNeverRanATestIsConcludedToo)
{
  store_.conclude(RunBuilder("failed build").finish(), {});
  const auto results = cache::run_results(store_);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].verdict, VerdictStatus::failed);
  EXPECT_FALSE(results[0].authorship) << "nobody asked";
}

TEST_F(QuestionsTest, WhatWidenedPlansIsCountedByFile)
{
  for (const char* name : {"r1", "r2"}) {
    RunRecord run = RunBuilder(name).passed("x").finish();
    run.plan.escalations = {{RunCause::unknown_file, "tools/gen.py", "declare it"}};
    if (std::string(name) == "r1") run.plan.escalations.push_back({RunCause::incomplete, "shallow", ""});
    record(run, one);
  }
  const auto widened = cache::widenings(store_, 10);
  ASSERT_EQ(widened.size(), 2u);
  EXPECT_EQ(widened[0].escalation, (Escalation{RunCause::unknown_file, "tools/gen.py", "declare it"}));
  EXPECT_EQ(widened[0].runs, 2u);
  EXPECT_EQ(widened[0].newest_run, "r2");
  EXPECT_EQ(widened[1].newest_run, "r1");
  EXPECT_EQ(cache::widenings(store_, 1).size(), 1u);
}

TEST_F(QuestionsTest, ASuiteIsKnownByItsLastExecutionAndItsLastWholeOne)
{
  const auto ran = [&](const char* name, SuiteRun suite) {
    store_.conclude(RunBuilder(name).passed("x").finish(), std::vector<SuiteRun>{std::move(suite)});
  };
  ran("r1", {"core", 3, 3, 0, 1});
  ran("r2", {"core", 3, 2, 1, 0});
  ran("r3", {"core", 3, 0, 3, 0});
  const auto suites = cache::suites_past(store_);
  ASSERT_EQ(suites.size(), 1u);
  EXPECT_EQ(suites[0].run, "r2") << "reuse is no execution";
  EXPECT_EQ(suites[0].last, (SuiteRun{"core", 3, 2, 1, 0}));
  EXPECT_EQ(suites[0].whole_run, "r1");
  EXPECT_EQ(suites[0].whole_red, 1u);
  EXPECT_EQ(suites[0].runs, 3u);
}

TEST_F(QuestionsTest, TheLastExecutionOfASuiteOutlivesItsRun)
{
  store_.conclude(RunBuilder("nightly").passed("x").finish(), std::vector<SuiteRun>{{"slow", 1, 1, 0, 0}});
  store_.conclude(RunBuilder("second").passed("x").finish(), std::vector<SuiteRun>{{"slow", 1, 0, 1, 0}});
  cache::Statement(store_.handle(), "UPDATE runs SET id = id + 5000 WHERE name = 'second'").run();
  cache::Statement(store_.handle(),
                   "INSERT INTO runs (id, name, started, base, head, tree) VALUES (9000,'n',1,'','','')")
    .run();
  cache::sweep(store_.handle());
  EXPECT_EQ(count("SELECT count(*) FROM suite_runs"), 1) << "and no row of another old run";
  EXPECT_EQ(cache::suites_past(store_).at(0).run, "nightly");
}

TEST_F(QuestionsTest, CompactingForgetsNothing)
{
  record(RunBuilder("r1").passed("x").finish(), one);
  cache::compact(store_);
  EXPECT_EQ(cache::outcomes_of(store_, "x", 10).size(), 1u);
}

TEST_F(QuestionsTest, APassOnARetryIsRememberedAsSuchAndProvesNothing)
{
  record(RunBuilder("r1").flaky("x").finish(), one);
  const auto outcomes = cache::outcomes_of(store_, "x", 10);
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_EQ(outcomes[0].outcome, Outcome::crashed);
  EXPECT_EQ(outcomes[0].standing, Standing::flaky);
  EXPECT_EQ(cache::inputs_of_proof(store_, "x"), std::nullopt);
  EXPECT_EQ(count("SELECT count(*) FROM evidence WHERE verdict = 1"), 0);
  ASSERT_EQ(cache::flaky_tests(store_).size(), 1u);
  EXPECT_EQ(cache::flaky_tests(store_)[0].on_retry, 1u);
  EXPECT_EQ(cache::flakiness_of(store_, "x")->on_retry, 1u);
  EXPECT_EQ(cache::statistics(store_, 10).at(0).red, 1u);
}

TEST(OutcomeCodes, AnExcuseMakesNothingGreen)
{
  for (const Outcome outcome : cache::k_outcomes)
    for (const Standing standing : {Standing::flaky, Standing::quarantined, Standing::red}) {
      const std::int64_t code = cache::code_of(outcome, standing);
      EXPECT_EQ(cache::outcome_of(code), outcome);
      if (!is_red(outcome)) continue;
      EXPECT_EQ(cache::standing_of(code), standing) << code;
      EXPECT_TRUE(code != 0 && code != 4) << "what the store counts as not red";
    }
  for (const std::int64_t code : {16, 20, 32, 36, 48, 52, 64, 80, 255, -1, -16}) {
    EXPECT_TRUE(is_red(cache::outcome_of(code))) << code;
    EXPECT_NE(cache::standing_of(code), Standing::passed) << code;
    EXPECT_NE(cache::standing_of(code), Standing::skipped) << code;
  }
}

InputSet sorted(InputSet inputs)
{
  std::sort(inputs.begin(), inputs.end());
  return inputs;
}

TEST_F(QuestionsTest, TheInputsOfAProofComeBackAsTheyWere)
{
  const InputSet all = sorted({content("a.cpp", "one"),
                               {InputKind::definition, "x", cache::sha256("how x is started")},
                               {InputKind::entry, "gone.txt", {}},
                               {InputKind::listing, "data\n*.tmp", cache::sha256("names")}});
  record(RunBuilder("r1", 1'000).passed("x").finish(), one);
  record(RunBuilder("r2", 2'000).passed("x").finish(), all);
  EXPECT_EQ(cache::inputs_of_proof(store_, "x"), all) << "of the newest";
  EXPECT_EQ(cache::inputs_of_proof(store_, "never heard of"), std::nullopt);
  EXPECT_EQ(cache::inputs_of_proof(store_, "x", cache::sha256("another proof")), std::nullopt);
}

TEST_F(QuestionsTest, WhoUsesAFileIsToldByTheNewestProofs)
{
  record(RunBuilder("r1", 1'000).passed("x").passed("y").finish(), one);
  record(RunBuilder("r2", 2'000).passed("y").finish(), InputSet{content("b.cpp", "new")});
  const auto uses = cache::uses_of(store_, {"a.cpp"});
  ASSERT_EQ(uses.size(), 1u) << "y does not use it any more";
  EXPECT_EQ(uses[0], (cache::ProofUse{"x", one[0]}));
  EXPECT_THAT(cache::uses_of(store_, {"a"}), IsEmpty()) << "the beginning of a name is another name";
}

TEST_F(QuestionsTest, AFolderIsUsedByWhoListsItWhateverDoesNotCountInIt)
{
  record(RunBuilder("r1", 1'000).passed("x").finish(),
         InputSet{{InputKind::listing, "data\n*.tmp", cache::sha256("names")}});
  ASSERT_EQ(cache::uses_of(store_, {"data"}).size(), 1u);
  EXPECT_EQ(cache::uses_of(store_, {"data"})[0].input.kind, InputKind::listing);
  EXPECT_THAT(cache::uses_of(store_, {"dat"}), IsEmpty());
}

} // namespace
} // namespace sluice::tests
