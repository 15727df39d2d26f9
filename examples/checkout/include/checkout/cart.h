#pragma once

#include "checkout/money.h"

#include <string>
#include <vector>

namespace checkout {

struct Line {
  std::string article;
  int count = 1;
  Money price;
};

class Cart {
public:
  void add(Line line);
  Money subtotal() const;
  // Ten per cent off from 100.00 on, rounded down to a cent.
  Money discount() const;

private:
  std::vector<Line> lines_;
};

} // namespace checkout
