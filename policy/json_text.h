// JSON that others wrote, looked at before the library reads it, which is by recursion.
// It does not read it: whether it is JSON at all is the library's word.
#pragma once

#include <string_view>

namespace sluice::policy {

// Whether it is nested deeper than any person or tool nests; brackets in texts count, too. Linear.
bool is_nested_too_deep(std::string_view json);

} // namespace sluice::policy
