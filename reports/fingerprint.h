// Ids made of bytes, the same for the same bytes on every machine: for consumers that want an id of a given length.
// They tell things apart; they prove nothing (FNV-1a, not a cryptographic digest).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::reports {

std::uint64_t fingerprint(std::string_view bytes, std::uint64_t salt = 0);

// 16 hexadecimal digits, never all zero.
std::string hex_id_64(std::string_view bytes);
// 32 hexadecimal digits, never all zero.
std::string hex_id_128(std::string_view bytes);

} // namespace sluice::reports
