#pragma once

#include "checkout/money.h"

#include <map>
#include <string>

namespace checkout {

// Country code to price of one parcel.
using Rates = std::map<std::string, Money>;

// Reads "CODE CENTS" lines; lines that are neither are left out.
Rates read_rates(const std::string& file);

// The parcel price, free from 50.00 on; the rate of "*" where the country has none.
Money shipping(const Rates& rates, const std::string& country, Money subtotal);

} // namespace checkout
