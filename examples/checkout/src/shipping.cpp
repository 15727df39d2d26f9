#include "checkout/shipping.h"

#include <fstream>

namespace checkout {

Rates read_rates(const std::string& file)
{
  Rates rates;
  std::ifstream in(file);
  std::string country;
  for (Money price; in >> country >> price.cents;) rates[country] = price;
  return rates;
}

Money shipping(const Rates& rates, const std::string& country, Money subtotal)
{
  if (subtotal.cents >= 5'000) return {};
  const auto own = rates.find(country);
  if (own != rates.end()) return own->second;
  const auto other = rates.find("*");
  return other != rates.end() ? other->second : Money{};
}

} // namespace checkout
