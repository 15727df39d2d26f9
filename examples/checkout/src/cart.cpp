#include "checkout/cart.h"

#include <utility>

namespace checkout {

void Cart::add(Line line)
{
  lines_.push_back(std::move(line));
}

Money Cart::subtotal() const
{
  Money sum;
  for (const Line& line : lines_) sum = sum + line.price * line.count;
  return sum;
}

Money Cart::discount() const
{
  const Money sum = subtotal();
  return sum.cents >= 10'000 ? Money{sum.cents / 10} : Money{};
}

} // namespace checkout
