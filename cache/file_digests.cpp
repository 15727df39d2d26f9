#include "cache/file_digests.h"

#include "cache/fd.h"
#include "cache/file_reader.h"
#include "cache/hashing.h"
#include "cache/loaded_digest.h"
#include "cache/sqlite.h"
#include "cache/store.h"
#include "model/error.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <unordered_map>

namespace sluice::cache {

namespace {

// A file is remembered only if its timestamps were this old when reading began: any later change then gets another
// timestamp, even on file systems that count in steps of two seconds.
constexpr std::int64_t k_racy_nanoseconds = 2'000'000'000;

// A file that keeps changing while it is read is given up on after this many readings.
constexpr int k_readings = 3;

// What tells that a file is still the one that was read.
struct Stamp {
  std::int64_t device = 0;
  std::int64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t modified = 0;
  std::int64_t changed = 0;
  friend bool operator==(const Stamp&, const Stamp&) = default;
};

struct Remembered {
  Stamp stamp;
  Digest digest;
  bool stored = false; // as the store has it
  bool asked = false;  // by this object's user
  int look = 0;        // the last look at the file, see Impl::look
};

std::int64_t nanoseconds(const timespec& time)
{
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

Stamp stamp_of(const struct stat& status)
{
  return {static_cast<std::int64_t>(status.st_dev), static_cast<std::int64_t>(status.st_ino), status.st_size,
          nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
}

std::int64_t now()
{
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  return nanoseconds(time);
}

bool is_nothing_there(int code)
{
  return code == ENOENT || code == ENOTDIR || code == ELOOP || code == ENAMETOOLONG;
}

// For what cannot be read to its end, or changed each time while it was. It equals no other digest: nothing may rest on
// it.
Digest passing_digest(const std::string& path, const Stamp& stamp)
{
  Sha256 hash;
  hash.add_field("sluice changing file");
  hash.add_field(path);
  hash.add_field(std::to_string(stamp.changed));
  hash.add_field(std::to_string(now()));
  return hash.finish();
}

// What we may not read, a test of ours may not either: to it the file is what its mode and owner make of it.
Digest unreadable_digest(const std::string& path, int code)
{
  if (code == EMFILE || code == ENFILE || code == ENOMEM)
    throw Error(ErrorKind::world, "cannot read " + path + ": " + std::strerror(code), "free some of it");
  if (code != EACCES && code != EPERM) return passing_digest(path, {});
  Sha256 hash;
  hash.add_field("sluice unreadable file");
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0)
    for (const auto number : {status.st_mode, status.st_uid, status.st_gid}) hash.add_field(std::to_string(number));
  return hash.finish();
}

Digest link_digest(const std::string& path)
{
  std::string target(256, '\0');
  for (;;) {
    const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
    if (size < 0) return is_nothing_there(errno) ? Digest{} : unreadable_digest(path, errno);
    if (static_cast<std::size_t>(size) < target.size()) {
      return git_blob_id({target.data(), static_cast<std::size_t>(size)});
    }
    target.resize(target.size() * 2);
  }
}

// Reading a pipe or a device would block or never end: such a file is what its kind and number say.
Digest special_digest(const struct stat& status)
{
  Sha256 hash;
  hash.add_field("sluice special file");
  hash.add_field(std::to_string(status.st_mode & S_IFMT));
  hash.add_field(std::to_string(status.st_rdev));
  return hash.finish();
}

std::optional<Digest> content_digest(FileReader& reader, std::uint64_t size)
{
  GitBlob blob(size);
  if (!reader.read(0, size, [&](std::uint64_t, const char* bytes, std::size_t count) { blob.add({bytes, count}); })) {
    return std::nullopt;
  }
  return blob.finish();
}

std::optional<Digest> whole_digest(FileReader& reader, std::uint64_t size)
{
  Sha256 hash;
  if (!reader.read(0, size, [&](std::uint64_t, const char* bytes, std::size_t count) { hash.add({bytes, count}); })) {
    return std::nullopt;
  }
  return hash.finish();
}

struct Reading {
  std::optional<Digest> digest; // nullopt: it shrank meanwhile, or something else took its place
  Stamp stamp;
  bool stable = false; // the stamp was the same before and after
  int refused = 0;     // error number: it cannot be opened
};

Reading read_file(const std::string& path, DigestOf what)
{
  Reading reading;
  // Not blocking: should a pipe have taken the file's place since we looked, opening it must not hang.
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) reading.refused = errno;
  if (reading.refused != 0 || !S_ISREG(status.st_mode)) return reading;
  reading.stamp = stamp_of(status);
  FileReader reader(file.get());
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (what == DigestOf::loaded) reading.digest = loaded_digest(reader, size);
  if (!reading.digest)
    reading.digest = what == DigestOf::loaded ? whole_digest(reader, size) : content_digest(reader, size);
  reading.stable = ::fstat(file.get(), &status) == 0 && stamp_of(status) == reading.stamp;
  return reading;
}

std::int64_t day_of(std::int64_t time)
{
  return time / 1'000'000'000 / 86'400;
}

std::int64_t pruned_on(sqlite3* database)
{
  Statement last(database, "SELECT value FROM numbers WHERE name = 'digests_pruned'");
  return last.step() ? last.integer(0) : 0;
}

} // namespace

struct FileDigests::Impl {
  Store* store = nullptr;
  bool read = false; // the store's rows are in `files`
  std::unordered_map<std::string, Remembered> files;
  std::string key;
  int look = 1; // counts look_again()

