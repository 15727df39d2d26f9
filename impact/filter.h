// The filter language of --filter: which tests a person means. It knows a test's description, not its state.
// The grammar:
//
//   expression := term { ("or" | "|") term }         term := factor { ("and" | "&") factor }
//   factor     := ("not" | "!") factor | "(" expression ")" | field "(" pattern ")" | pattern
//   field      := "id" | "label" | "path" | "program" | "suite"
//
// A pattern is a wildcard over the whole field ('*' any run of characters, '?' one); a bare pattern without wildcards
// matches any id that contains it. Quote a pattern ("...", with \" and \\) that holds a space, a quote or a bracket.
// The filter narrows what a person looks at; it never satisfies a rule of the policy.
#pragma once

#include "model/catalogue.h"

#include <functional>
#include <string_view>

namespace sluice::impact {

using TestFilter = std::function<bool(const TestCase&, const Program&)>;

// Throws Error{usage} that shows the expression and marks the place.
TestFilter parse_filter(std::string_view expression);

// '*' matches any run of characters, '?' any one; everything else itself. Linear in both lengths' product at worst.
bool wildcard_matches(std::string_view pattern, std::string_view text);

} // namespace sluice::impact
