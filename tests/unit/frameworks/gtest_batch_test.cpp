// Batches of the real sample program, run and read as the runner would.
#include "adapters/frameworks/frameworks.h"
#include "adapters/frameworks/gtest/gtest_batch.h"
#include "adapters/process/command.h"
#include "tests/support/temp_dir.h"

#include <gmock/gmock.h>

#include <map>

namespace sluice::frameworks {
namespace {

using testing::HasSubstr;

class GtestBatch : public testing::Test {
protected:
  GtestBatch()
  {
    program_.framework = FrameworkKind::gtest;
    program_.launch.arguments = {SLUICE_SAMPLE};
    program_.launch.working_directory = scratch_.path();
  }

  void select(const std::vector<std::string>& selectors)
  {
    tests_.clear();
    tests_.resize(selectors.size());
    for (std::size_t i = 0; i < selectors.size(); ++i) tests_[i].selector = selectors[i];
  }

  // Runs the selected cases in one process; afterwards outcome() tells what became of each.
  void run(const std::vector<std::string>& selectors)
  {
    select(selectors);
    std::vector<const TestCase*> cases;
    for (const TestCase& test : tests_) cases.push_back(&test);
    const runner::BatchRequest request{&program_, cases, scratch_.path(), inherited_};
    const runner::Framework& framework = framework_of(program_);
    const runner::Command command = framework.command(request);
    const auto reader = framework.reader(request);
    std::vector<runner::CaseUpdate> updates;
    process::CommandLine line;
    line.arguments = command.arguments;
    line.working_directory = command.working_directory;
    line.environment = command.environment;
    line.merge_errors = true;
    line.on_output = [&](std::string_view bytes) { reader->feed(bytes, updates); };
    const int code = process::run_command(line).exit_code;
    runner::Ended ended;
    ended.exit_code = code < 128 ? code : 0;
    ended.signal = code < 128 ? 0 : code - 128;
    reader->finish(ended, updates);
    results_.clear();
    for (const runner::CaseUpdate& update : updates) {
      if (const auto* finished = std::get_if<runner::CaseFinished>(&update))
        results_[tests_[finished->position].selector] = finished->result;
    }
  }

  // "none" when the reader left the case to the runner.
  std::string outcome(const std::string& selector) const
  {
    const auto at = results_.find(selector);
    return at == results_.end() ? "none" : std::string(to_string(at->second.outcome));
  }
  // Enough other cases that the batch is too large for gtest's result file. They do not exist in the program, so the
  // program ends as if they had been left out.
  std::vector<std::string> with_many(std::vector<std::string> selectors) const
  {
    for (std::size_t i = 0; i <= k_most_confirmed_by_file; ++i) selectors.push_back("Absent.C" + std::to_string(i));
    return selectors;
  }

