#include "adapters/signing/ssh_key.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <utility>

namespace sluice::signing {

namespace {

std::string base64(std::string_view bytes)
{
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size =
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                    static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::optional<std::string> from_base64(std::string_view text)
{
  constexpr std::size_t k_longest = 1 << 20;
  if (text.empty() || text.size() % 4 != 0 || text.size() > k_longest) return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

// The wire format of RFC 4251: lengths of four bytes, the greatest first.
class Wire {
public:
  explicit Wire(std::string_view bytes) : rest_(bytes) {}

  std::optional<std::string_view> take(std::size_t size)
  {
    if (rest_.size() < size) return std::nullopt;
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  std::optional<std::string_view> string()
  {
    const auto length = take(4);
    if (!length) return std::nullopt;
    std::uint32_t size = 0;
    for (const char c : *length) size = size << 8 | static_cast<unsigned char>(c);
    return take(size);
  }
  bool at_end() const { return rest_.empty(); }

private:
  std::string_view rest_;
};

void put_string(std::string_view text, std::string& bytes)
{
  const auto size = static_cast<std::uint32_t>(text.size());
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(size >> shift & 0xff);
  bytes += text;
}

constexpr std::string_view k_certificate = "-cert-v01@openssh.com";

// So many strings of a certificate are the key.
std::optional<std::size_t> parts_of_key(std::string_view type)
{
  constexpr std::array<std::pair<std::string_view, std::size_t>, 5> parts{
    {{"ssh-ed25519", 1}, {"ssh-rsa", 2}, {"ecdsa-sha2-", 2}, {"sk-ssh-ed25519", 2}, {"sk-ecdsa-sha2-", 3}}};
  for (const auto& [start, count] : parts)
    if (type.starts_with(start)) return count;
  return std::nullopt;
}

std::optional<SignatureKey> key_of_certificate(std::string_view type, Wire wire)
{
  const auto count = parts_of_key(type);
  if (!count || !wire.string()) return std::nullopt; // a nonce
  std::string plain(type.substr(0, type.size() - k_certificate.size()));
  if (plain.starts_with("sk-")) plain += "@openssh.com";
  std::string bytes;
  put_string(plain, bytes);
  for (std::size_t i = 0; i < *count; ++i) {
    const auto part = wire.string();
    if (!part) return std::nullopt;
    put_string(*part, bytes);
  }
  constexpr std::size_t k_serial_and_type = 12;
  if (!wire.take(k_serial_and_type) || !wire.string()) return std::nullopt; // and the certificate's id
  const auto names = wire.string();
  if (!names) return std::nullopt;
  SignatureKey key{base64(bytes), {}};
  for (Wire list(*names); !list.at_end();) {
    const auto name = list.string();
    if (!name) return std::nullopt;
    key.principals.emplace_back(*name);
  }
  return key;
}

std::string_view first_line(std::string_view& text)
{
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// Up to a blank outside of quotes; the quotes are taken off.
std::string next_word(std::string_view& text)
{
  constexpr std::string_view k_blanks = " \t\r";
  text.remove_prefix(std::min(text.find_first_not_of(k_blanks), text.size()));
  std::string word;
  bool quoted = false;
  std::size_t at = 0;
  for (; at < text.size() && (quoted || k_blanks.find(text[at]) == std::string_view::npos); ++at) {
    if (text[at] == '"') quoted = !quoted;
    else word += text[at];
  }
  text.remove_prefix(at);
  return word;
}

std::string lower(std::string text)
{
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

} // namespace

std::optional<SignatureKey> key_of_signature(std::string_view armoured)
{
  constexpr std::string_view k_begin = "-----BEGIN SSH SIGNATURE-----", k_end = "-----END SSH SIGNATURE-----";
  constexpr std::string_view k_magic = "SSHSIG";
  constexpr std::size_t k_version = 4;
  if (!armoured.starts_with(k_begin)) return std::nullopt;
  armoured.remove_prefix(k_begin.size());
  std::string text(armoured.substr(0, armoured.find(k_end)));
  std::erase_if(text, [](unsigned char c) { return std::isspace(c) != 0; });
  const auto bytes = from_base64(text);
  if (!bytes) return std::nullopt;
  Wire wire(*bytes);
  if (wire.take(k_magic.size()) != k_magic || !wire.take(k_version)) return std::nullopt;
  const auto key = wire.string();
  if (!key) return std::nullopt;
  Wire parts(*key);
  const auto type = parts.string();
  if (!type) return std::nullopt;
  if (type->ends_with(k_certificate)) return key_of_certificate(*type, parts);
  return SignatureKey{base64(*key), {}};
}

std::vector<AllowedSigner> allowed_signers(std::string_view text)
{
  std::vector<AllowedSigner> signers;
  while (!text.empty()) {
    std::string_view line = first_line(text);
    std::string names = next_word(line);
    if (names.empty() || names.starts_with("#")) continue;
    AllowedSigner signer;
    for (std::string_view rest = names; !rest.empty();) {
      const std::size_t end = std::min(rest.find(','), rest.size());
      // "!name" takes a name out of a pattern; it names nobody.
      if (end > 0 && rest.front() != '!') signer.principals.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    std::string word = next_word(line);
    const auto is_type = [&] {
      return word.starts_with("ssh-") || word.starts_with("ecdsa-") || word.starts_with("sk-");
    };
    if (!is_type()) {
      signer.authority = lower(word).find("cert-authority") != std::string::npos;
      word = next_word(line);
    }
    signer.key = next_word(line);
    if (is_type() && !signer.key.empty()) signers.push_back(std::move(signer));
  }
  return signers;
}

} // namespace sluice::signing
