#include "cache/schema.h"

#include "cache/sqlite.h"

#include <array>
#include <string>

namespace sluice::cache {

namespace {

// Times are microseconds since the epoch (UTC), durations microseconds, digests raw bytes.
constexpr const char* k_version_1 = R"sql(
CREATE TABLE runs (
  id            INTEGER PRIMARY KEY,    -- order of recording
  name          TEXT NOT NULL UNIQUE,   -- "20261121-234500-1a2b"
  started       INTEGER NOT NULL,
  base          TEXT NOT NULL,
  head          TEXT NOT NULL,
  tree          TEXT NOT NULL,          -- empty if the working tree was dirty
  exit_code     INTEGER                 -- NULL: the run was cut off
) STRICT;

CREATE TABLE tests (
  id            INTEGER PRIMARY KEY,
  name          TEXT NOT NULL UNIQUE,
  last_outcome  INTEGER NOT NULL,
  last_run      INTEGER NOT NULL,
  last_at       INTEGER NOT NULL,
  expected      INTEGER NOT NULL,       -- weighted mean of durations; 0: it never passed
  void_before   INTEGER NOT NULL        -- a pass at or before this moment proves nothing
) STRICT;

CREATE TABLE outcomes (
  run           INTEGER NOT NULL,
  test          INTEGER NOT NULL,
  outcome       INTEGER NOT NULL,
  attempts      INTEGER NOT NULL,
  duration      INTEGER NOT NULL,       -- of the first attempt
  PRIMARY KEY (run, test)
) STRICT, WITHOUT ROWID;

CREATE TABLE inputs (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  name          TEXT NOT NULL,
  kind          INTEGER NOT NULL,
  digest        BLOB NOT NULL,          -- empty: absent
  versions_of   INTEGER NOT NULL,       -- id of the first input of this name and kind; 0: it is the only one so far
  UNIQUE (name, kind, digest)
) STRICT;

CREATE TABLE input_sets (
  id            INTEGER PRIMARY KEY,
  digest        BLOB NOT NULL UNIQUE,
  members       BLOB NOT NULL           -- ids of inputs, ascending, as differences in LEB128
) STRICT;

CREATE TABLE evidence (
  test          INTEGER NOT NULL,
  verdict       INTEGER NOT NULL,       -- 1 passed (a proof), 0 red
  identity      BLOB NOT NULL,          -- of the whole input set
  definition    BLOB,                   -- digest of the test's own definition, if it is an input
  input_set     INTEGER NOT NULL,       -- all other inputs
  run           INTEGER NOT NULL,
  at            INTEGER NOT NULL,
  duration      INTEGER NOT NULL,
  PRIMARY KEY (test, verdict, identity)
) STRICT, WITHOUT ROWID;

CREATE TABLE file_digests (
  path          TEXT NOT NULL,
  what          INTEGER NOT NULL,       -- 0 content, 1 loaded
  device        INTEGER NOT NULL,
  inode         INTEGER NOT NULL,
  size          INTEGER NOT NULL,
  modified      INTEGER NOT NULL,       -- nanoseconds since the epoch
  changed       INTEGER NOT NULL,       -- likewise (ctime)
  digest        BLOB NOT NULL,
  PRIMARY KEY (path, what)
) STRICT, WITHOUT ROWID;

CREATE TABLE remembered (
  id            INTEGER PRIMARY KEY,    -- oldest first
  purpose       TEXT NOT NULL,
  key           BLOB NOT NULL,
  value         BLOB NOT NULL,
  UNIQUE (purpose, key)
) STRICT;

CREATE TABLE numbers (                  -- single values: see docs/formats/store.md
  name          TEXT PRIMARY KEY,
  value         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

// What runs came to, for as long as the store lives: the folders of runs are removed long before.
constexpr const char* k_version_2 = R"sql(
ALTER TABLE runs ADD COLUMN status     INTEGER; -- 0 passed, 1 failed, 2 refused, 3 overridden; NULL: cut off
ALTER TABLE runs ADD COLUMN authorship INTEGER; -- 0 ai, 1 ai_assisted, 2 human, 3 undeclared; NULL: not asked
ALTER TABLE runs ADD COLUMN selected   INTEGER; -- tests; these four are NULL in rows of version 1
ALTER TABLE runs ADD COLUMN reused     INTEGER;
ALTER TABLE runs ADD COLUMN spent      INTEGER; -- by tests that were executed
ALTER TABLE runs ADD COLUMN saved      INTEGER; -- that the reused ones took when they were proven

-- Red is little among much: flaky tests are told from it without reading every outcome.
CREATE INDEX outcomes_red ON outcomes (test) WHERE outcome NOT IN (0, 4);
CREATE INDEX runs_tree ON runs (tree);

CREATE TABLE widened (
  run           INTEGER NOT NULL,
  cause         TEXT NOT NULL,          -- word of docs/formats/plan.md
  subject       TEXT NOT NULL,          -- the file
  mend          TEXT NOT NULL,
  PRIMARY KEY (run, cause, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE suite_runs (
  suite         TEXT NOT NULL,          -- name in the policy of the base
  run           INTEGER NOT NULL,
  tests         INTEGER NOT NULL,
  executed      INTEGER NOT NULL,
  reused        INTEGER NOT NULL,
  red           INTEGER NOT NULL,
  PRIMARY KEY (suite, run)
) STRICT, WITHOUT ROWID;
)sql";

constexpr std::array<Migration, 2> k_migrations{{{1, k_version_1}, {2, k_version_2}}};

} // namespace

std::span<const Migration> migrations()
{
  return k_migrations;
}

SchemaState schema_state(Database& database, std::span<const Migration> list)
{
  const std::int64_t application = database.integer("PRAGMA application_id");
  const std::int64_t version = database.integer("PRAGMA user_version");
  const bool empty = database.integer("SELECT count(*) FROM sqlite_schema") == 0;
  if (application != k_application_id) return empty && version == 0 ? SchemaState::older : SchemaState::foreign;
  if (version > list.back().version) return SchemaState::newer;
  return version == list.back().version ? SchemaState::current : SchemaState::older;
}

void migrate(Database& database, std::span<const Migration> list)
{
  Transaction transaction(database.handle(), Transaction::Kind::write);
  const std::int64_t version = database.integer("PRAGMA user_version");
  for (const Migration& migration : list)
    if (migration.version > version) database.execute(migration.sql);
  if (version < list.back().version) {
    database.execute(("PRAGMA application_id = " + std::to_string(k_application_id)).c_str());
    database.execute(("PRAGMA user_version = " + std::to_string(list.back().version)).c_str());
  }
  transaction.commit();
}

} // namespace sluice::cache
