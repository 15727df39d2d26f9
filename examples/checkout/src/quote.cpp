// quote COUNT CENTS: the price of COUNT articles at CENTS each, shipped at a flat 4.90.
#include "checkout/cart.h"
#include "checkout/shipping.h"

#include <cstdlib>
#include <iostream>

int main(int argc, char** argv)
{
  using namespace checkout;
  const int count = argc > 1 ? std::atoi(argv[1]) : 0;
  const int cents = argc > 2 ? std::atoi(argv[2]) : 0;
  if (count <= 0 || cents <= 0) {
    std::cerr << "usage: quote COUNT CENTS\n";
    return 2;
  }
  Cart cart;
  cart.add({"article", count, {cents}});
  const Money parcel = shipping({{"*", {490}}}, "DE", cart.subtotal());
  std::cout << "total " << to_string(cart.subtotal() + parcel) << "\n";
}
