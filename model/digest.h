// A content digest as a value: git's object ids (20 or 32 bytes) and SHA-256 (32 bytes) share this type.
// It does not know how it was computed (see cache/hashing.h) and digests of different algorithms never compare equal
// unless their bytes do. The empty digest means "there is no such file", which is a fact like any other.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

struct Digest {
  std::array<std::uint8_t, 32> bytes{};
  std::uint8_t size = 0; // 0 (absent), 20 or 32

  bool absent() const { return size == 0; }
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), size}; }

  friend bool operator==(const Digest&, const Digest&) = default;
  friend auto operator<=>(const Digest&, const Digest&) = default;
};

// Lower-case hexadecimal; "absent" for the empty digest.
std::string to_hex(const Digest& digest);

// The inverse of to_hex: 40 or 64 hexadecimal digits or "absent"; nullopt for anything else.
std::optional<Digest> digest_from_hex(std::string_view hex);

// Takes 0, 20 or 32 raw bytes; nullopt for any other length.
std::optional<Digest> digest_from_bytes(std::string_view raw);

struct DigestHash {
  std::size_t operator()(const Digest& digest) const
  {
    std::size_t value = 0;
    std::memcpy(&value, digest.bytes.data(), sizeof value);
    return value;
  }
};

} // namespace sluice
