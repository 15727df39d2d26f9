// Posts a payload to a forge's API. The address, the names of things and the token come from the environment variables
// that the forge's own CI sets; the token goes into a header, is sent over https (or to this machine) only, never to
// where a redirect leads, and stands in no message. It does not know what the payload says.
#pragma once

#include "adapters/forge/payload.h"

#include <functional>
#include <string>

namespace sluice::forge {

// Value of a variable; empty if it is not set.
using Environment = std::function<std::string(const char* name)>;

// Returns what was posted to, for people. Throws Error{usage} when a variable is missing, Error{world} when the server
// cannot be reached or does not take it.
std::string post(Forge forge, const std::string& payload, const std::string& commit, const Environment& environment);

} // namespace sluice::forge
