#include "policy/dsse.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace sluice::policy {

namespace {

constexpr std::string_view k_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t k_largest = 64 << 20;
constexpr std::size_t k_most_signatures = 16;

int value_of(char c)
{
  if (c == '-') c = '+';
  if (c == '_') c = '/';
  const std::size_t at = k_alphabet.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

std::optional<std::string> text_of(const nlohmann::json& object, const char* key)
{
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

} // namespace

std::string base64(std::string_view bytes)
{
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t at) {
      return at < bytes.size() ? static_cast<unsigned>(static_cast<unsigned char>(bytes[at])) : 0u;
    };
    const unsigned group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    for (unsigned part = 0; part < 4; ++part)
      text += i + part > bytes.size() ? '=' : k_alphabet[group >> (18 - 6 * part) & 63u];
  }
  return text;
}

std::optional<std::string> from_base64(std::string_view text)
{
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && !text.empty() && text.back() == '=') {
    text.remove_suffix(1);
    ++padding;
  }
  std::string bytes;
  unsigned group = 0;
  std::size_t bits = 0;
  for (const char c : text) {
    const int value = value_of(c);
    if (value < 0) return std::nullopt;
    group = group << 6 | static_cast<unsigned>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(group >> bits & 255u);
  }
  // Bits that no byte takes must be zero: one value has one form.
  if ((group & ((1u << bits) - 1u)) != 0) return std::nullopt;
  return bytes;
}

std::string pre_authentication(std::string_view type, std::string_view body)
{
  std::string bytes = "DSSEv1 " + std::to_string(type.size()) + " ";
  bytes += type;
  bytes += " " + std::to_string(body.size()) + " ";
  bytes += body;
  return bytes;
}

std::string envelope(std::string_view payload, const std::vector<Signer>& signers)
{
  const std::string bytes = pre_authentication(k_in_toto_payload, payload);
  nlohmann::ordered_json json;
  json["payloadType"] = k_in_toto_payload;
  json["payload"] = base64(payload);
  json["signatures"] = nlohmann::ordered_json::array();
  for (const Signer& signer : signers)
    json["signatures"].push_back({{"keyid", signer.key_id}, {"sig", base64(signer.sign(bytes))}});
  return json.dump();
}

std::optional<Opened> open_envelope(std::string_view line, const CheckSignature& check)
{
  if (line.size() > k_largest) return std::nullopt;
  const auto json = nlohmann::json::parse(line, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto type = text_of(json, "payloadType");
  const auto encoded = text_of(json, "payload");
  const auto signatures = json.find("signatures");
  if (type != k_in_toto_payload || !encoded || signatures == json.end() || !signatures->is_array() ||
      signatures->size() > k_most_signatures)
    return std::nullopt;
  auto payload = from_base64(*encoded);
  if (!payload) return std::nullopt;
  Opened opened;
  const std::string bytes = pre_authentication(*type, *payload);
  for (const auto& entry : *signatures) {
    if (!entry.is_object()) return std::nullopt;
    const auto id = text_of(entry, "keyid");
    const auto raw = from_base64(text_of(entry, "sig").value_or("?"));
    if (!id || !raw || !check(*id, bytes, *raw)) continue;
    if (std::find(opened.key_ids.begin(), opened.key_ids.end(), *id) == opened.key_ids.end())
      opened.key_ids.push_back(*id);
  }
  if (!opened.key_ids.empty()) opened.payload = std::move(*payload);
  return opened;
}

} // namespace sluice::policy
