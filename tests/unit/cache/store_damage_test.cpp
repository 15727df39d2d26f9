// A store that cannot be used is set aside; nothing is thrown and nothing is proven.
#include "tests/unit/cache/store_fixture.h"

#include <unistd.h>

#include <functional>

namespace sluice::tests {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// A store with a proof, closed, in a folder of its own.
class DamageTest : public ::testing::Test {
protected:
  DamageTest()
  {
    cache::Store store = cache::Store::open(folder());
    RunBuilder run("r1");
    std::vector<InputSet> sets;
    for (int i = 0; i < 2'000; ++i) {
      tests_.push_back(test_case("t" + std::to_string(i)));
      run.passed(tests_.back().id.value);
    }
    store.record(run.finish(), [&](const TestId&) { return &inputs_; });
    store.remember("p", digest("k"), "v");
  }

  std::string folder() const { return dir_ / "store"; }
  std::string file() const { return folder() + "/store.db"; }
  static Digest one(InputKind, const std::string&) { return digest("one"); }

  void overwrite(std::uint64_t from, std::uint64_t size)
  {
    std::fstream out(file(), std::ios::in | std::ios::out | std::ios::binary);
    out.seekp(static_cast<std::streamoff>(from));
    const std::string garbage(size, '\x5a');
    out.write(garbage.data(), static_cast<std::streamsize>(size));
  }

  std::vector<std::string> names() const
  {
    std::vector<std::string> all;
    for (const auto& entry : fs::directory_iterator(folder())) all.push_back(entry.path().filename());
    return all;
  }

  // After the damage: every question is answered, nothing holds, a new run can be recorded, and the old file is there.
  void expect_set_aside()
  {
    cache::Store store = cache::Store::open(folder());
    for (const ProofState& state : store.check(tests_, one)) ASSERT_EQ(state.kind, ProofState::Kind::missing);
    EXPECT_TRUE(store.history().empty());
    EXPECT_FALSE(store.knows_run("r1"));
    EXPECT_FALSE(store.remembered("p", digest("k")));
    EXPECT_THAT(store.notice(), HasSubstr("store.db.damaged-"));
    EXPECT_THAT(store.notice(), Not(HasSubstr("\n")));
    EXPECT_THAT(names(), Contains(StartsWith("store.db.damaged-")));
    store.record(RunBuilder("r2").passed("t0").finish(), [&](const TestId&) { return &inputs_; });
    const cache::Store again = cache::Store::open(folder());
    EXPECT_EQ(again.notice(), "");
    EXPECT_EQ(again.check(std::span(tests_).first(1), one).front().kind, ProofState::Kind::holds);
  }

