// What the executor, or the whole runner, costs per started program; to be compared with spawn_floor in the same run.
//   spawn_executor executor|run COUNT PROGRAM [RESIDENT_MIB]
// `executor` starts and waits for one program after another; `run` carries out a plan of COUNT tests on two lanes.
// RESIDENT_MIB of touched memory show that starting does not depend on the size of the starter; compare with 0. With it
// all stays on one processor, since the kernel places the children of a process that was just busy (filling memory)
// elsewhere, which costs more whatever its size. Prints the processor time of the whole tree per start, in
// microseconds.
#include "runner/run.h"
#include "runner/sandbox/process_executor.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sched.h>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using namespace sluice;

double processor_seconds(int who)
{
  rusage usage{};
  ::getrusage(who, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::vector<std::string> environment()
{
  std::vector<std::string> variables;
  for (char** variable = environ; *variable; ++variable) variables.emplace_back(*variable);
  return variables;
}

void stay_on_one_processor()
{
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(::sched_getcpu()), &one);
  ::sched_setaffinity(0, sizeof one, &one);
}

// The exit code is the result.
class PlainReader final : public runner::BatchReader {
public:
  void feed(std::string_view, std::vector<runner::CaseUpdate>&) override {}
  void finish(const runner::Ended& ended, std::vector<runner::CaseUpdate>& updates) override
  {
    AttemptResult result;
    result.outcome = ended.exit_code == 0 && ended.signal == 0 ? Outcome::passed : Outcome::failed;
    updates.emplace_back(runner::CaseFinished{0, std::move(result)});
  }
};

class PlainFramework final : public runner::Framework {
public:
  runner::Command command(const runner::BatchRequest& request) const override
  {
    return {request.program->launch.arguments, {}, request.environment};
  }
  std::unique_ptr<runner::BatchReader> reader(const runner::BatchRequest&) const override
  {
    return std::make_unique<PlainReader>();
  }
  std::size_t most_cases_per_batch(const Program&) const override { return 1; }
};

void measure_executor(int count, const std::string& program)
{
  const auto executor = sandbox::make_process_executor();
  const runner::Command command{{program}, {}, environment()};
  std::vector<runner::ProcessEvent> events;
  for (int i = 0; i < count; ++i) {
    executor->start(command);
    events.clear();
    executor->wait(std::nullopt, events);
  }
}

std::size_t measure_run(int count, const std::string& program)
{
  Catalogue catalogue;
  Plan plan;
  for (int i = 0; i < count; ++i) {
    Program what;
    what.name = program;
    what.launch.arguments = {program};
    catalogue.programs.push_back(std::move(what));
    TestCase test;
    char id[16];
    std::snprintf(id, sizeof id, "test-%07d", i);
    test.id.value = id;
    test.program = static_cast<ProgramId>(i);
    catalogue.tests.push_back(std::move(test));
    plan.entries.push_back({static_cast<TestIndex>(i), Run{}, {}});
  }
  char scratch[] = "/tmp/sluice-bench-XXXXXX";
  if (!::mkdtemp(scratch)) return 0;
  runner::RunOptions options;
  options.lanes = 2;
  options.environment = environment();
  options.scratch = scratch;
  options.logs = scratch;
  const auto executor = sandbox::make_process_executor();
  const auto clock = sandbox::make_system_clock();
  const PlainFramework framework;
  std::size_t finished = 0;
  runner::run(
    plan, catalogue, options, *executor, *clock, [&](const Program&) -> const runner::Framework& { return framework; },
    [&](const RunEvent& event) { finished += std::holds_alternative<event::TestFinished>(event.body); });
  std::filesystem::remove_all(scratch);
  return finished;
}

} // namespace

int main(int argc, char** argv)
{
  if (argc < 4) {
    std::fprintf(stderr, "usage: %s executor|run COUNT PROGRAM [RESIDENT_MIB]\n", argv[0]);
    return 2;
  }
  const int count = std::atoi(argv[2]);
  std::vector<char> resident;
  if (argc > 4) stay_on_one_processor();
  if (argc > 4) resident.assign(static_cast<std::size_t>(std::atoi(argv[4])) << 20, 'x');
  const double before = processor_seconds(RUSAGE_SELF) + processor_seconds(RUSAGE_CHILDREN);
  if (std::strcmp(argv[1], "executor") == 0) measure_executor(count, argv[3]);
  else if (measure_run(count, argv[3]) != static_cast<std::size_t>(count)) return 1;
  const double spent = processor_seconds(RUSAGE_SELF) + processor_seconds(RUSAGE_CHILDREN) - before;
  std::printf("%.2f\n", 1e6 * spent / count);
  return resident.empty() || resident[0] == 'x' ? 0 : 1;
}
