// Amounts in cents, so that sums are exact.
#pragma once

#include <cstdint>
#include <string>

namespace checkout {

struct Money {
  std::int64_t cents = 0;
  friend bool operator==(const Money&, const Money&) = default;
};

Money operator+(Money a, Money b);
Money operator*(Money amount, std::int64_t count);

// "12.50", "-0.05"
std::string to_string(Money amount);

} // namespace checkout
