#include "cache/hashing.h"

#include "model/error.h"

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <string>

namespace sluice::cache {

namespace {

void require(int ok)
{
  if (ok != 1) throw Error(ErrorKind::world, "OpenSSL cannot compute a digest", "check the OpenSSL configuration");
}

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, ContextDeleter>;

Context started(const EVP_MD* algorithm)
{
  Context context(EVP_MD_CTX_new());
  require(context ? 1 : 0);
  require(EVP_DigestInit_ex(context.get(), algorithm, nullptr));
  return context;
}

Digest finished(EVP_MD_CTX* context)
{
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned size = 0;
  require(EVP_DigestFinal_ex(context, raw.data(), &size));
  const auto digest = digest_from_bytes({reinterpret_cast<const char*>(raw.data()), size});
  require(digest ? 1 : 0);
  return *digest;
}

} // namespace

// Fields are short: they are gathered, because a call of OpenSSL for each costs more than hashing it.
struct Sha256::Impl {
  static constexpr std::size_t k_gathered = 4096;
  Context context = started(EVP_sha256());
  std::string gathered;

  void pass_on()
  {
    require(EVP_DigestUpdate(context.get(), gathered.data(), gathered.size()));
    gathered.clear();
  }
};

Sha256::Sha256() : impl_(std::make_unique<Impl>()) {}
Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes)
{
  if (impl_->gathered.size() + bytes.size() > Impl::k_gathered) impl_->pass_on();
  if (bytes.size() > Impl::k_gathered) require(EVP_DigestUpdate(impl_->context.get(), bytes.data(), bytes.size()));
  else impl_->gathered.append(bytes);
}

void Sha256::add_field(std::string_view bytes)
{
  std::array<char, 8> length{};
  for (std::size_t i = 0; i < length.size(); ++i)
    length[i] = static_cast<char>(static_cast<std::uint64_t>(bytes.size()) >> (8 * i) & 0xff);
  add({length.data(), length.size()});
  add(bytes);
}

Digest Sha256::finish()
{
  impl_->pass_on();
  const Digest digest = finished(impl_->context.get());
  // Without an algorithm the context keeps the one it has: no second look-up for the next digest.
  require(EVP_DigestInit_ex(impl_->context.get(), nullptr, nullptr));
  return digest;
}

Digest sha256(std::string_view bytes)
{
  thread_local Sha256 hash; // making one costs more than a short digest
  hash.add(bytes);
  return hash.finish();
}

struct GitBlob::Impl {
  Context context = started(EVP_sha1());
  std::uint64_t missing = 0; // bytes that were announced and have not come yet
};

GitBlob::GitBlob(std::uint64_t size) : impl_(std::make_unique<Impl>())
{
  const std::string header = "blob " + std::to_string(size) + '\0';
  require(EVP_DigestUpdate(impl_->context.get(), header.data(), header.size()));
  impl_->missing = size;
}
GitBlob::~GitBlob() = default;

void GitBlob::add(std::string_view bytes)
{
  require(EVP_DigestUpdate(impl_->context.get(), bytes.data(), bytes.size()));
  impl_->missing -= bytes.size();
}

std::optional<Digest> GitBlob::finish()
{
  if (impl_->missing != 0) return std::nullopt;
  return finished(impl_->context.get());
}

Digest git_blob_id(std::string_view bytes)
{
  GitBlob blob(bytes.size());
  blob.add(bytes);
  return *blob.finish();
}

} // namespace sluice::cache
