#include "model/digest.h"

#include <algorithm>

namespace sluice {

namespace {

constexpr std::string_view k_absent = "absent";

int nibble(char c)
{
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

} // namespace

std::string to_hex(const Digest& digest)
{
  if (digest.absent()) return std::string(k_absent);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(digest.size * 2u);
  for (std::size_t i = 0; i < digest.size; ++i) {
    text += digits[digest.bytes[i] >> 4];
    text += digits[digest.bytes[i] & 15];
  }
  return text;
}

std::optional<Digest> digest_from_hex(std::string_view hex)
{
  if (hex == k_absent) return Digest{};
  if (hex.size() != 40 && hex.size() != 64) return std::nullopt;
  Digest digest;
  digest.size = static_cast<std::uint8_t>(hex.size() / 2);
  for (std::size_t i = 0; i < digest.size; ++i) {
    const int high = nibble(hex[2 * i]);
    const int low = nibble(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    digest.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return digest;
}

std::optional<Digest> digest_from_bytes(std::string_view raw)
{
  if (raw.size() != 0 && raw.size() != 20 && raw.size() != 32) return std::nullopt;
  Digest digest;
  digest.size = static_cast<std::uint8_t>(raw.size());
  std::copy(raw.begin(), raw.end(), digest.bytes.begin());
  return digest;
}

} // namespace sluice
