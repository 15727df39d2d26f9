#include "tests/unit/impact/small_project.h"

#include <gmock/gmock.h>

namespace sluice::impact {
namespace {

ProofState holds()
{
  ProofState state;
  state.kind = ProofState::Kind::holds;
  state.proof.run = "earlier";
  return state;
}

const Run* run_of(const Plan& plan, std::size_t test)
{
  return std::get_if<Run>(&plan.entries[test].decision);
}

// A plan for two_programs() after `paths` changed, with the given proofs.
class Select : public testing::Test {
protected:
  Plan plan(const std::vector<std::string>& paths)
  {
    request.required_by.resize(project.catalogue.tests.size());
    request.proofs.resize(project.catalogue.tests.size(), proof);
    return select(project.catalogue, project.changed(paths), request);
  }
  SmallProject project = two_programs();
  ProofState proof = holds();
  SelectionRequest request;
};

TEST_F(Select, AProofThatHoldsIsReused)
{
  const Plan made = plan({});
  ASSERT_TRUE(std::holds_alternative<Reuse>(made.entries[0].decision));
  EXPECT_EQ(std::get<Reuse>(made.entries[0].decision).proof.run, "earlier");
  EXPECT_FALSE(std::get<Reuse>(made.entries[0].decision).cut_off);
}

TEST_F(Select, AReachedTestWhoseProofHoldsIsCutOff)
{
  const Plan made = plan({"a.cpp"});
  EXPECT_TRUE(std::get<Reuse>(made.entries[0].decision).cut_off);
}

TEST_F(Select, AReachedTestWithoutProofRunsWithItsPath)
{
  proof = {};
  const Plan made = plan({"a.cpp"});
  ASSERT_NE(run_of(made, 0), nullptr);
  EXPECT_EQ(run_of(made, 0)->cause, RunCause::affected);
  EXPECT_EQ(run_of(made, 0)->path.size(), 4u);
  EXPECT_EQ(run_of(made, 1)->cause, RunCause::no_proof);
}

TEST_F(Select, AStaleProgramRunsThoughTheOldOnesProofHolds)
{
  request.stale = {"a_test is older than a.cpp", ""};
  const Plan made = plan({"a.cpp"});
  EXPECT_EQ(run_of(made, 0)->cause, RunCause::affected);
  EXPECT_EQ(run_of(made, 1), nullptr);
}

TEST_F(Select, AStaleProgramThatNoChangeExplainsRunsToo)
{
  request.stale = {"a_test is older than a.cpp", ""};
  const Plan made = plan({});
  EXPECT_EQ(run_of(made, 0)->cause, RunCause::outdated);
  EXPECT_EQ(run_of(made, 0)->subject, "a_test is older than a.cpp");
}

TEST_F(Select, AnUnknownFileIsTheReasonOfAllThatRun)
{
  proof = {};
  const Plan made = plan({"data.txt"});
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(run_of(made, i)->cause, RunCause::unknown_file);
    EXPECT_EQ(run_of(made, i)->subject, "data.txt");
  }
}

TEST_F(Select, AFileThatATestRunsForIsNotSaidToBeUsedByNone)
{
  request.required_by.resize(2);
  request.proofs = {holds(), holds()};
  request.proofs[0].kind = ProofState::Kind::broken;
  request.proofs[0].difference = {InputKind::content, "notes.txt", {}};
  const Plan made = plan({"notes.txt", "other.txt"});
  ASSERT_NE(run_of(made, 0), nullptr);
  EXPECT_EQ(run_of(made, 0)->subject, "notes.txt");
  ASSERT_EQ(made.dismissed.size(), 1u);
  EXPECT_EQ(made.dismissed[0].path, "other.txt");
  EXPECT_EQ(made.dismissed[0].reason, k_used_by_none);
}

TEST_F(Select, NothingIsReusedWhenTheChangeSetIsIncomplete)
{
  ChangeSet change;
  change.incomplete.push_back({"no merge base", ""});
  const Reach found = reach(ImpactGraph(project.facts, project.catalogue), project.catalogue, change, {});
  request.required_by.resize(2);
  request.proofs.assign(2, holds());
  const Plan made = select(project.catalogue, found, request);
  EXPECT_EQ(run_of(made, 0)->cause, RunCause::incomplete);
}

TEST_F(Select, ARuleThatDemandsExecutionOverridesReuse)
{
  request.required_by = {"critical", ""};
  const Plan made = plan({});
  EXPECT_EQ(run_of(made, 0)->cause, RunCause::required);
  EXPECT_EQ(run_of(made, 0)->subject, "critical");
  EXPECT_EQ(made.must_execute, std::vector<TestIndex>{static_cast<TestIndex>(0)});
}

TEST_F(Select, AFailedLastRunIsTheReason)
{
  proof.kind = ProofState::Kind::failed;
  const Plan made = plan({});
  EXPECT_EQ(run_of(made, 0)->cause, RunCause::last_failed);
  EXPECT_EQ(run_of(made, 0)->subject, "earlier");
}

TEST_F(Select, ABrokenProofNamesWhatDiffers)
{
  proof.kind = ProofState::Kind::broken;
  proof.difference = {InputKind::loaded, "/usr/lib/libz.so.1", {}};
  EXPECT_EQ(run_of(plan({}), 0)->subject, "/usr/lib/libz.so.1");
}

TEST_F(Select, TheFilterLeavesOutAndDisabledTestsKeepTheirReason)
{
  project.catalogue.tests[1].disabled = "DISABLED";
  request.filter = [](const TestCase& test) { return test.id.value != "A"; };
  const Plan made = plan({});
  EXPECT_EQ(std::get<Skip>(made.entries[0].decision).cause, SkipCause::filtered);
  EXPECT_EQ(std::get<Skip>(made.entries[1].decision).subject, "DISABLED");
}

TEST_F(Select, RerunFailedTakesOnlyWhatFailedLast)
{
  History history;
  history[TestId{"A"}].last = Outcome::failed;
  history[TestId{"B"}].last = Outcome::passed;
  request.history = &history;
  request.only_failed = true;
  proof.kind = ProofState::Kind::failed;
  const Plan made = plan({});
  EXPECT_NE(run_of(made, 0), nullptr);
  EXPECT_EQ(std::get<Skip>(made.entries[1].decision).cause, SkipCause::not_failed);
}

TEST_F(Select, AFixtureRunsWithItsUserThoughItsOwnProofHolds)
{
  project.test("Cleanup", "drop_tool").needs.fixtures_cleanup = {"db"};
  project.test("Setup", "setup_tool").needs.fixtures_setup = {"db"};
  project.catalogue.tests[0].needs.fixtures_required = {"db"};
  request.required_by = {"critical", "", "", ""};
  const Plan made = plan({});
  ASSERT_NE(run_of(made, 2), nullptr); // Cleanup
  EXPECT_EQ(run_of(made, 2)->cause, RunCause::fixture);
  ASSERT_NE(run_of(made, 3), nullptr); // Setup
  EXPECT_EQ(run_of(made, 3)->subject, "A");
  EXPECT_EQ(run_of(made, 1), nullptr);
}

} // namespace
} // namespace sluice::impact