  TempDir dir_;
  InputSet inputs_{content("a", "one")};
  std::vector<TestCase> tests_;
};

TEST_F(DamageTest, SoundStoreIsKept)
{
  const cache::Store store = cache::Store::open(folder());
  EXPECT_EQ(store.notice(), "");
  for (const ProofState& state : store.check(tests_, one)) ASSERT_EQ(state.kind, ProofState::Kind::holds);
}

TEST_F(DamageTest, Garbage)
{
  std::ofstream(file(), std::ios::binary) << std::string(100'000, 'x');
  expect_set_aside();
}

TEST_F(DamageTest, WrongHeader)
{
  overwrite(0, 16);
  expect_set_aside();
}

TEST_F(DamageTest, Truncated)
{
  fs::resize_file(file(), fs::file_size(file()) / 2 / 4096 * 4096);
  expect_set_aside();
}

TEST_F(DamageTest, TruncatedWithinAPage)
{
  fs::resize_file(file(), 5'000);
  expect_set_aside();
}

TEST_F(DamageTest, AnotherProgramsDatabase)
{
  fs::remove(file());
  cache::Database(file()).execute("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)");
  expect_set_aside();
}

TEST_F(DamageTest, MissingTable)
{
  cache::Database(file()).execute("DROP TABLE evidence; DROP TABLE tests; DROP TABLE runs; DROP TABLE remembered");
  expect_set_aside();
}

TEST_F(DamageTest, FolderInItsPlace)
{
  fs::remove(file());
  fs::create_directory(file());
  expect_set_aside();
}

TEST_F(DamageTest, MalformedPagesAreFoundWhenTheyAreRead)
{
  overwrite(4096, fs::file_size(file()) - 4096); // the schema is intact, no table is
  expect_set_aside();
}

// Whatever page is damaged: answers, never an exception, and no test gets a proof that it did not have.
TEST_F(DamageTest, AnyOnePage)
{
  const std::string sound = dir_.read("store/store.db");
  for (std::uint64_t page = 0; page < sound.size(); page += 4096) {
    std::ofstream(file(), std::ios::binary | std::ios::trunc) << sound;
    overwrite(page, 4096);
    cache::Store store = cache::Store::open(folder());
    const auto other = [](InputKind, const std::string&) { return digest("two"); };
    for (const ProofState& state : store.check(tests_, other)) ASSERT_NE(state.kind, ProofState::Kind::holds) << page;
    store.history();
    store.record(RunBuilder("r2").passed("t0").finish(), [&](const TestId&) { return &inputs_; });
    fs::remove(file() + "-wal");
  }
}

TEST_F(DamageTest, DamageBehindAnOpenStoreIsSetAsideWhenItIsMet)
{
  cache::Store store = cache::Store::open(folder());
  overwrite(4096, fs::file_size(file()) - 4096);
  for (const ProofState& state : store.check(tests_, one)) ASSERT_EQ(state.kind, ProofState::Kind::missing);
  EXPECT_THAT(store.notice(), HasSubstr("store.db.damaged-"));
  store.record(RunBuilder("r2").passed("t0").finish(), [&](const TestId&) { return &inputs_; });
  EXPECT_TRUE(store.knows_run("r2"));
}

TEST_F(DamageTest, ADeletedStoreIsAnEmptyOne)
{
  fs::remove_all(folder());
  const cache::Store store = cache::Store::open(folder());
  EXPECT_EQ(store.notice(), "");
  EXPECT_EQ(store.check(tests_, one).front().kind, ProofState::Kind::missing);
}

TEST_F(DamageTest, AnEmptyFileIsAnEmptyStore)
{
  fs::resize_file(file(), 0);
  EXPECT_EQ(cache::Store::open(folder()).check(tests_, one).front().kind, ProofState::Kind::missing);
}

TEST_F(DamageTest, TheFolderIgnoresItselfInGit)
{
  EXPECT_EQ(dir_.read("store/.gitignore"), "*\n");
}

void expect_world_error(const std::string& folder)
{
  try {
    cache::Store::open(folder);
    FAIL() << "opened";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::world);
    EXPECT_THAT(error.what(), Not(HasSubstr("\n")));
    EXPECT_NE(error.next(), "");
  }
}

TEST_F(DamageTest, AFolderThatCannotBeMadeIsAnError)
{
  expect_world_error(dir_.write("file", "") + "/store");
  expect_world_error("/proc/no-such-folder");
}

// Takes root's right to write everywhere away while it lives.
class AsNobody {
public:
  AsNobody() { EXPECT_EQ(::geteuid() == 0 ? ::seteuid(65'534) : 0, 0); }
  ~AsNobody() { EXPECT_EQ(::seteuid(::getuid()), 0); }
};

TEST_F(DamageTest, AReadOnlyFolderIsAnError)
{
  fs::permissions(dir_.path(), fs::perms::owner_all | fs::perms::others_read | fs::perms::others_exec);
  const auto read_only =
    fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_read | fs::perms::others_exec;
  fs::permissions(folder(), read_only);
  {
    const AsNobody nobody;
    expect_world_error(folder());
  }
  fs::permissions(folder(), fs::perms::owner_all);
  EXPECT_EQ(cache::Store::open(folder()).notice(), "");
}

} // namespace
} // namespace sluice::tests
