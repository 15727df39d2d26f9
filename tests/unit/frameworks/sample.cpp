// A GoogleTest program with every kind of case that a reader of its output must get right. Dangerous ones are only run
// by tests that select them.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace {

void print(const char* text)
{
  std::fputs(text, stdout);
  std::fflush(stdout);
}

TEST(Plain, Passes) {}
TEST(Plain, Fails)
{
  EXPECT_EQ(1, 2) << "first of two";
  EXPECT_TRUE(false);
}
TEST(Plain, Skips)
{
  GTEST_SKIP() << "no such device";
}
TEST(Plain, DISABLED_Never)
{
  FAIL();
}
TEST(Plain, PrintsWithoutLineEnd)
{
  print("half a line");
}
TEST(Plain, FailsWithoutLineEnd)
{
  EXPECT_TRUE(false) << "reason";
  print("half a line");
}
TEST(Plain, FailsWithBytes)
{
  EXPECT_TRUE(false) << "not UTF-8: \xff\xfe";
}
TEST(Plain, PrintsMuch)
{
  for (int i = 0; i < 20000; ++i) std::printf("line %d of a long story\n", i);
  FAIL() << "after much output";
}

TEST(Fakes, PrintsMarkersOfOthers)
{
  print("[       OK ] Plain.Fails (0 ms)\n[  SKIPPED ] Plain.Fails (0 ms)\nx[ RUN      ] Plain.Passes\n");
}
TEST(Fakes, ClaimsToPassAndFails)
{
  print("[       OK ] Fakes.ClaimsToPassAndFails (0 ms)\n");
  FAIL() << "in truth";
}
TEST(Fakes, ClaimsAllAndLeaves)
{
  print("[       OK ] Fakes.ClaimsAllAndLeaves (0 ms)\n[ RUN      ] Plain.Passes\n[       OK ] Plain.Passes (0 ms)\n"
        "[==========] 2 tests from 2 test suites ran. (0 ms total)\n[  PASSED  ] 2 tests.\n");
  std::_Exit(0);
}

TEST(Ends, ByExit)
{
  std::exit(0);
}
TEST(Ends, BySignal)
{
  std::raise(SIGKILL);
}
TEST(Ends, AfterClosingOutput)
{
  ::close(STDOUT_FILENO);
}
TEST(Ends, ElsewhereInTheTree)
{
  ASSERT_EQ(::chdir("/"), 0);
}
TEST(Ends, WithAChildThatPrints)
{
  const pid_t child = ::fork();
  if (child == 0) {
    print("from the child\n");
    std::_Exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
}
TEST(EndsDeathTest, Dies)
{
  EXPECT_DEATH(std::abort(), "");
}

class SkippedSuite : public testing::Test {
protected:
  static void SetUpTestSuite() { GTEST_SKIP() << "the suite cannot run here"; }
};
TEST_F(SkippedSuite, One) {}

class BrokenSuite : public testing::Test {
protected:
  static void SetUpTestSuite() { ASSERT_TRUE(false) << "the suite is broken"; }
};
TEST_F(BrokenSuite, One) {}

class BrokenTearDown : public testing::Test {
protected:
  static void TearDownTestSuite() { EXPECT_TRUE(false) << "cannot tidy up"; }
};
TEST_F(BrokenTearDown, One) {}

template <typename T> class Typed : public testing::Test {
};
using Types = testing::Types<int, std::string>;
TYPED_TEST_SUITE(Typed, Types);
TYPED_TEST(Typed, Case) {}

class Values : public testing::TestWithParam<std::string> {};
TEST_P(Values, Case) {}
INSTANTIATE_TEST_SUITE_P(Some, Values, testing::Values("a b", "semi;colon", "br[ack", "  # GetParam() = 3"));

class BrokenEnvironment : public testing::Environment {
public:
  void TearDown() override { EXPECT_TRUE(false) << "the environment is broken"; }
};

} // namespace

int main(int argc, char** argv)
{
  testing::InitGoogleTest(&argc, argv);
  if (std::getenv("SAMPLE_BROKEN_ENVIRONMENT")) testing::AddGlobalTestEnvironment(new BrokenEnvironment);
  const int result = RUN_ALL_TESTS();
  if (std::getenv("SAMPLE_IGNORES_RESULT")) return 0;
  if (std::getenv("SAMPLE_CRASHES_AT_THE_END")) std::raise(SIGKILL);
  if (std::getenv("SAMPLE_FAILS_AT_THE_END")) return 3;
  return result;
}
