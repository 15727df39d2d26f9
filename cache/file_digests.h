// Digests of files on disk, remembered by (size, mtime, ctime, inode, device) so that an unchanged file is read once.
// Follows git's racy-timestamp rule: a file that changed shortly before it was hashed (two seconds, for the coarsest
// file systems) is not remembered. It does not know why anyone asks. One thread at a time.
#pragma once

#include "cache/loaded_libraries.h" // the other half of what a native program is
#include "model/digest.h"

#include <memory>
#include <string>
#include <vector>

namespace sluice::cache {

class Store;

enum class DigestOf {
  content, // git's blob id of the bytes; for a symbolic link, of its target text as git does
  loaded,  // native ELF: what the loader maps, without debug sections, build id and the header fields that move with
           // them (cache/loaded_digest.h has the exact rule); symbolic links are followed; any other file: SHA-256 of
           // the bytes
};

class FileDigests {
public:
  // `store` may be null: then nothing is remembered beyond this object.
  explicit FileDigests(Store* store);
  ~FileDigests();

  // Digest of the file at `path` (absolute). The empty digest when it does not exist or is a folder. Pipes, sockets and
  // devices are not read: their kind and number is what they are; nor is what this user may not read: its mode and
  // owner are. A file that keeps changing while it is read, or that the world does not give away (EIO), gets a digest
  // that equals no other. Error{world} when there are no descriptors or no memory left.
  Digest of(const std::string& path, DigestOf what);

  // The same as of(), but the file is looked at only once until look_again(): for questions about one moment.
  Digest once(const std::string& path, DigestOf what);
  void look_again();

  // True if the file at `path` has no content or is not there; looked at once, as once() does for DigestOf::loaded.
  bool is_empty_once(const std::string& path);

  // Writes what was learnt to the store, in one transaction; forgets files that are gone, once a day. Nothing happens
  // when the store is damaged: it is set aside when it is next asked.
  void save();

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace sluice::cache
