#include "cache/sqlite.h"

#include <sqlite3.h>

namespace sluice::cache {

namespace {

// A run with many tests writes for a fraction of a second; half a minute means that someone hangs with the lock.
constexpr int k_busy_timeout_ms = 30'000;

SqliteTrouble trouble_of(int code)
{
  switch (code & 0xff) {
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
  case SQLITE_FORMAT:
  // Our own statements are right, so a failing one ("no such table", a broken constraint) means a foreign schema.
  case SQLITE_ERROR:
  case SQLITE_SCHEMA:
  case SQLITE_CONSTRAINT:
  case SQLITE_MISMATCH:
    return SqliteTrouble::damaged;
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return SqliteTrouble::busy;
  default:
    return SqliteTrouble::world;
  }
}

[[noreturn]] void fail(sqlite3* database, int code)
{
  const SqliteTrouble trouble = trouble_of(code);
  const std::string why = database ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  const char* file = database ? sqlite3_db_filename(database, "main") : nullptr;
  const char* next = trouble == SqliteTrouble::busy ? "another process holds its lock; end it and try again"
                                                    : "check the disk and the permissions; the store may be deleted";
  throw SqliteError(trouble, "store " + std::string(file ? file : "") + ": " + why, next);
}

} // namespace

Database::Database(const std::string& path)
{
  // One thread at a time uses a connection, so SQLite's own mutexes are left out.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path.c_str(), &handle_, flags, nullptr);
  if (code == SQLITE_OK) {
    sqlite3_busy_timeout(handle_, k_busy_timeout_ms);
    return;
  }
  const std::string why = handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
  sqlite3_close_v2(handle_);
  throw SqliteError(trouble_of(code), "store " + path + ": " + why, "check that the folder can be written");
}

Database::~Database()
{
  sqlite3_close_v2(handle_);
}

void Database::execute(const char* sql)
{
  if (const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr); code != SQLITE_OK) fail(handle_, code);
}

std::int64_t Database::integer(const char* sql)
{
  Statement statement(handle_, sql);
  return statement.step() ? statement.integer(0) : 0;
}

Statement::Statement(sqlite3* database, std::string_view sql)
{
  const int code = sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement_, nullptr);
  if (code != SQLITE_OK) fail(database, code);
}

Statement::~Statement()
{
  sqlite3_finalize(statement_);
}

void Statement::check(int code) const
{
  if (code != SQLITE_OK) fail(sqlite3_db_handle(statement_), code);
}

Statement& Statement::bind(int parameter, std::int64_t value)
{
  check(sqlite3_bind_int64(statement_, parameter, value));
  return *this;
}

Statement& Statement::bind_text(int parameter, std::string_view text)
{
  // A null pointer would bind NULL; an empty text is a text.
  const char* bytes = text.data() ? text.data() : "";
  check(sqlite3_bind_text64(statement_, parameter, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind_blob(int parameter, std::string_view bytes)
{
  check(sqlite3_bind_blob64(statement_, parameter, bytes.data() ? bytes.data() : "", bytes.size(), SQLITE_STATIC));
  return *this;
}

Statement& Statement::bind_null(int parameter)
{
  check(sqlite3_bind_null(statement_, parameter));
  return *this;
}

bool Statement::step()
{
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) fail(sqlite3_db_handle(statement_), code);
  return false;
}

void Statement::reset()
{
  sqlite3_reset(statement_); // repeats the code of the last step, which was reported there
}

void Statement::run()
{
  while (step()) {
  }
  reset();
}

std::int64_t Statement::integer(int column) const
{
  return sqlite3_column_int64(statement_, column);
}

std::string_view Statement::text(int column) const
{
  return blob(column); // the bytes as stored: names of tests and files need not be UTF-8
}

std::string_view Statement::blob(int column) const
{
  const void* bytes = sqlite3_column_blob(statement_, column); // before the size, as SQLite's manual asks
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return bytes ? std::string_view{static_cast<const char*>(bytes), size} : std::string_view{};
}

bool Statement::is_null(int column) const
{
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Transaction::Transaction(sqlite3* database, Kind kind) : database_(database)
{
  if (sqlite3_get_autocommit(database) == 0) {
    throw SqliteError(SqliteTrouble::world, "the store was written to while it was being read", "report this as a bug");
  }
  // IMMEDIATE takes the write lock at once: a transaction that read first could not be upgraded while another writes.
  const char* begin = kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN";
  if (const int code = sqlite3_exec(database, begin, nullptr, nullptr, nullptr); code != SQLITE_OK) {
    fail(database, code);
  }
}

Transaction::~Transaction()
{
  if (open_) sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit()
{
  if (const int code = sqlite3_exec(database_, "COMMIT", nullptr, nullptr, nullptr); code != SQLITE_OK) {
    fail(database_, code);
  }
  open_ = false;
}

} // namespace sluice::cache
