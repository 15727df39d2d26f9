// The tables of the store, as a list of migrations. A new version is a new entry at the end of the list and a line in
// docs/formats/store.md; an entry that was released is never edited. It does not know files or who reads the tables.
#pragma once

#include <cstdint>
#include <span>

namespace sluice::cache {

class Database;

// In SQLite's header: tells our file from any other SQLite database.
inline constexpr std::int64_t k_application_id = 0x534c4345; // "SLCE"

struct Migration {
  int version; // that the file has afterwards; one more than the entry before
  const char* sql;
};

// Every migration since the first version, in order.
std::span<const Migration> migrations();

enum class SchemaState {
  current, // the file has the newest version
  older,   // it has an earlier version, or is empty
  newer,   // it was written by a later Sluice
  foreign, // it is a database of something else
};

// Reads two header fields. SqliteError{damaged} when this is no database at all.
SchemaState schema_state(Database& database, std::span<const Migration> list);

// Brings an older file to the newest version, in one transaction. Harmless when another process was faster.
void migrate(Database& database, std::span<const Migration> list);

} // namespace sluice::cache
