#include "policy/dsse.h"

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include <algorithm>

namespace sluice::policy {

namespace {

constexpr std::size_t k_largest = 64 << 20;
constexpr std::size_t k_most_signatures = 16;

std::optional<std::string> text_of(const nlohmann::json& object, const char* key)
{
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

} // namespace

std::string base64(std::string_view bytes)
{
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0'); // it ends what it writes with a zero
  const int size =
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                    static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::optional<std::string> from_base64(std::string_view text)
{
  if (text.size() % 4 != 0 || text.size() > k_largest) return std::nullopt;
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '-', '+');
  std::replace(plain.begin(), plain.end(), '_', '/');
  std::string bytes(plain.size() / 4 * 3, '\0');
  const int size =
    EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                    reinterpret_cast<const unsigned char*>(plain.data()), static_cast<int>(plain.size()));
  if (size < 0) return std::nullopt;
  // OpenSSL counts what padding stands for as bytes.
  const std::size_t padding = plain.ends_with("==") ? 2 : plain.ends_with("=") ? 1 : 0;
  bytes.resize(static_cast<std::size_t>(size) - std::min(padding, static_cast<std::size_t>(size)));
  // OpenSSL takes more than the one form that a value has: blanks around it, '=' as a digit, bits that no byte takes.
  return base64(bytes) == plain ? std::optional(std::move(bytes)) : std::nullopt;
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
