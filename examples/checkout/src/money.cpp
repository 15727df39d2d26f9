#include "checkout/money.h"

#include <cstdlib>

namespace checkout {

Money operator+(Money a, Money b)
{
  return {a.cents + b.cents};
}

Money operator*(Money amount, std::int64_t count)
{
  return {amount.cents * count};
}

std::string to_string(Money amount)
{
  const std::int64_t absolute = std::llabs(amount.cents);
  const std::string fraction = std::to_string(100 + absolute % 100).substr(1);
  return (amount.cents < 0 ? "-" : "") + std::to_string(absolute / 100) + "." + fraction;
}

} // namespace checkout
