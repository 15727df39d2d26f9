// How tests behaved: whose a finding is, and what attempts say about order.
#include "model/conduct.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ConductTest : public ::testing::Test {
protected:
  ConductTest() { record_.sandbox.emplace().observed = true; }

  void batch(std::uint32_t number, std::size_t cases, std::vector<Finding> findings = {}, std::string unobserved = {})
  {
    BatchRecord& batch = record_.batches.emplace_back();
    batch.begun = {number, 0, "program", cases};
    batch.finished.emplace().findings = std::move(findings);
    batch.finished->unobserved = std::move(unobserved);
  }
  void attempt(std::uint32_t batch, Outcome outcome)
  {
    Attempt& attempt = test_.attempts.emplace_back();
    attempt.number = static_cast<int>(test_.attempts.size());
    attempt.batch = batch;
    attempt.result.outcome = outcome;
  }
  std::vector<TestFinding> found() const { return Conduct(record_).of(test_); }

  RunRecord record_;
  TestRecord test_;
};

const Finding k_network{FindingKind::network, "192.0.2.1:80", false};

TEST_F(ConductTest, AFindingOfAProcessIsOneOfEachTestThatRanInIt)
{
  batch(1, 3, {k_network});
  batch(2, 1, {{FindingKind::left_processes, "sleep", false}});
  attempt(1, Outcome::passed);
  EXPECT_THAT(found(), ElementsAre(TestFinding{k_network, 1, 3}));
}

TEST_F(ConductTest, WhatTwoAttemptsFoundAlikeIsToldOnceAndOfTheFewestTests)
{
  batch(1, 3, {k_network});
  batch(2, 1, {k_network});
  attempt(1, Outcome::passed);
  attempt(2, Outcome::passed);
  EXPECT_THAT(found(), ElementsAre(TestFinding{k_network, 2, 1}));
}

TEST_F(ConductTest, ATestThatFailsAmongNeighboursAndPassesAloneDependsOnOrder)
{
  batch(3, 12);
  batch(7, 1);
  attempt(3, Outcome::failed);
  attempt(7, Outcome::passed);
  ASSERT_EQ(found().size(), 1u);
  EXPECT_EQ(found()[0].finding.kind, FindingKind::order_dependent);
  EXPECT_EQ(found()[0].finding.detail, "fails among the 12 tests of batch 3; passes alone in batch 7");
  record_.started.seed = 42;
  EXPECT_THAT(found()[0].finding.detail, HasSubstr("in the order of --shuffle 42"));
}

TEST_F(ConductTest, APassOnARetryIsAFinding)
{
  batch(3, 1);
  batch(7, 1);
  attempt(3, Outcome::failed);
  attempt(7, Outcome::passed);
  EXPECT_TRUE(found().empty()) << "two attempts alone, and nobody retried";
  test_.attempts[1].kind = event::AttemptKind::retry;
  EXPECT_THAT(found(), ElementsAre(TestFinding{{FindingKind::flaky, "passed at attempt 2", false}, 7, 1}));
}

TEST_F(ConductTest, SoDoesOneThatNeedsItsNeighbours)
{
  batch(3, 12);
  batch(7, 1);
  attempt(3, Outcome::passed);
  attempt(7, Outcome::failed);
  ASSERT_EQ(found().size(), 1u);
  EXPECT_EQ(found()[0].finding.detail, "passes among the 12 tests of batch 3; fails alone in batch 7");
}

TEST_F(ConductTest, WhatDoesBothInOnePlaceIsNoMatterOfOrder)
{
  batch(3, 12);
  batch(7, 1);
  attempt(3, Outcome::failed);
  attempt(7, Outcome::passed);
  attempt(7, Outcome::failed);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(ConductTest, AnAttemptThatWasNeverBegunSaysNothingAboutOrder)
{
  batch(3, 12);
  batch(7, 1);
  attempt(3, Outcome::passed);
  attempt(7, Outcome::not_run);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(ConductTest, IsObservedOnlyIfEveryProcessWasAndTheRunSaysSo)
{
  batch(1, 3);
  batch(2, 1, {}, "io_uring");
  EXPECT_EQ(Conduct(record_).unobserved(test_), "it was not executed");
  attempt(1, Outcome::passed);
  EXPECT_EQ(Conduct(record_).unobserved(test_), "");
  attempt(2, Outcome::passed);
  EXPECT_EQ(Conduct(record_).unobserved(test_), "io_uring");
  attempt(9, Outcome::passed);
  test_.attempts.erase(test_.attempts.begin() + 1);
  EXPECT_THAT(Conduct(record_).unobserved(test_), HasSubstr("no end on record"));
  record_.sandbox.reset();
  EXPECT_THAT(Conduct(record_).unobserved(test_), HasSubstr("not observed in this run"));
}

TEST(SandboxReportTest, OfTwoRunsTheWorseOfEachCounts)
{
  const SandboxReport full{SandboxLevel::full, "", {}, "cgroup v2", false, {"network = \"host\""}};
  const SandboxReport bare{SandboxLevel::bare, "no namespaces", {"trees"}, "resource limits", true, {}};
  const SandboxReport both{SandboxLevel::bare, "no namespaces", {"trees"},
                           "resource limits",  false,           {"network = \"host\""}};
  EXPECT_EQ(worse_of(full, bare), both);
  EXPECT_EQ(worse_of(bare, full), both);
}

} // namespace
} // namespace sluice
