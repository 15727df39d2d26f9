#include "adapters/frameworks/gtest/gtest_output.h"

#include <gtest/gtest.h>

namespace sluice::frameworks {
namespace {

using State = GtestOutput::State;

class GtestOutputTest : public testing::Test {
protected:
  GtestOutputTest()
  {
    for (const char* selector : {"S.A", "S.B", "Ty/0.C"}) {
      TestCase& test = tests_.emplace_back();
      test.selector = selector;
    }
    for (const TestCase& test : tests_) cases_.push_back(&test);
    output_ = std::make_unique<GtestOutput>(cases_);
  }

  void feed(std::string_view text, std::size_t piece = 1000)
  {
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size())))
      output_->feed(text.substr(0, piece), updates_);
  }

  // "+0" a case started, "0=passed" it ended.
  std::string story() const
  {
    std::string text;
    for (const runner::CaseUpdate& update : updates_) {
      if (const auto* started = std::get_if<runner::CaseStarted>(&update))
        text += "+" + std::to_string(started->position);
      const auto* finished = std::get_if<runner::CaseFinished>(&update);
      if (finished) text += std::to_string(finished->position) + "=" + std::string(to_string(finished->result.outcome));
      text += ' ';
    }
    return text;
  }
  const AttemptResult& last() const { return std::get<runner::CaseFinished>(updates_.back()).result; }

  std::vector<TestCase> tests_;
  std::vector<const TestCase*> cases_;
  std::unique_ptr<GtestOutput> output_;
  std::vector<runner::CaseUpdate> updates_;
};

constexpr std::string_view k_run =
  "Note: Google Test filter = *\n[==========] Running 3 tests from 2 test suites.\n"
  "[----------] 2 tests from S\n[ RUN      ] S.A\n[       OK ] S.A (12 ms)\n"
  "[ RUN      ] S.B\ng.cpp:4: Failure\nValue of: x\n  Actual: 1\nhalf[  FAILED  ] S.B (3 ms)\n"
  "[ RUN      ] Ty/0.C\ng.cpp:5: Skipped\nwhy\nnot\n[  SKIPPED ] Ty/0.C (0 ms)\n"
  "[==========] 3 tests from 2 test suites ran. (15 ms total)\n"
  "[  PASSED  ] 1 test.\n[  SKIPPED ] 1 test, listed below:\n[  SKIPPED ] Ty/0.C\n"
  "[  FAILED  ] 1 test, listed below:\n[  FAILED  ] S.B\n\n 1 FAILED TEST\n";

TEST_F(GtestOutputTest, TellsTheSameWhateverThePieces)
{
  for (const std::size_t piece : {1u, 2u, 3u, 7u, 64u, 100000u}) {
    updates_.clear();
    output_ = std::make_unique<GtestOutput>(cases_);
    feed(k_run, piece);
    EXPECT_EQ(story(), "+0 0=passed +1 1=failed +2 2=skipped ") << piece;
    EXPECT_EQ(output_->counted(), 3);
    EXPECT_FALSE(output_->contradictory());
    EXPECT_FALSE(output_->failed_outside());
  }
}

TEST_F(GtestOutputTest, KeepsWhatACasePrinted)
{
  feed("[ RUN      ] S.A\nsecret\n[       OK ] S.A (12 ms)\n");
  EXPECT_EQ(last().output, "secret\n");
  EXPECT_EQ(last().duration, std::chrono::milliseconds(12));
  feed("[ RUN      ] S.B\nbefore\n/src/g.cpp:4: Failure\nValue of: x\n  Actual: 1\nhalf[  FAILED  ] S.B (3 ms)\n");
  EXPECT_EQ(last().output, "before\n/src/g.cpp:4: Failure\nValue of: x\n  Actual: 1\nhalf");
  EXPECT_EQ(last().message, "Value of: x Actual: 1 half");
  EXPECT_EQ(last().file, "/src/g.cpp");
  EXPECT_EQ(last().line, 4);
}

TEST_F(GtestOutputTest, StartsAreToldAtOnce)
{
  feed("[ RUN      ] S.A\n");
  EXPECT_EQ(story(), "+0 ");
  EXPECT_TRUE(output_->any_running());
}

TEST_F(GtestOutputTest, ReadsTypesAndMissingDurations)
{
  feed("[ RUN      ] Ty/0.C\n[  FAILED  ] Ty/0.C, where TypeParam = std::map<int, char> (1 ms)\n");
  feed("[ RUN      ] S.A\n[       OK ] S.A\n");
  EXPECT_EQ(story(), "+2 2=failed +0 0=passed ");
}

TEST_F(GtestOutputTest, MarkersOfOtherCasesAreText)
{
  feed("[ RUN      ] S.A\n[       OK ] S.B (0 ms)\n[ RUN      ] S.B\n[       OK ] S.AB (0 ms)\n[       OK ] Other.X\n");
  EXPECT_EQ(story(), "+0 ");
  EXPECT_TRUE(output_->contradictory());
  feed("[  FAILED  ] S.A (0 ms)\n");
  EXPECT_EQ(output_->state(0), State::failed);
  EXPECT_EQ(output_->state(1), State::waiting);
}

TEST_F(GtestOutputTest, AFailureAfterAPassIsAFailure)
{
  feed("[ RUN      ] S.A\n[       OK ] S.A (0 ms)\n[  FAILED  ] S.A (0 ms)\n");
  EXPECT_EQ(story(), "+0 0=passed 0=failed ");
  feed("[       OK ] S.A (0 ms)\n[ RUN      ] S.A\n[       OK ] S.A (0 ms)\n");
  EXPECT_EQ(output_->state(0), State::failed);
}

TEST_F(GtestOutputTest, SeesFailuresOutsideOfCases)
{
  feed("env.cpp:3: Failure\nValue of: y\n");
  EXPECT_TRUE(output_->failed_outside());
  feed("[  FAILED  ] S: SetUpTestSuite or TearDownTestSuite\n");
  EXPECT_EQ(output_->failed_suites(), std::vector<std::string>{"S"});
  EXPECT_EQ(output_->outside_text(), "env.cpp:3: Failure\nValue of: y\n");
}

TEST_F(GtestOutputTest, FindsTheMarkerBehindMegabytesWithoutALineEnd)
{
  feed("[ RUN      ] S.A\n");
  const std::string much(100'000, '[');
  for (int i = 0; i < 30; ++i) feed(much, much.size());
  feed("[  FAILED  ] S.A (0 ms)\n");
  EXPECT_EQ(output_->state(0), State::failed);
  EXPECT_LT(last().output.size(), 100'000u);
}

TEST_F(GtestOutputTest, WithoutALastLineEndNothingHasEnded)
{
  feed("[ RUN      ] S.A\n[       OK ] S.A (0 ms)");
  output_->end();
  EXPECT_EQ(output_->state(0), State::running);
}

TEST(FirstAssertion, UnknownFileAndNoAssertionAtAll)
{
  const Assertion thrown =
    first_assertion("unknown file: Failure\nC++ exception with description \"x\" thrown.\n", "Failure");
  EXPECT_EQ(thrown.file, "");
  EXPECT_EQ(thrown.message, "C++ exception with description \"x\" thrown.");
  EXPECT_EQ(first_assertion("just text\n", "Failure").message, "");
}

} // namespace
} // namespace sluice::frameworks
