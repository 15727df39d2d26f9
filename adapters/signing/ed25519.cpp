#include "adapters/signing/ed25519.h"

#include "model/digest.h"
#include "model/error.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <vector>

namespace sluice::signing {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

constexpr const char* k_next =
  "check the machine's OpenSSL: it needs Ed25519 and SHA-256, which a FIPS setting may forbid";

[[noreturn]] void refuse(const char* what)
{
  throw Error(ErrorKind::configuration, what, "make a pair of keys: sluice keygen NAME");
}

const unsigned char* bytes_of(std::string_view text)
{
  return reinterpret_cast<const unsigned char*>(text.data());
}

Bio reader(std::string_view text)
{
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free};
}

int no_passphrase(char*, int, int, void*)
{
  return -1; // never ask at a terminal
}

Key public_key(std::string_view pem)
{
  const Bio bio = reader(pem);
  Key key(PEM_read_bio_PUBKEY(bio.get(), nullptr, no_passphrase, nullptr), EVP_PKEY_free);
  if (!key || EVP_PKEY_id(key.get()) != EVP_PKEY_ED25519) refuse("this is no public Ed25519 key in PEM form");
  return key;
}

template <class Write> std::string written(Write write)
{
  const Bio bio(BIO_new(BIO_s_mem()), BIO_free);
  if (!bio || write(bio.get()) != 1) throw Error(ErrorKind::world, "OpenSSL cannot write a key", k_next);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

} // namespace

struct SecretKey::Impl {
  Key key{nullptr, EVP_PKEY_free};
};

SecretKey::SecretKey(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SecretKey::~SecretKey() = default;
SecretKey::SecretKey(SecretKey&&) noexcept = default;

SecretKey::SecretKey(std::string_view pem) : impl_(std::make_unique<Impl>())
{
  const Bio bio = reader(pem);
  impl_->key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (!impl_->key || EVP_PKEY_id(impl_->key.get()) != EVP_PKEY_ED25519)
    refuse("this is no private Ed25519 key in PEM form");
}

SecretKey SecretKey::generate()
{
  auto impl = std::make_unique<Impl>();
  impl->key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (!impl->key) throw Error(ErrorKind::world, "OpenSSL cannot make an Ed25519 key", k_next);
  return SecretKey(std::move(impl));
}

std::string SecretKey::pem() const
{
  return written(
    [&](BIO* bio) { return PEM_write_bio_PrivateKey(bio, impl_->key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
}

std::string SecretKey::public_pem() const
{
  return written([&](BIO* bio) { return PEM_write_bio_PUBKEY(bio, impl_->key.get()); });
}

std::string SecretKey::sign(std::string_view bytes) const
{
  const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::array<unsigned char, 64> signature{};
  std::size_t size = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, impl_->key.get()) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, bytes_of(bytes), bytes.size()) != 1)
    throw Error(ErrorKind::world, "OpenSSL cannot sign", k_next);
  return {reinterpret_cast<const char*>(signature.data()), size};
}

std::string key_id(std::string_view public_pem)
{
  const Key key = public_key(public_pem);
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key.get(), &der);
  if (size <= 0) throw Error(ErrorKind::world, "OpenSSL cannot write a key", k_next);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int digest_size = 0;
  const int ok = EVP_Digest(der, static_cast<std::size_t>(size), digest.data(), &digest_size, EVP_sha256(), nullptr);
  OPENSSL_free(der);
  if (ok != 1) throw Error(ErrorKind::world, "OpenSSL cannot digest a key", k_next);
  return to_hex(*digest_from_bytes({reinterpret_cast<const char*>(digest.data()), digest_size}));
}

bool verify(std::string_view public_pem, std::string_view bytes, std::string_view signature)
{
  const Key key = public_key(public_pem);
  const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (!context || EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1)
    throw Error(ErrorKind::world, "OpenSSL cannot verify", k_next);
  return EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(bytes), bytes.size()) == 1;
}

} // namespace sluice::signing
