#include "checkout/shipping.h"

#include <gtest/gtest.h>

using namespace checkout;

TEST(Shipping, UsesTheRateOfTheCountry)
{
  EXPECT_EQ(shipping(read_rates(RATES_FILE), "DE", {100}), Money{490});
}

TEST(Shipping, FallsBackToTheRest)
{
  EXPECT_EQ(shipping(read_rates(RATES_FILE), "XX", {100}), Money{1990});
}

TEST(Shipping, IsFreeFromFiftyOn)
{
  EXPECT_EQ(shipping({{"*", {490}}}, "DE", {5'000}), Money{});
}
