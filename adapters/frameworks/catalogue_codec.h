// A Listing as bytes, for the store: compact, quick to read, versioned. Any other version, and any damage, reads as
// nothing, which costs a new listing. Program::files and Program::closed are part of it; remembered.h keeps them true.
#pragma once

#include "adapters/frameworks/frameworks.h"

#include <optional>
#include <string>
#include <string_view>

namespace sluice::frameworks {

std::string encode_listing(const Listing& listing);
std::optional<Listing> decode_listing(std::string_view bytes);

} // namespace sluice::frameworks
