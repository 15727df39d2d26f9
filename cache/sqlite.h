// A small RAII layer over SQLite: Database, Statement, Transaction. It knows no table of ours. Every failure is a
// SqliteError, which says whether the file is damaged (the store then sets it aside) or the world failed (the command
// ends). One connection and its statements belong to one thread at a time.
#pragma once

#include "model/error.h"

#include <cstdint>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace sluice::cache {

enum class SqliteTrouble {
  damaged, // not a database, malformed, or without the tables it should have
  busy,    // another process held the lock for longer than we wait
  world,   // disk full, no permission, input/output error
};

class SqliteError : public Error {
public:
  SqliteError(SqliteTrouble trouble, const std::string& what, std::string next)
    : Error(ErrorKind::world, what, std::move(next)), trouble_(trouble)
  {
  }
  SqliteTrouble trouble() const { return trouble_; }

private:
  SqliteTrouble trouble_;
};

class Database {
public:
  // Opens `path` for reading and writing, creating an empty file if there is none. Waits for other processes' locks.
  explicit Database(const std::string& path);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  sqlite3* handle() const { return handle_; }
  void execute(const char* sql);
  std::int64_t integer(const char* sql); // first column of the first row; 0 when there is none

private:
  sqlite3* handle_ = nullptr;
};

// Parameters count from 1, columns from 0, as in SQLite. Bound bytes are not copied: they must live until the
// statement has stepped.
class Statement {
public:
  Statement(sqlite3* database, std::string_view sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(int parameter, std::int64_t value);
  Statement& bind_text(int parameter, std::string_view text);
  Statement& bind_blob(int parameter, std::string_view bytes);
  Statement& bind_null(int parameter);

  bool step();  // true: a row is there
  void reset(); // ready for the next binding; bindings stay
  void run();   // steps to the end and resets

  std::int64_t integer(int column) const;
  std::string_view text(int column) const; // valid until the next step
  std::string_view blob(int column) const; // likewise
  bool is_null(int column) const;

private:
  void check(int code) const;

  sqlite3_stmt* statement_ = nullptr;
};

// Rolled back unless committed.
class Transaction {
public:
  enum class Kind { read, write };
  Transaction(sqlite3* database, Kind kind);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

private:
  sqlite3* database_;
  bool open_ = true;
};

} // namespace sluice::cache
