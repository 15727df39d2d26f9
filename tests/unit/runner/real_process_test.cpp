// The run over real processes: what the fakes promise holds in the world.
#include "runner/run.h"
#include "runner/sandbox/process_executor.h"
#include "tests/support/memory_growth.h"
#include "tests/support/temp_dir.h"

#include "model/run_record.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::runner {
namespace {

using namespace std::chrono_literals;

// The exit code is the result.
class ShellFramework final : public Framework {
public:
  class Reader final : public BatchReader {
  public:
    void feed(std::string_view, std::vector<CaseUpdate>&) override {}
    void finish(const Ended& ended, std::vector<CaseUpdate>& updates) override
    {
      if (ended.signal != 0) return;
      AttemptResult result;
      result.outcome = ended.exit_code == 0 ? Outcome::passed : Outcome::failed;
      updates.emplace_back(CaseFinished{0, std::move(result)});
    }
  };
  Command command(const BatchRequest& request) const override
  {
    Command command{request.program->launch.arguments, {}, request.environment};
    command.environment.push_back("SCRATCH=" + request.scratch);
    return command;
  }
  std::unique_ptr<BatchReader> reader(const BatchRequest&) const override { return std::make_unique<Reader>(); }
  std::size_t most_cases_per_batch(const Program&) const override { return 1; }
};

class RealRun : public ::testing::Test {
protected:
  void add(const std::string& id, const std::string& script)
  {
    Program program;
    program.name = id;
    program.launch.arguments = {"/bin/sh", "-c", script};
    catalogue_.programs.push_back(program);
    TestCase test;
    test.id.value = id;
    test.program = static_cast<ProgramId>(catalogue_.programs.size() - 1);
    catalogue_.tests.push_back(test);
    const auto index = static_cast<TestIndex>(catalogue_.tests.size() - 1);
    plan_.entries.push_back({index, sluice::Run{}, {}});
    fold_.add({{}, event::TestPlanned{test.id, "", "", "", "", 0, {}, sluice::Run{}, {}}});
  }

  RunEnd run()
  {
    options_.environment = {"PATH=/usr/local/bin:/usr/bin:/bin"};
    std::filesystem::create_directories(folder_ / "logs");
    options_.logs = folder_ / "logs";
    options_.scratch = folder_.path();
    const auto executor = sandbox::make_process_executor();
    const auto clock = sandbox::make_system_clock();
    const auto framework_of = [this](const Program&) -> const Framework& { return framework_; };
    return runner::run(plan_, catalogue_, options_, *executor, *clock, framework_of, [this](const RunEvent& event) {
      if (const auto* batch = std::get_if<event::BatchFinished>(&event.body)) left_processes_ |= batch->left_processes;
      fold_.add(event);
    });
  }

  const AttemptResult& result(std::size_t test) const { return fold_.record().tests[test].attempts.front().result; }

  tests::TempDir folder_;
  ShellFramework framework_;
  Catalogue catalogue_;
  Plan plan_;
  RunOptions options_;
  RunRecordFold fold_;
  bool left_processes_ = false;
};

TEST_F(RealRun, EndsAStubbornTreeAtItsLimit)
{
  options_.limits.grace = 100ms;
  add("stubborn", "trap '' TERM; echo before; (setsid sh -c 'trap \"\" TERM; echo $$ > " + (folder_ / "pid") +
                    "; while :; do sleep 1; done' &); while :; do sleep 1; done");
  catalogue_.tests[0].time_limit = 500ms;
  EXPECT_EQ(run(), RunEnd::complete);
  EXPECT_EQ(result(0).outcome, Outcome::timed_out);
  EXPECT_THAT(result(0).output, testing::StartsWith("before\n")); // the shell may still say who was killed
  const pid_t daemon = std::stoi(folder_.read("pid"));
  EXPECT_NE(::kill(daemon, 0), 0);
}

TEST_F(RealRun, TellsOutcomesApart)
{
  options_.lanes = 2;
  add("a", "exit 0");
  add("b", "echo why; exit 3");
  add("c", "kill -ABRT $$");
  add("d", "sleep 1000 &");
  run();
  EXPECT_EQ(result(0).outcome, Outcome::passed);
  EXPECT_EQ(result(1).outcome, Outcome::failed);
  EXPECT_EQ(result(1).output, "why\n");
  EXPECT_EQ(result(2).outcome, Outcome::crashed);
  EXPECT_EQ(result(2).signal, SIGABRT);
  EXPECT_EQ(result(3).outcome, Outcome::passed);
  EXPECT_TRUE(left_processes_);
}

TEST_F(RealRun, EachBatchFindsItsScratchEmpty)
{
  const std::string check = "test -d $SCRATCH && test -z \"$(ls -A $SCRATCH)\" || exit 1; ";
  add("a", check + "mkdir -p $SCRATCH/x/y; echo > $SCRATCH/x/y/z");
  add("b", check + "rmdir $SCRATCH");
  add("c", check + "rm -rf $SCRATCH; echo > $SCRATCH");
  add("d", check);
  run();
  for (std::size_t test = 0; test < 4; ++test) EXPECT_EQ(result(test).outcome, Outcome::passed) << test;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "lane-0"));
}

TEST_F(RealRun, BoundsAGibibyteOfOutput)
{
  add("talker", "echo first; head -c 1073741824 /dev/zero; echo last; exit 1");
  options_.limits.output_limit = 1u << 20;
  const long before = tests::peak_memory_kib();
  run();
  EXPECT_LT(tests::peak_memory_kib() - before, tests::k_bounded_growth_kib);
  EXPECT_TRUE(result(0).output.starts_with("first\n"));
  EXPECT_TRUE(result(0).output.ends_with("last\n"));
  const std::string log = folder_.read(result(0).log);
  EXPECT_LT(log.size(), (1u << 20) + 100);
  EXPECT_TRUE(log.ends_with("last\n"));
}

TEST_F(RealRun, ASignalEndsItCleanly)
{
  add("first", "kill -INT $PPID; sleep 1000");
  add("second", "exit 0");
  EXPECT_EQ(run(), RunEnd::interrupted);
  EXPECT_EQ(result(0).outcome, Outcome::not_run);
  EXPECT_EQ(result(1).message, "interrupted");
}

} // namespace
} // namespace sluice::runner
