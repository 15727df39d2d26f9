#include "checkout/cart.h"

#include <gtest/gtest.h>

using namespace checkout;

class Discount : public testing::TestWithParam<std::pair<int, int>> {};

TEST(Cart, SumsLines)
{
  Cart cart;
  cart.add({"book", 2, {1250}});
  cart.add({"pen", 1, {200}});
  EXPECT_EQ(cart.subtotal(), Money{2700});
}

TEST(Cart, IsEmptyAtFirst)
{
  EXPECT_EQ(Cart().subtotal(), Money{});
}

TEST_P(Discount, StartsAtOneHundred)
{
  Cart cart;
  cart.add({"article", 1, {GetParam().first}});
  EXPECT_EQ(cart.discount(), Money{GetParam().second});
}

INSTANTIATE_TEST_SUITE_P(Thresholds, Discount,
                         testing::Values(std::pair{9'999, 0}, std::pair{10'000, 1'000}, std::pair{10'009, 1'000}));
