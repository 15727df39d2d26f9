// The world fails under a lane: never a hang, never a pass by loss.
#include "tests/unit/sandbox/lane_fixture.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>

namespace sluice::sandbox {

namespace {

class LaneFault : public LaneFixture {
protected:
  void SetUp() override
  {
    if (!make_full()) GTEST_SKIP() << "this machine has no full sandboxes";
  }
};

TEST_F(LaneFault, AZygoteThatIsKilledWhileATestRunsLosesTheTestAndNotTheRun)
{
  const ProcessId process = start(script("echo begun; sleep 300"));
  wait_for_output(process, "begun");
  for (const pid_t zygote : zygotes()) ::kill(zygote, SIGKILL);
  const Result result = finish(process);
  EXPECT_TRUE(result.ended->lost);
  EXPECT_EQ(result.ended->signal, SIGKILL);
  EXPECT_EQ(run_script("exit 5").ended->exit_code, 5) << "the lane is made anew";
}

TEST_F(LaneFault, AZygoteThatIsKilledBetweenTestsIsReplaced)
{
  EXPECT_EQ(run_script("exit 1").ended->exit_code, 1);
  for (const pid_t zygote : zygotes()) ::kill(zygote, SIGKILL);
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(run_script("exit 2").ended->exit_code, 2);
}

TEST_F(LaneFault, AStoppedZygoteIsKilledInTheEnd)
{
  const ProcessId process = start(script("echo begun; sleep 300"));
  wait_for_output(process, "begun");
  for (const pid_t zygote : zygotes()) ::kill(zygote, SIGSTOP);
  executor_->end(process, Ending::kill);
  EXPECT_EQ(finish(process).ended->signal, SIGKILL);
  EXPECT_EQ(run_script("exit 2").ended->exit_code, 2);
}

TEST_F(LaneFault, AFullScratchIsNoDisasterForTheNextTest)
{
  executor_.reset();
  spec_.limits.disk = 4 << 20;
  spec_.limits.disk_files = 200;
  make();
  EXPECT_NE(run_script("for i in $(seq 500); do : >/tmp/$i || exit 1; done").ended->exit_code, 0);
  EXPECT_EQ(run_script("test -z \"$(ls -A /tmp | grep -v sluice-test)\" && echo x >/tmp/x").ended->exit_code, 0);
}

TEST_F(LaneFault, WithoutDescriptorsNothingStartsAndNothingHangs)
{
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlimit few{open_descriptors() + 1, before.rlim_max};
  std::filesystem::create_directories(folder_ / "other");
  Command other = script("exit 0");
  other.exchange = folder_ / "other";
  ::setrlimit(RLIMIT_NOFILE, &few);
  const auto started = executor_->start(other);
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_TRUE(std::holds_alternative<StartFailure>(started));
  EXPECT_EQ(run(other).ended->exit_code, 0);
}

TEST_F(LaneFault, AForkThatFailsIsTheTestsOwnProblem)
{
  executor_.reset();
  spec_.limits.processes = 10;
  make();
  const Result result = run_script("for i in $(seq 40); do sleep 300 & done; wait");
  EXPECT_NE(result.ended->exit_code, 0);
  EXPECT_EQ(run_script("exit 0").ended->exit_code, 0);
}

std::vector<std::string> limits_hit(const Ended& ended)
{
  std::vector<std::string> hit;
  for (const Finding& finding : ended.observation ? ended.observation->findings : std::vector<Finding>{})
    if (finding.kind == FindingKind::limit) hit.push_back(finding.detail);
  return hit;
}

std::vector<std::string> groups_of_this_process()
{
  std::vector<std::string> found;
  const std::string prefix = "sluice-" + std::to_string(::getpid()) + "-";
  for (const char* folder : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/pids"})
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      if (entry.path().filename().string().starts_with(prefix)) found.push_back(entry.path());
  return found;
}

TEST_F(LaneFault, ALimitIsBlamedOnTheTestThatRanIntoIt)
{
  executor_.reset();
  spec_.limits.processes = 10;
  if (make().prepare().limits == "resource limits") GTEST_SKIP() << "no control groups are ours to give out";
  const std::string many = "(for i in $(seq 40); do sleep 1 & done) 2>/dev/null; ";
  EXPECT_THAT(limits_hit(*run_script(many + "exit 1").ended), ::testing::ElementsAre("number of processes"));
  run_script(many + "exit 0");
  EXPECT_THAT(limits_hit(*run_script("exit 1").ended), ::testing::IsEmpty());
}

TEST_F(LaneFault, TwoExecutorsHaveTheirOwnLimits)
{
  executor_.reset();
  spec_.limits.processes = 10;
  const std::string kind = make().prepare().limits;
  const auto other = make_sandbox_executor(spec_);
  EXPECT_EQ(other->prepare().limits, kind);
}

TEST_F(LaneFault, ALimitThatTheKernelDoesNotTakeLeavesNoGroup)
{
  if (!std::filesystem::exists("/sys/fs/cgroup/pids")) GTEST_SKIP() << "no control groups of version 1";
  executor_.reset();
  const std::vector<std::string> before = groups_of_this_process();
  spec_.limits.processes = std::uint64_t{1} << 50;
  make().prepare();
  executor_.reset();
  EXPECT_EQ(groups_of_this_process(), before);
}

// What the run is said to have run in is what its first lane had.
TEST_F(LaneFault, ALaterLaneThatCannotCopyATreeStartsNothing)
{
  executor_.reset();
  std::filesystem::create_directories(folder_ / "second");
  spec_.trees.push_back(folder_ / "second");
  if (!make().prepare().losses.empty()) GTEST_SKIP() << "trees are not copied here at all";
  std::filesystem::remove(folder_ / "second");
  folder_.write("second", "no folder any more");
  std::filesystem::create_directories(folder_ / "exchange");
  Command other = script("exit 0");
  other.exchange = folder_ / "exchange";
  EXPECT_THAT(start_failing(other).message, ::testing::HasSubstr("copied"));
}

TEST_F(LaneFault, DeepAndManyRemnantsAreRemovedOrTheLaneIs)
{
  const Result deep = run_script("cd /tmp; for i in $(seq 300); do mkdir d && cd d || exit 1; done");
  EXPECT_EQ(deep.ended->exit_code, 0);
  EXPECT_EQ(run_script("test ! -e /tmp/d").ended->exit_code, 0);
  run_script("cd /tmp; seq 5000 | xargs touch; chmod 0 .");
  EXPECT_EQ(run_script("test $(ls /tmp | wc -l) -le 1 && touch /tmp/x").ended->exit_code, 0);
}

// Sluice is killed: whoever starts it must not find anything of it afterwards.
TEST_F(LaneFault, NothingSurvivesTheStarter)
{
  executor_.reset();
  const std::string mark = folder_ / "begun";
  const pid_t starter = ::fork();
  if (starter == 0) {
    spec_.writable = {folder_ / "tree"};
    spec_.tree_mode = TreeMode::writable;
    make();
    start(script("setsid tail -f $PWD/file.txt & echo x >begun; wait"));
    for (;;) ::pause();
  }
  for (int round = 0; round < 2'000 && folder_.read("tree/begun").empty(); ++round) std::this_thread::sleep_for(5ms);
  ::kill(starter, SIGKILL);
  ::waitpid(starter, nullptr, 0);
  const std::string look = "pgrep -f '[t]ail -f " + folder_ / "tree" + "' >/dev/null";
  bool alive = true;
  for (int round = 0; round < 400 && alive; ++round, std::this_thread::sleep_for(10ms))
    alive = std::system(look.c_str()) == 0;
  EXPECT_FALSE(alive);
}

} // namespace

} // namespace sluice::sandbox
