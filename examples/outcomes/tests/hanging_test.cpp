#include <gtest/gtest.h>

#include <unistd.h>

TEST(Hanging, PassesBefore) {}

TEST(Hanging, Hangs)
{
  for (;;) ::pause();
}

TEST(Hanging, PassesAfter) {}
