#include "model/catalogue.h"

#include <algorithm>

namespace sluice {

std::optional<TestIndex> Catalogue::find(std::string_view id) const
{
  const auto at = std::lower_bound(tests.begin(), tests.end(), id,
                                   [](const TestCase& test, std::string_view value) { return test.id.value < value; });
  if (at == tests.end() || at->id.value != id) return std::nullopt;
  return static_cast<TestIndex>(at - tests.begin());
}

} // namespace sluice
