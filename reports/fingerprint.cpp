#include "reports/fingerprint.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::reports {

std::uint64_t fingerprint(std::string_view bytes, std::uint64_t salt)
{
  std::uint64_t digest = 0xcbf29ce484222325u ^ (salt * 0x9E3779B97F4A7C15u);
  for (const char c : bytes) digest = (digest ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return digest;
}

std::string hex_id_64(std::string_view bytes)
{
  return fmt::format("{:016x}", std::max<std::uint64_t>(fingerprint(bytes), 1));
}

std::string hex_id_128(std::string_view bytes)
{
  return fmt::format("{:016x}{:016x}", std::max<std::uint64_t>(fingerprint(bytes), 1), fingerprint(bytes, 1));
}

} // namespace sluice::reports
