#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

#include <fstream>
#include <unistd.h>

namespace sluice::tests {

namespace {

using testing::HasSubstr;
using testing::SizeIs;

// A proven project whose files below .sluice are then damaged.
class DamagedState : public testing::Test {
protected:
  void SetUp() override { first_ = project_.run(); }
  std::string store() const { return project_ / ".sluice/store.db"; }
  void overwrite(std::streamoff at, const std::string& bytes) const
  {
    std::fstream file(store(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(at);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  // Everything runs, the verdict is right, and the next run reuses again.
  void expect_recovery()
  {
    const SluiceResult run = project_.run();
    EXPECT_EQ(run.code, 0) << run.out << run.err;
    EXPECT_THAT(run.started, SizeIs(2));
    EXPECT_THAT(project_.run().started, SizeIs(0));
  }
  ShellProject project_;
  SluiceResult first_;
};

TEST_F(DamagedState, AStoreOfGarbageIsSetAside)
{
  std::ofstream(store(), std::ios::trunc) << std::string(8192, 'x');
  EXPECT_THAT(project_.sluice().command({"plan"}).err, HasSubstr("store"));
  expect_recovery();
}

TEST_F(DamagedState, ATruncatedStoreIsSetAside)
{
  std::filesystem::resize_file(store(), 5000);
  expect_recovery();
}

TEST_F(DamagedState, AnEmptyStoreIsANewOne)
{
  std::filesystem::resize_file(store(), 0);
  expect_recovery();
}

TEST_F(DamagedState, AStoreOfANewerSluiceIsSetAside)
{
  overwrite(60, std::string("\0\0\x27\x0f", 4)); // user_version of the SQLite header
  expect_recovery();
}

TEST_F(DamagedState, ADamagedPageNeverMakesARunGreenThatIsRed)
{
  const auto size = std::filesystem::file_size(store());
  for (std::uintmax_t page = 4096; page + 4096 <= size && page < 10 * 4096; page += 4096)
    overwrite(static_cast<std::streamoff>(page), std::string(4096, '\xa5'));
  project_.test("one", "exit 1\n");
  EXPECT_THAT(project_.run().code, testing::AnyOf(1, 5));
}

TEST_F(DamagedState, ALogThatWasCutOffIsRedAndReadable)
{
  const std::string log = first_.folder + "/events.ndjson";
  std::filesystem::resize_file(log, std::filesystem::file_size(log) - 20);
  const SluiceResult report = project_.sluice().command({"report", "latest"});
  EXPECT_EQ(report.code, 1) << "without run_finished there is no verdict";
  EXPECT_THAT(report.err, HasSubstr("1 lines"));
  std::filesystem::remove_all(project_ / ".sluice/store.db");
  EXPECT_EQ(project_.run().code, 0);
}

TEST_F(DamagedState, ALogOfGarbageDoesNotDisturbTheNextRun)
{
  std::filesystem::create_directories(project_ / ".sluice/runs/20200101-000000-0000");
  std::ofstream(project_ / ".sluice/runs/20200101-000000-0000/events.ndjson") << "{{{\n\xff\n{\"v\":99}\n";
  EXPECT_EQ(project_.run().status, "PASSED");
}

TEST_F(DamagedState, AFileInPlaceOfTheFolderIsAnErrorOfTheWorld)
{
  std::filesystem::remove_all(project_ / ".sluice");
  std::ofstream(project_ / ".sluice") << "x";
  const SluiceResult run = project_.run();
  EXPECT_EQ(run.code, 5) << run.out << run.err;
}

TEST_F(DamagedState, AFolderThatCannotBeWrittenIsAnErrorOfTheWorld)
{
  if (::geteuid() == 0) GTEST_SKIP() << "permissions do not bind root";
  std::filesystem::permissions(project_ / ".sluice",
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  EXPECT_EQ(project_.run().code, 5);
  std::filesystem::permissions(project_ / ".sluice", std::filesystem::perms::owner_all);
}

} // namespace

} // namespace sluice::tests
