// The log of a run and its lock.
#include "cli/records/run_log.h"

#include "tests/support/temp_dir.h"

#include <atomic>
#include <gtest/gtest.h>
#include <optional>
#include <set>
#include <string>
#include <thread>

namespace sluice::cli {
namespace {

// Whoever looks for killed runs takes each lock for a moment, and may come at any.
TEST(RunLogTest, ARunThatLivesIsNeverTakenForAKilledOne)
{
  const tests::TempDir folder;
  std::atomic<bool> done = false;
  std::atomic<int> looks = 0;
  std::string taken;
  std::thread other([&] {
    for (; !done; ++looks)
      for (const FinishedLog& log : finished_logs(folder / ""))
        if (!std::filesystem::exists(folder / (log.id + ".ended"))) taken = log.id;
  });
  for (int run = 0; run < 300; ++run) {
    std::optional<RunLog> log(std::in_place, folder / "");
    for (const int before = looks; looks < before + 2;) std::this_thread::yield();
    folder.write(log->id() + ".ended", "");
    const std::string gone = log->directory();
    log.reset();
    std::filesystem::remove_all(gone);
  }
  done = true;
  other.join();
  EXPECT_EQ(taken, "");
}

// Enough of them that some begin in one millisecond with the same random part.
TEST(RunLogTest, RunsThatBeginTogetherHaveFoldersOfTheirOwn)
{
  const tests::TempDir folder;
  constexpr int k_runs = 4000;
  std::set<std::string> ids;
  for (int run = 0; run < k_runs; ++run) ids.insert(RunLog(folder / "").id());
  EXPECT_EQ(ids.size(), std::size_t{k_runs});
}

} // namespace
} // namespace sluice::cli
