#include "cache/store_file.h"

#include "cache/fd.h"
#include "cache/sqlite.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>

namespace sluice::cache {

namespace {

namespace fs = std::filesystem;

enum class Aside { damaged, newer };

[[noreturn]] void fail(const std::string& what, int code)
{
  throw Error(ErrorKind::world, fmt::format("{}: {}", what, std::strerror(code)),
              "give write permission for the folder, or name another one");
}

// LOCK_EX while the file is created, migrated or replaced, so that two processes never set the same store aside twice.
// LOCK_SH while it is opened: SQLite names the journal after the path, and whoever has just opened the old file would
// take the journal of the new one for its own, left by a crash, and delete it.
Fd lock(const std::string& directory, int mode)
{
  const std::string path = directory + "/store.lock";
  Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!file) fail("cannot lock " + path, errno);
  while (::flock(file.get(), mode) != 0)
    if (errno != EINTR) fail("cannot lock " + path, errno);
  return file;
}

void write_gitignore(const std::string& directory)
{
  const std::string path = directory + "/.gitignore";
  Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!file && errno == EEXIST) return;
  if (!file || ::write(file.get(), "*\n", 2) != 2) fail("cannot write " + path, errno);
}

void prepare_folder(const std::string& directory)
{
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) fail("cannot make the folder " + directory, error.value());
  write_gitignore(directory);
}

void require_writable(const std::string& directory, const std::string& path)
{
  const auto denied = [](const std::string& name, int mode) {
    return ::faccessat(AT_FDCWD, name.c_str(), mode, AT_EACCESS) != 0;
  };
  if (denied(directory, W_OK | X_OK)) fail("cannot write in " + directory, errno);
  if (denied(path, W_OK) && errno != ENOENT) fail("cannot write " + path, errno);
}

// Renames the file with its log and index. SQLite derives their names from the file's, so the three stay a database.
std::string set_aside(const std::string& path, Aside why)
{
  const char* word = why == Aside::damaged ? "damaged" : "newer";
  const std::string stem = fmt::format("{}.{}-{:%Y%m%dT%H%M%S}", path, word, fmt::gmtime(std::time(nullptr)));
  std::string target = stem;
  for (int i = 2; fs::exists(fs::symlink_status(target)); ++i) target = fmt::format("{}-{}", stem, i);
  if (::rename(path.c_str(), target.c_str()) != 0) fail("cannot set aside " + path, errno);
  for (const char* suffix : {"-wal", "-shm"})
    if (::rename((path + suffix).c_str(), (target + suffix).c_str()) != 0 && errno != ENOENT) {
      fail("cannot set aside " + path + suffix, errno);
    }
  const char* reason = why == Aside::damaged ? "it is damaged" : "a newer version of sluice wrote it";
  return fmt::format("the store was set aside as {}: {}; earlier results are not known, so more tests run",
                     fs::path(target).filename().string(), reason);
}

std::unique_ptr<Database> connect(const std::string& path)
{
  auto database = std::make_unique<Database>(path);
  // NORMAL: a killed process loses nothing, a power cut at most the last runs, and neither damages the file.
  database->execute("PRAGMA synchronous = NORMAL");
  // In KiB: SQLite's own 2 MiB hold a run of few thousand tests; pages beyond are written and read again each time.
  database->execute("PRAGMA cache_size = -12288");
  return database;
}

// nullptr, with `why` set, if the file cannot serve.
std::unique_ptr<Database> connect_sound(const std::string& path, std::span<const Migration> list, Aside& why)
{
  try {
    auto database = connect(path);
    const SchemaState state = schema_state(*database, list);
    why = state == SchemaState::newer ? Aside::newer : Aside::damaged;
    if (state == SchemaState::newer || state == SchemaState::foreign) return nullptr;
    if (state == SchemaState::older) {
      database->execute("PRAGMA journal_mode = WAL");
      migrate(*database, list);
    }
    return database;
  } catch (const SqliteError& error) {
    if (error.trouble() != SqliteTrouble::damaged) throw;
    why = Aside::damaged;
    return nullptr;
  }
}

std::unique_ptr<Database> connect_current(const std::string& path, std::span<const Migration> list)
{
  try {
    auto database = connect(path);
    if (schema_state(*database, list) == SchemaState::current) return database;
  } catch (const SqliteError& error) {
    if (error.trouble() != SqliteTrouble::damaged) throw;
  }
  return nullptr;
}

std::uint64_t inode_of(const std::string& path)
{
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

// With the lock held.
StoreFile open_or_replace(const std::string& path, std::span<const Migration> list)
{
  Aside why = Aside::damaged;
  StoreFile file;
  const bool odd = fs::exists(path) && !fs::is_regular_file(path);
  if (!odd) file.database = connect_sound(path, list, why);
  if (!file.database) {
    file.notice = set_aside(path, why);
    file.database = connect_sound(path, list, why);
  }
  if (!file.database) throw Error(ErrorKind::world, "cannot create the store " + path, "check the disk");
  file.inode = inode_of(path);
  return file;
}

} // namespace

StoreFile open_store_file(const std::string& directory, std::span<const Migration> list)
{
  const std::string path = directory + "/store.db";
  prepare_folder(directory);
  require_writable(directory, path);
  {
    const Fd held = lock(directory, LOCK_SH);
    if (fs::is_regular_file(path))
      if (auto database = connect_current(path, list)) return {std::move(database), {}, inode_of(path)};
  }
  const Fd held = lock(directory, LOCK_EX);
  return open_or_replace(path, list);
}

StoreFile replace_damaged_store(const std::string& directory, StoreFile damaged, std::span<const Migration> list)
{
  const std::string path = directory + "/store.db";
  const Fd held = lock(directory, LOCK_EX);
  damaged.database.reset();
  std::string notice;
  if (inode_of(path) == damaged.inode && damaged.inode != 0) notice = set_aside(path, Aside::damaged);
  StoreFile file = open_or_replace(path, list);
  if (file.notice.empty()) file.notice = std::move(notice);
  return file;
}

} // namespace sluice::cache
