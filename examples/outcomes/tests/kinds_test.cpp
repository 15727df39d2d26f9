#include <gtest/gtest.h>

#include <cstdlib>

template <typename T> class Typed : public testing::Test {
};
using Types = testing::Types<int, unsigned>;
TYPED_TEST_SUITE(Typed, Types);

TYPED_TEST(Typed, CanBeNegative)
{
  EXPECT_LT(TypeParam(-1), TypeParam(0));
}

class Even : public testing::TestWithParam<int> {};

TEST_P(Even, LeavesNoRest)
{
  EXPECT_EQ(GetParam() % 2, 0);
}

INSTANTIATE_TEST_SUITE_P(Numbers, Even, testing::Values(2, 3, 4));

class SkippedSuite : public testing::Test {
protected:
  static void SetUpTestSuite() { GTEST_SKIP() << "the whole suite needs a device"; }
};

// GoogleTest before 1.13 runs it all the same.
TEST_F(SkippedSuite, Passes) {}

class FailedSuite : public testing::Test {
protected:
  static void SetUpTestSuite() { FAIL() << "the suite could not be set up"; }
};

TEST_F(FailedSuite, RunsAllTheSame) {}

TEST(DeathTest, DiesAsItShould)
{
  EXPECT_DEATH(std::abort(), "");
}

TEST(DeathTest, SurvivesThoughItShouldNot)
{
  EXPECT_DEATH((void)0, "");
}
