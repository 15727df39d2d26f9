// Lanes with the fast path: who gets it, that walls and clean-up are the same with it, what the next test finds.
#include "tests/unit/sandbox/lane_fixture.h"

#include "runner/sandbox/fast_path/fast_protocol.h"

#include <gmock/gmock.h>

namespace sluice::sandbox {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class FastLane : public LaneFixture {
protected:
  void SetUp() override
  {
    for (int i = 0; i < 60; ++i) folder_.write("tree/many/" + std::to_string(i), "");
    spec_.observe = spec_.fast_paths = true;
    const SandboxState& state = make().prepare();
    if (!state.fast_paths) GTEST_SKIP() << "no fast path on this machine (observation, or a kernel before 5.14)";
  }

  // Two at once would not know whose the signals are.
  SandboxExecutor& make_again()
  {
    executor_.reset();
    return make();
  }

  // Without what depends on the process: its number, and what the loader is told.
  static std::vector<std::string> names(const Observation& seen)
  {
    std::vector<std::string> all{"incomplete: " + seen.incomplete};
    const std::pair<const char*, const std::vector<std::string>*> lists[] = {
      {"read ", &seen.read},     {"looked ", &seen.looked}, {"link ", &seen.links},
      {"absent ", &seen.absent}, {"listed ", &seen.listed}, {"written ", &seen.written}};
    for (const auto& [kind, list] : lists)
      for (const std::string& name : *list) all.push_back(kind + name);
    return all;
  }

  static constexpr const char* k_many =
    "ls -l many >/dev/null; ls -l missing; echo x >made; cat made file.txt; rm made; "
    "echo $LD_PRELOAD";
};

TEST_F(FastLane, AProgramGetsItWhileItPays)
{
  EXPECT_THAT(run_script("echo $LD_PRELOAD").output, HasSubstr(k_fast_library)) << "nothing is known of it";
  const Result before = run_script(k_many);
  EXPECT_THAT(before.output, Not(HasSubstr(k_fast_library))) << "it made few calls";
  const Result after = run_script(k_many);
  EXPECT_THAT(after.output, HasSubstr(k_fast_library)) << "it made many";
  ASSERT_TRUE(before.ended->observation && after.ended->observation);
  EXPECT_EQ(names(*after.ended->observation), names(*before.ended->observation));
  EXPECT_EQ(after.ended->observation->incomplete, "");
}

TEST_F(FastLane, ALibraryOfTheTestsOwnIsKept)
{
  run_script(k_many);
  Command own = script("echo $LD_PRELOAD");
  own.environment.push_back("LD_PRELOAD=libm.so.6");
  EXPECT_EQ(run(own).output, "libm.so.6\n");
}

TEST_F(FastLane, WhatOneTestLeavesInTheMemoryTheNextDoesNotFind)
{
  spec_.fast_paths_always = true;
  const std::string caller = SLUICE_FAST_CALLER;
  spec_.shown.push_back(std::filesystem::path(caller).parent_path());
  make_again();
  const auto look = [&](const char* how) {
    Command made = command({caller, how});
    made.working_directory = folder_ / "tree";
    return run(made);
  };
  folder_.write("tree/file", "x\n");
  EXPECT_THAT(look("text").ended->observation->incomplete, HasSubstr("fast path"));
  const Result next = look("look");
  EXPECT_EQ(next.ended->observation->incomplete, "");
  EXPECT_THAT(next.ended->observation->read, ::testing::Contains(folder_ / "tree/file"));
  EXPECT_THAT(next.ended->observation->absent, ::testing::Contains(folder_ / "tree/missing"));
}

TEST_F(FastLane, ItWorksWithoutNamespaces)
{
  spec_.most = SandboxLevel::bare;
  spec_.fast_paths_always = true;
  ASSERT_EQ(make_again().prepare().level, SandboxLevel::bare);
  const Result result = run_script("ls -l many >/dev/null; echo $LD_PRELOAD; cat missing");
  EXPECT_THAT(result.output, HasSubstr(k_fast_library));
  EXPECT_EQ(result.ended->observation->incomplete, "");
  EXPECT_THAT(result.ended->observation->absent, ::testing::Contains(folder_ / "tree/missing"));
  EXPECT_THAT(result.ended->observation->looked, ::testing::Contains(folder_ / "tree/many/7"));
}

TEST_F(FastLane, NothingOfItIsThereUnlessItIsWanted)
{
  spec_.fast_paths = false;
  spec_.fast_paths_always = true;
  EXPECT_FALSE(make_again().prepare().fast_paths);
  EXPECT_EQ(run_script("echo $LD_PRELOAD").output, "\n");
}

} // namespace
} // namespace sluice::sandbox
