// Digests of bytes. SHA-256 for what only Sluice compares, git's blob id where a file must compare with git's index.
// It does not know files; OpenSSL does the work. All throw Error{world} when OpenSSL refuses (a FIPS policy, say).
#pragma once

#include "model/digest.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace sluice::cache {

class Sha256 {
public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void add(std::string_view bytes);
  // Adds the length first, so that neighbouring fields cannot run into each other.
  void add_field(std::string_view bytes);
  // The digest of all that was added; afterwards the object is as new.
  Digest finish();

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

Digest sha256(std::string_view bytes);

// The object id that git gives to a blob (SHA-1 repositories), fed in pieces for files that are too big to hold.
class GitBlob {
public:
  explicit GitBlob(std::uint64_t size);
  ~GitBlob();
  GitBlob(const GitBlob&) = delete;
  GitBlob& operator=(const GitBlob&) = delete;
  void add(std::string_view bytes);
  // nullopt when the bytes added are not as many as announced: the file changed while it was read.
  std::optional<Digest> finish();

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The same for bytes at hand.
Digest git_blob_id(std::string_view bytes);

} // namespace sluice::cache