  tests::TempDir scratch_;
  Program program_;
  std::vector<std::string> inherited_;
  std::vector<TestCase> tests_;
  std::map<std::string, AttemptResult> results_;
};

TEST_F(GtestBatch, ReportsEachCase)
{
  run({"Plain.Passes", "Plain.Fails", "Plain.Skips", "Plain.PrintsWithoutLineEnd", "Plain.FailsWithoutLineEnd",
       "Plain.FailsWithBytes", "Typed/0.Case", "Some/Values.Case/1", "EndsDeathTest.Dies", "SkippedSuite.One"});
  EXPECT_EQ(outcome("Plain.Passes"), "passed");
  EXPECT_EQ(outcome("Plain.Fails"), "failed");
  EXPECT_EQ(outcome("Plain.Skips"), "skipped");
  EXPECT_EQ(outcome("Plain.PrintsWithoutLineEnd"), "passed");
  EXPECT_EQ(outcome("Plain.FailsWithoutLineEnd"), "failed");
  EXPECT_EQ(outcome("Plain.FailsWithBytes"), "failed");
  EXPECT_EQ(outcome("Typed/0.Case"), "passed");
  EXPECT_EQ(outcome("Some/Values.Case/1"), "passed");
  EXPECT_EQ(outcome("EndsDeathTest.Dies"), "passed");
  EXPECT_THAT(outcome("SkippedSuite.One"), testing::AnyOf("passed", "skipped")); // gtest before 1.13 runs it
  EXPECT_EQ(results_["Plain.Skips"].message, "no such device");
  EXPECT_THAT(results_["Plain.Fails"].file, HasSubstr("sample.cpp"));
  EXPECT_THAT(results_["Plain.Fails"].message, HasSubstr("first of two"));
  EXPECT_THAT(results_["Plain.FailsWithBytes"].output, HasSubstr("not UTF-8: \xff\xfe"));
  EXPECT_EQ(results_["Plain.Passes"].output, "");
}

TEST_F(GtestBatch, TheEnvironmentCannotLeaveCasesOut)
{
  inherited_ = {"GTEST_FILTER=-*", "GTEST_TOTAL_SHARDS=2", "GTEST_SHARD_INDEX=1", "GTEST_ALSO_RUN_DISABLED_TESTS=1"};
  const runner::BatchRequest request{&program_, {}, scratch_.path(), inherited_};
  for (const std::string& entry : framework_of(program_).command(request).environment)
    EXPECT_FALSE(entry.starts_with("GTEST_")) << entry;
  run({"Plain.Passes", "Ends.ElsewhereInTheTree", "Ends.WithAChildThatPrints"});
  EXPECT_EQ(outcome("Plain.Passes"), "passed");
  EXPECT_EQ(outcome("Ends.ElsewhereInTheTree"), "passed");
  EXPECT_EQ(outcome("Ends.WithAChildThatPrints"), "passed");
}

TEST_F(GtestBatch, WholeProgramNeedsNoList)
{
  select({"Plain.Passes", "Plain.Fails"});
  std::vector<const TestCase*> cases{&tests_[0], &tests_[1]};
  program_.cases = 2;
  const runner::BatchRequest all{&program_, cases, scratch_.path(), {}};
  EXPECT_THAT(framework_of(program_).command(all).arguments, testing::Contains("--gtest_filter=*"));
  program_.cases = 3;
  EXPECT_THAT(framework_of(program_).command(all).arguments,
              testing::Contains("--gtest_filter=Plain.Passes:Plain.Fails"));
}

TEST_F(GtestBatch, ALongSelectionGoesThroughAFile)
{
  std::vector<std::string> many = with_many({"Plain.Passes", "Plain.Fails"});
  for (int i = 0; i < 5000; ++i) many.push_back("AbsentSuiteWithALongName.Case" + std::to_string(i));
  run(many);
  EXPECT_EQ(outcome("Plain.Passes"), "passed");
  EXPECT_EQ(outcome("Plain.Fails"), "failed");
}

TEST_F(GtestBatch, DisabledCasesRunOnlyWhenAskedFor)
{
  run({"Plain.DISABLED_Never"});
  EXPECT_EQ(outcome("Plain.DISABLED_Never"), "failed");
}

TEST_F(GtestBatch, CasesThatNeverReportAreLeftToTheRunner)
{
  run({"Plain.Passes", "Ends.ByExit", "Ends.ElsewhereInTheTree"});
  EXPECT_EQ(outcome("Plain.Passes"), "passed");
  EXPECT_EQ(outcome("Ends.ByExit"), "none");
  EXPECT_EQ(outcome("Ends.ElsewhereInTheTree"), "none");
  run({"Plain.Passes", "Ends.BySignal"});
  EXPECT_EQ(outcome("Plain.Passes"), "passed");
  EXPECT_EQ(outcome("Ends.BySignal"), "none");
  run({"Plain.Passes", "Gone.Away"});
  EXPECT_EQ(outcome("Gone.Away"), "none");
}

// Forged markers: what the test claims must not become green.
TEST_F(GtestBatch, MarkersThatTestsPrintDecideNothing)
{
  run({"Fakes.PrintsMarkersOfOthers", "Plain.Fails", "Plain.Passes"});
  EXPECT_EQ(outcome("Fakes.PrintsMarkersOfOthers"), "passed");
  EXPECT_EQ(outcome("Plain.Fails"), "failed");
  EXPECT_EQ(outcome("Plain.Passes"), "passed");
  run({"Fakes.ClaimsToPassAndFails"});
  EXPECT_EQ(outcome("Fakes.ClaimsToPassAndFails"), "failed");
}

TEST_F(GtestBatch, ATestThatClaimsAllAndLeavesIsNotGreen)
{
  run({"Fakes.ClaimsAllAndLeaves"});
  EXPECT_EQ(outcome("Fakes.ClaimsAllAndLeaves"), "lost");
  run({"Fakes.ClaimsAllAndLeaves", "Plain.Passes"});
  EXPECT_EQ(outcome("Plain.Passes"), "lost"); // it did pass, but nothing that this process says counts
  EXPECT_EQ(outcome("Fakes.ClaimsAllAndLeaves"), "lost");
}

TEST_F(GtestBatch, MarkersDecideNothingInALargeBatchEither)
{
  run(with_many({"Fakes.ClaimsToPassAndFails"}));
  EXPECT_EQ(outcome("Fakes.ClaimsToPassAndFails"), "failed");
  run(with_many({"Fakes.ClaimsAllAndLeaves", "Plain.Passes"}));
  EXPECT_EQ(outcome("Fakes.ClaimsAllAndLeaves"), "lost");
  run(with_many({"Fakes.PrintsMarkersOfOthers", "Plain.Passes"}));
  EXPECT_NE(outcome("Fakes.PrintsMarkersOfOthers"), "passed"); // contradictory: its run alone decides
}

TEST_F(GtestBatch, AFailureOutsideOfTestsProvesNothingGreen)
{
  program_.launch.environment = {{EnvironmentChange::Action::set, "SAMPLE_BROKEN_ENVIRONMENT", "1"}};
  run({"Plain.Passes", "Plain.Skips"});
  EXPECT_EQ(outcome("Plain.Passes"), "failed");
  EXPECT_EQ(outcome("Plain.Skips"), "failed");
  EXPECT_THAT(results_["Plain.Passes"].message, HasSubstr("outside of any test"));
  EXPECT_THAT(results_["Plain.Passes"].output, HasSubstr("the environment is broken"));
  run(with_many({"Plain.Passes"}));
  EXPECT_EQ(outcome("Plain.Passes"), "failed");
}

TEST_F(GtestBatch, AMainThatIgnoresTheResultHidesNothing)
{
  program_.launch.environment = {{EnvironmentChange::Action::set, "SAMPLE_IGNORES_RESULT", "1"}};
  run({"Plain.Passes", "Plain.Fails"});
  EXPECT_EQ(outcome("Plain.Passes"), "passed");
  EXPECT_EQ(outcome("Plain.Fails"), "failed");
  program_.launch.environment.push_back({EnvironmentChange::Action::set, "SAMPLE_BROKEN_ENVIRONMENT", "1"});
  run({"Plain.Passes"});
  EXPECT_EQ(outcome("Plain.Passes"), "failed");
}

TEST_F(GtestBatch, APassIsNoPassWhenTheProgramFailsAfterwards)
{
  program_.launch.environment = {{EnvironmentChange::Action::set, "SAMPLE_FAILS_AT_THE_END", "1"}};
  run({"Plain.Passes"});
  EXPECT_EQ(outcome("Plain.Passes"), "failed");
  EXPECT_EQ(results_["Plain.Passes"].message, "exit code 3 though no test failed");
  run({"Plain.Passes", "Plain.Fails"});
  EXPECT_EQ(outcome("Plain.Passes"), "passed"); // the failure explains the exit code
  program_.launch.environment = {{EnvironmentChange::Action::set, "SAMPLE_CRASHES_AT_THE_END", "1"}};
  run({"Plain.Passes"});
  EXPECT_EQ(outcome("Plain.Passes"), "crashed");
}

TEST_F(GtestBatch, ABrokenSuiteIsRedAndItsNeighboursAreNot)
{
  run({"Plain.Passes", "BrokenSuite.One", "BrokenTearDown.One"});
  EXPECT_EQ(outcome("Plain.Passes"), "passed");
  EXPECT_EQ(outcome("BrokenSuite.One"), "failed"); // gtest itself prints it as skipped
  EXPECT_EQ(outcome("BrokenTearDown.One"), "failed");
  run(with_many({"Plain.Passes", "BrokenSuite.One"}));
  EXPECT_EQ(outcome("Plain.Passes"), "passed");
  EXPECT_EQ(outcome("BrokenSuite.One"), "failed");
}

TEST_F(GtestBatch, AClosedOutputIsMadeUpForByTheResultFile)
{
  run({"Plain.Passes", "Ends.AfterClosingOutput", "Ends.ElsewhereInTheTree"});
  EXPECT_EQ(outcome("Plain.Passes"), "passed");
  EXPECT_EQ(outcome("Ends.AfterClosingOutput"), "passed");
  EXPECT_EQ(outcome("Ends.ElsewhereInTheTree"), "passed");
  run(with_many({"Plain.Passes", "Ends.AfterClosingOutput", "Ends.ElsewhereInTheTree"}));
  EXPECT_EQ(outcome("Ends.AfterClosingOutput"), "none");
}

TEST_F(GtestBatch, KeepsHeadAndTailOfMuchOutput)
{
  run({"Plain.PrintsMuch"});
  EXPECT_THAT(results_["Plain.PrintsMuch"].output, HasSubstr("line 0 of"));
  EXPECT_THAT(results_["Plain.PrintsMuch"].output, HasSubstr("after much output"));
  EXPECT_LT(results_["Plain.PrintsMuch"].output.size(), 70'000u);
}

} // namespace
} // namespace sluice::frameworks
