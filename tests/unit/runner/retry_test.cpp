// Retries: which failures are tried again, alone, and what a test must not gain by another one's retry.
#include "model/conduct.h"
#include "tests/unit/runner/run_fixture.h"

namespace sluice::runner {
namespace {

class Retries : public RunFixture {
protected:
  Retries()
  {
    options_.lanes = 1;
    options_.retries = 2;
  }
  Standing standing(const std::string& id) const { return test(id).standing(); }
  using Kinds = std::vector<AttemptKind>;
};

TEST_F(Retries, AFailureIsTriedAgainAloneUntilItPasses)
{
  for (int i = 0; i < 5; ++i) add_case("p", "c" + std::to_string(i));
  behaviours_["c2"].does = Does::fails_in_company;
  EXPECT_EQ(run(), RunEnd::complete);
  EXPECT_EQ(kinds("p.c2"), (Kinds{AttemptKind::first, AttemptKind::retry}));
  EXPECT_EQ(standing("p.c2"), Standing::flaky);
  EXPECT_EQ(outcome("p.c2"), Outcome::failed) << "it is no pass for who asks only that";
  EXPECT_FALSE(test("p.c2").only_among_neighbours());
  EXPECT_EQ(batch_sizes(), (std::vector<std::size_t>{5, 1}));
  EXPECT_EQ(record_.counts().red, 0u);
  EXPECT_EQ(record_.counts().flaky, 1u);
  EXPECT_EQ(record_.counts().passed, 5u);
}

TEST_F(Retries, AreNotMoreThanAllowed)
{
  add("fails", Does::fails);
  add("crashes", Does::crashes);
  add("exits", Does::exits_3);
  run();
  for (const char* id : {"fails", "crashes", "exits"}) {
    EXPECT_EQ(kinds(id), (Kinds{AttemptKind::first, AttemptKind::retry, AttemptKind::retry})) << id;
    EXPECT_EQ(standing(id), Standing::red) << id;
  }
}

TEST_F(Retries, AHangIsTriedAgain)
{
  add("hangs", Does::hangs);
  options_.limits.time_limit = 2s;
  run();
  EXPECT_EQ(kinds("hangs").size(), 3u);
  EXPECT_EQ(outcome("hangs"), Outcome::timed_out);
}

TEST_F(Retries, WhatNeverBeganIsNotTriedAgain)
{
  add("needy").rules.required_files = {"/absent/file"};
  run();
  EXPECT_EQ(kinds("needy"), Kinds{AttemptKind::first});
  EXPECT_EQ(outcome("needy"), Outcome::not_started);
}

TEST_F(Retries, ASkipIsNotTriedAgain)
{
  add_case("p", "c0", Does::skips);
  add_case("p", "c1");
  run();
  EXPECT_EQ(kinds("p.c0"), Kinds{AttemptKind::first});
}

// --repeat looks for what retries would hide.
TEST_F(Retries, DoNotGoWithRepeat)
{
  options_.repeat = 2;
  add("fails", Does::fails);
  run();
  EXPECT_EQ(kinds("fails"), (Kinds{AttemptKind::first, AttemptKind::repeat}));
}

TEST_F(Retries, ACrashThatIsExcusedLetsNoPassStandThatItMayHavePrinted)
{
  for (int i = 0; i < 6; ++i) add_case("p", "c" + std::to_string(i));
  behaviours_["c3"].does = Does::crashes;
  run();
  EXPECT_EQ(kinds("p.c3"), (Kinds{AttemptKind::first, AttemptKind::retry, AttemptKind::retry}));
  for (const char* id : {"p.c0", "p.c1", "p.c2"}) {
    EXPECT_EQ(test(id).attempts.size(), 2u) << id << " was said to have passed by a process that crashed";
    EXPECT_FALSE(record_.cut_off.contains(test(id).attempts.back().batch)) << id;
  }
  EXPECT_EQ(test("p.c4").attempts.size(), 1u);
}

TEST_F(Retries, SoItIsWithACrashAfterTheLastTest)
{
  for (int i = 0; i < 3; ++i) add_case("p", "c" + std::to_string(i));
  programs_["p"].signal = SIGSEGV;
  run();
  EXPECT_EQ(standing("p.c2"), Standing::red);
  for (const char* id : {"p.c0", "p.c1"}) EXPECT_GE(test(id).attempts.size(), 2u) << id;
}

TEST_F(Retries, AFixtureIsSetUpWhenARetryDoesIt)
{
  add("setup", Does::fails).needs.fixtures_setup = {"db"};
  add("user").needs.fixtures_required = {"db"};
  run();
  EXPECT_EQ(kinds("setup").size(), 3u);
  EXPECT_EQ(outcome("user"), Outcome::not_run);
  EXPECT_EQ(standing("user"), Standing::red);
}

TEST_F(Retries, FailFastCountsWhatIsRedForGood)
{
  options_.fail_fast = 1;
  framework_.most = 2; // the first process has one that fails only in company, and is not the end
  add_case("p", "c0", Does::fails_in_company);
  for (int i = 1; i < 6; ++i) add_case("p", "c" + std::to_string(i));
  EXPECT_EQ(run(), RunEnd::complete);
  EXPECT_EQ(standing("p.c0"), Standing::flaky);
  EXPECT_EQ(record_.counts().passed, 6u);
}

class InQuarantine : public RunFixture {
protected:
  InQuarantine() { options_.lanes = 1; }
};

TEST_F(InQuarantine, ATestHasAProcessOfItsOwn)
{
  for (int i = 0; i < 5; ++i) add_case("p", "c" + std::to_string(i));
  behaviours_["c2"].does = Does::crashes;
  quarantine_.insert("p.c2");
  run();
  EXPECT_EQ(test("p.c2").standing(), Standing::quarantined);
  EXPECT_EQ(batch_sizes(), (std::vector<std::size_t>{4, 1}));
  EXPECT_EQ(record_.counts().red, 0u);
  EXPECT_EQ(record_.counts().quarantined, 1u);
  EXPECT_EQ(record_.counts().passed, 4u);
  EXPECT_TRUE(record_.cut_off.empty());
}

TEST_F(InQuarantine, FailFastDoesNotCountIt)
{
  options_.fail_fast = 1;
  add("bad", Does::fails);
  add("good");
  quarantine_.insert("bad");
  EXPECT_EQ(run(), RunEnd::complete);
  EXPECT_EQ(test("good").standing(), Standing::passed);
}

TEST_F(InQuarantine, WhatNeverBeganIsNotExcused)
{
  add("needy").rules.required_files = {"/absent/file"};
  quarantine_.insert("needy");
  run();
  EXPECT_EQ(test("needy").standing(), Standing::red);
}

} // namespace
} // namespace sluice::runner
