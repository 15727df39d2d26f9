#include "checkout/money.h"

#include <gtest/gtest.h>

using namespace checkout;

TEST(Money, AddsAndMultiplies)
{
  EXPECT_EQ((Money{150} + Money{50} * 3), Money{300});
}

TEST(Money, PrintsTwoDigits)
{
  EXPECT_EQ(to_string(Money{1205}), "12.05");
}

TEST(Money, PrintsSignOnce)
{
  EXPECT_EQ(to_string(Money{-5}), "-0.05");
}