  void read_store();
  Digest measure(const std::string& path, DigestOf what); // `key` names both
  const Remembered* seen(const std::string& path, DigestOf what);
  bool saved() const
  {
    return std::all_of(files.begin(), files.end(), [](const auto& entry) { return entry.second.stored; });
  }
  void write_changes(sqlite3* database);
  void prune(sqlite3* database);
};

FileDigests::FileDigests(Store* store) : impl_(std::make_unique<Impl>())
{
  impl_->store = store;
}
FileDigests::~FileDigests() = default;

void FileDigests::Impl::read_store()
{
  read = true;
  if (!store) return;
  try {
    Statement rows(store->handle(), "SELECT what, path, device, inode, size, modified, changed, digest "
                                    "FROM file_digests");
    while (rows.step()) {
      const auto digest = digest_from_bytes(rows.blob(7));
      if (!digest || digest->absent()) continue;
      key.assign(1, rows.integer(0) == 0 ? 'c' : 'l').append(rows.text(1));
      const Stamp stamp{rows.integer(2), rows.integer(3), rows.integer(4), rows.integer(5), rows.integer(6)};
      files[key] = {stamp, *digest, true, false, 0};
    }
  } catch (const SqliteError& error) {
    if (error.trouble() != SqliteTrouble::damaged) throw;
    files.clear(); // the store sets itself aside when it is next asked; until then every file is read
  }
}

Digest FileDigests::of(const std::string& path, DigestOf what)
{
  if (!impl_->read) impl_->read_store();
  struct stat status {};
  if ((what == DigestOf::content ? ::lstat(path.c_str(), &status) : ::stat(path.c_str(), &status)) != 0)
    return is_nothing_there(errno) ? Digest{} : unreadable_digest(path, errno);
  if (S_ISDIR(status.st_mode)) return {};
  if (!S_ISREG(status.st_mode) && !S_ISLNK(status.st_mode)) return special_digest(status);
  impl_->key.assign(1, what == DigestOf::content ? 'c' : 'l').append(path);
  const auto found = impl_->files.find(impl_->key);
  if (found != impl_->files.end()) {
    found->second.asked = true;
    found->second.look = 0;
    if (found->second.stamp == stamp_of(status)) {
      found->second.look = impl_->look;
      return found->second.digest;
    }
  }
  if (S_ISLNK(status.st_mode)) return link_digest(path);
  return impl_->measure(path, what);
}

Digest FileDigests::once(const std::string& path, DigestOf what)
{
  const Remembered* file = impl_->seen(path, what);
  return file ? file->digest : of(path, what);
}

bool FileDigests::is_empty_once(const std::string& path)
{
  if (const Remembered* file = impl_->seen(path, DigestOf::loaded)) return file->stamp.size == 0;
  struct stat status {};
  return ::stat(path.c_str(), &status) != 0 || status.st_size == 0;
}

void FileDigests::look_again()
{
  ++impl_->look;
}

// The file if it has been looked at since look_again().
const Remembered* FileDigests::Impl::seen(const std::string& path, DigestOf what)
{
  key.assign(1, what == DigestOf::content ? 'c' : 'l').append(path);
  const auto found = files.find(key);
  return found != files.end() && found->second.look == look ? &found->second : nullptr;
}

Digest FileDigests::Impl::measure(const std::string& path, DigestOf what)
{
  Reading reading;
  for (int i = 0; i < k_readings; ++i) {
    const std::int64_t begun = now();
    reading = read_file(path, what);
    if (reading.refused != 0)
      return is_nothing_there(reading.refused) ? Digest{} : unreadable_digest(path, reading.refused);
    if (!reading.stable || !reading.digest) continue;
    const std::int64_t newest = std::max(reading.stamp.modified, reading.stamp.changed);
    if (newest <= begun - k_racy_nanoseconds) files[key] = {reading.stamp, *reading.digest, false, true, look};
    return *reading.digest;
  }
  return passing_digest(path, reading.stamp);
}

void FileDigests::save()
{
  if (!impl_->store || !impl_->read) return;
  try {
    sqlite3* database = impl_->store->handle();
    if (impl_->saved() && pruned_on(database) == day_of(now())) return; // the write lock is not taken for nothing
    Transaction transaction(database, Transaction::Kind::write);
    impl_->write_changes(database);
    impl_->prune(database);
    transaction.commit();
  } catch (const SqliteError& error) {
    if (error.trouble() != SqliteTrouble::damaged) throw;
    return;
  }
  for (auto& [path, file] : impl_->files) file.stored = true;
}

void FileDigests::Impl::write_changes(sqlite3* database)
{
  Statement put(database, "INSERT OR REPLACE INTO file_digests "
                          "(what, path, device, inode, size, modified, changed, digest) "
                          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
  for (const auto& [path, file] : files) {
    if (file.stored) continue;
    put.bind(1, path[0] == 'c' ? 0 : 1).bind_text(2, std::string_view(path).substr(1));
    put.bind(3, file.stamp.device).bind(4, file.stamp.inode).bind(5, file.stamp.size);
    put.bind(6, file.stamp.modified).bind(7, file.stamp.changed).bind_blob(8, file.digest.view()).run();
  }
}

// Once a day: files that nobody asked for and that are gone are forgotten.
void FileDigests::Impl::prune(sqlite3* database)
{
  const std::int64_t today = day_of(now());
  if (pruned_on(database) == today) return;
  Statement drop(database, "DELETE FROM file_digests WHERE what = ?1 AND path = ?2");
  std::erase_if(files, [&](const auto& entry) {
    const auto& [path, file] = entry;
    struct stat status {};
    if (file.asked || ::lstat(path.c_str() + 1, &status) == 0) return false;
    drop.bind(1, path[0] == 'c' ? 0 : 1).bind_text(2, std::string_view(path).substr(1)).run();
    return true;
  });
  Statement mark(database, "INSERT OR REPLACE INTO numbers (name, value) VALUES ('digests_pruned', ?1)");
  mark.bind(1, today).run();
}

} // namespace sluice::cache
