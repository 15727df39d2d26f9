// Ed25519 keys and signatures (RFC 8032) by OpenSSL. Private keys are PKCS#8 PEM, public keys SubjectPublicKeyInfo PEM,
// as the openssl command reads and writes them. It does not know what is signed.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace sluice::signing {

class SecretKey {
public:
  // Throws Error{configuration} for anything but an Ed25519 key in PEM without a passphrase.
  explicit SecretKey(std::string_view pem);
  ~SecretKey();
  SecretKey(SecretKey&&) noexcept;

  static SecretKey generate();
  std::string pem() const;
  std::string public_pem() const;
  std::string sign(std::string_view bytes) const; // 64 raw bytes

private:
  struct Impl;
  explicit SecretKey(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The name of a public key: SHA-256 of its DER form, hexadecimal. Throws Error{configuration} as above.
std::string key_id(std::string_view public_pem);

// False for a wrong signature and for anything that is none. Throws Error{configuration} for a key that is none.
bool verify(std::string_view public_pem, std::string_view bytes, std::string_view signature);

} // namespace sluice::signing
