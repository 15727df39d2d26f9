#include "policy/json_text.h"

#include <cstddef>

namespace sluice::policy {

bool is_nested_too_deep(std::string_view json)
{
  constexpr std::size_t k_deepest = 200;
  std::size_t depth = 0;
  for (const char c : json) {
    if ((c == '{' || c == '[') && ++depth > k_deepest) return true;
    if ((c == '}' || c == ']') && depth > 0) --depth;
  }
  return false;
}

} // namespace sluice::policy
