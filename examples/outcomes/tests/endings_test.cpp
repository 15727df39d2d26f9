#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

TEST(Endings, Passes) {}

TEST(Endings, Fails)
{
  EXPECT_EQ(1 + 1, 3);
}

TEST(Endings, Throws)
{
  throw 42;
}

TEST(Endings, Segfaults)
{
  std::raise(SIGSEGV);
}

TEST(Endings, Aborts)
{
  std::abort();
}

TEST(Endings, ExitsWithZero)
{
  std::exit(0);
}

TEST(Endings, ExitsWithThree)
{
  std::_Exit(3);
}

TEST(Endings, Skips)
{
  GTEST_SKIP() << "there is no such device";
}

TEST(Endings, DISABLED_IsLeftOut)
{
  FAIL();
}

TEST(Endings, PassesAtTheEnd) {}
