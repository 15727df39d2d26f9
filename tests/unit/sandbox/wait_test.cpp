// What wait() tells, in which order, and when it returns.
#include "tests/support/memory_growth.h"
#include "tests/unit/sandbox/executor_fixture.h"

#include <fcntl.h>
#include <sys/resource.h>

namespace sluice::sandbox {
namespace {

using ExecutorWait = ExecutorFixture;

TEST_F(ExecutorWait, ReturnsWhenTheTimeHasPassed)
{
  const ProcessId process = start(shell("sleep 1000"));
  hear(10ms);
  EXPECT_FALSE(results_[process].ended);
  executor_->end(process, Ending::kill);
  finish(process);
}

TEST_F(ExecutorWait, TellsAllOutputBeforeTheEnd)
{
  const ProcessId process = start(shell("head -c 300000 /dev/zero; printf last"));
  std::vector<ProcessEvent> events;
  while (events.empty() || !std::holds_alternative<Ended>(events.back())) executor_->wait(std::nullopt, events);
  std::size_t bytes = 0;
  for (const ProcessEvent& event : events)
    if (const auto* output = std::get_if<Output>(&event)) bytes += output->bytes.size();
  EXPECT_EQ(bytes, 300'004u);
  EXPECT_EQ(std::get<Ended>(events.back()).process, process);
}

TEST_F(ExecutorWait, ReadsWhatALargePipeHoldsWhenItsWriterHasEnded)
{
  const ProcessId process = start(
    shell("echo $$; while ! [ -e " + (folder_ / "go") + " ]; do sleep 0.01; done; exec head -c 500000 /dev/zero"));
  wait_for_output(process, "\n");
  const std::string folder = "/proc/" + std::to_string(std::stoi(results_[process].output));
  const std::size_t printed = results_[process].output.size();
  const int pipe = ::open((folder + "/fd/1").c_str(), O_WRONLY | O_CLOEXEC);
  if (::fcntl(pipe, F_SETPIPE_SZ, 1 << 20) < 0) GTEST_SKIP() << "pipes may not be enlarged here";
  ::close(pipe);
  folder_.write("go", "");
  for (std::string status; status.find("State:\tZ") == std::string::npos; std::this_thread::sleep_for(1ms)) {
    std::ifstream file(folder + "/status");
    status.assign(std::istreambuf_iterator<char>(file), {});
  }
  EXPECT_EQ(finish(process).output.size(), printed + 500'000);
}

TEST_F(ExecutorWait, HearsATestThatClosedItsOutput)
{
  const Result result = run("echo before; exec >&- 2>&-; sleep 0.05; exit 4");
  EXPECT_EQ(result.output, "before\n");
  EXPECT_EQ(result.ended->exit_code, 4);
}

TEST_F(ExecutorWait, DoesNotSpinWhileATestWithClosedOutputRuns)
{
  const ProcessId process = start(shell("exec >&- 2>&-; sleep 0.3"));
  rusage before{}, after{};
  ::getrusage(RUSAGE_SELF, &before);
  finish(process);
  ::getrusage(RUSAGE_SELF, &after);
  EXPECT_LT(after.ru_nvcsw - before.ru_nvcsw, 20);
  EXPECT_LT(after.ru_utime.tv_usec + after.ru_stime.tv_usec - before.ru_utime.tv_usec - before.ru_stime.tv_usec +
              (after.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_utime.tv_sec - before.ru_stime.tv_sec) *
                1'000'000,
            150'000);
}

TEST_F(ExecutorWait, RunsManyAtOnceWithoutMixingThemUp)
{
  std::vector<ProcessId> processes;
  for (int i = 0; i < 40; ++i)
    processes.push_back(start(shell("echo " + std::to_string(i) + "; exit " + std::to_string(i))));
  for (int i = 0; i < 40; ++i) {
    const Result result = finish(processes[static_cast<std::size_t>(i)]);
    EXPECT_EQ(result.output, std::to_string(i) + "\n");
    EXPECT_EQ(result.ended->exit_code, i);
  }
}

TEST_F(ExecutorWait, DeliversStopRequests)
{
  ::kill(::getpid(), SIGINT);
  hear();
  ::kill(::getpid(), SIGTERM);
  hear();
  EXPECT_EQ(stops_, (std::vector<int>{SIGINT, SIGTERM}));
}

TEST_F(ExecutorWait, GivesBackSignalsWhenItGoes)
{
  sigset_t during, after;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &during);
  executor_.reset();
  ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
  EXPECT_TRUE(sigismember(&during, SIGINT));
  EXPECT_FALSE(sigismember(&after, SIGINT));
}

TEST_F(ExecutorWait, GrowsNoMemoryWithAGibibyteOfOutput)
{
  const long before = tests::peak_memory_kib();
  const ProcessId process = start(shell("head -c 1073741824 /dev/zero"));
  std::uint64_t bytes = 0;
  for (bool ended = false; !ended;) {
    std::vector<ProcessEvent> events;
    executor_->wait(std::nullopt, events);
    for (const ProcessEvent& event : events)
      if (const auto* output = std::get_if<Output>(&event)) bytes += output->bytes.size();
      else ended = std::holds_alternative<Ended>(event);
  }
  EXPECT_EQ(results_[process].output, "");
  EXPECT_EQ(bytes, std::uint64_t{1} << 30);
  EXPECT_LT(tests::peak_memory_kib() - before, tests::k_bounded_growth_kib);
}

} // namespace
} // namespace sluice::sandbox
