#include "cache/schema.h"

#include "cache/questions.h"
#include "cache/store_file.h"
#include "tests/unit/cache/store_fixture.h"

#include <vector>

namespace sluice::cache {
namespace {

// The released migrations and one that does not exist yet.
std::vector<Migration> with_next()
{
  std::vector<Migration> list(migrations().begin(), migrations().end());
  list.push_back({list.back().version + 1, "ALTER TABLE runs ADD COLUMN host TEXT NOT NULL DEFAULT 'unknown'"});
  return list;
}

using SchemaTest = tests::StoreTest;

TEST(Migrations, CountUpFromOne)
{
  int expected = 1;
  for (const Migration& migration : migrations()) EXPECT_EQ(migration.version, expected++);
}

TEST_F(SchemaTest, AnOlderStoreIsMigratedAndKeepsWhatItKnows)
{
  record(tests::RunBuilder("r1").passed("t").finish(), {tests::content("a", "1")});
  const StoreFile file = open_store_file(folder(), with_next());
  EXPECT_EQ(file.notice, "");
  EXPECT_EQ(file.database->integer("PRAGMA user_version"), with_next().back().version);
  EXPECT_EQ(file.database->integer("SELECT count(*) FROM runs WHERE host = 'unknown'"), 1);
}

TEST_F(SchemaTest, RunsOfVersionOneAreKeptAndSaidToBeUncounted)
{
  const std::string old = dir_ / "version one";
  std::filesystem::create_directories(old);
  {
    Database database(old + "/store.db");
    migrate(database, migrations().first(1));
    database.execute(
      "INSERT INTO runs (name, started, base, head, tree, exit_code) VALUES ('r1', 5, 'b', 'h', 't', 0)");
  }
  Store store = Store::open(old);
  EXPECT_EQ(store.notice(), "");
  store.conclude(tests::RunBuilder("r2").passed("t").finish(), {});
  const std::vector<RunResult> runs = run_results(store);
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].head, "h");
  EXPECT_FALSE(runs[0].counted);
  EXPECT_FALSE(runs[0].verdict);
  EXPECT_TRUE(runs[1].counted);
}

TEST_F(SchemaTest, MigratingTwiceIsHarmless)
{
  const StoreFile file = open_store_file(folder(), with_next());
  migrate(*file.database, with_next());
  EXPECT_EQ(file.database->integer("PRAGMA user_version"), with_next().back().version);
}

TEST_F(SchemaTest, AMigrationThatFailsChangesNothing)
{
  Database database(folder() + "/store.db");
  std::vector<Migration> list = with_next();
  list.push_back({list.back().version + 1, "ALTER TABLE no_such_table ADD COLUMN x"});
  EXPECT_THROW(migrate(database, list), SqliteError);
  EXPECT_EQ(database.integer("PRAGMA user_version"), migrations().back().version);
  EXPECT_EQ(database.integer("SELECT count(*) FROM pragma_table_info('runs') WHERE name = 'host'"), 0);
}

TEST_F(SchemaTest, ANewerStoreIsSetAsideWholeAndCanBeReadLater)
{
  {
    const StoreFile newer = open_store_file(folder(), with_next());
    newer.database->execute("INSERT INTO runs (name, started, base, head, tree) VALUES ('future', 1, '', '', '')");
  }
  const Store store = Store::open(folder());
  EXPECT_THAT(store.notice(), ::testing::HasSubstr("store.db.newer-"));
  EXPECT_FALSE(store.knows_run("future"));
  for (const std::string& name : files())
    if (name.starts_with("store.db.newer-") && !name.ends_with("-wal") && !name.ends_with("-shm")) {
      EXPECT_EQ(Database(folder() + "/" + name).integer("SELECT count(*) FROM runs WHERE name = 'future'"), 1);
      return;
    }
  FAIL() << "the newer store is gone";
}

TEST_F(SchemaTest, UsesAWriteAheadLog)
{
  Statement mode(store_.handle(), "PRAGMA journal_mode");
  ASSERT_TRUE(mode.step());
  EXPECT_EQ(mode.text(0), "wal");
}

} // namespace
} // namespace sluice::cache
