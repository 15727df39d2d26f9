// DSSE envelopes (secure-systems-lab/dsse v1): the bytes that are signed, and the JSON around them.
// It does not know keys: signing and checking are functions that the caller gives. What an envelope holds is handed out
// only after its signatures were checked, byte for byte as it was signed.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::policy {

inline constexpr std::string_view k_in_toto_payload = "application/vnd.in-toto+json";

// "DSSEv1 SP len(type) SP type SP len(body) SP body".
std::string pre_authentication(std::string_view type, std::string_view body);

struct Signer {
  std::string key_id;
  std::function<std::string(std::string_view bytes)> sign; // raw signature
};

// One line of JSON without a line end.
std::string envelope(std::string_view payload, const std::vector<Signer>& signers);

// True if the key that the id names made the signature over the bytes; false also for a key that is not known.
using CheckSignature = std::function<bool(std::string_view key_id, std::string_view bytes, std::string_view signature)>;

struct Opened {
  std::string payload;
  std::vector<std::string> key_ids; // whose signatures are right, each once
};

// nullopt for what is no envelope of an in-toto statement. Without a right signature `payload` is empty.
std::optional<Opened> open_envelope(std::string_view line, const CheckSignature& check);

// Base64 with padding (RFC 4648); decoding takes nothing else. The URL alphabet is read too, as DSSE asks.
std::string base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

} // namespace sluice::policy
