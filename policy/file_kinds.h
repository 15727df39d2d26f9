// What a changed file is, by its name and by the catalogue: policy, configuration, build, CI, test, documentation.
// It does not read files. In doubt a file is what asks for more: a rule on build files that misses one is a hole, one
// that holds for a file too many costs a review.
#pragma once

#include "model/catalogue.h"
#include "model/policy.h"

#include <string_view>

namespace sluice::policy {

// A file may be of several kinds; it is `source` only when it is of none of the others.
bool is_kind(std::string_view path, FileKind kind, const Policy& policy, const Catalogue& catalogue);

} // namespace sluice::policy
