// What the run itself costs per test, without processes: a plan of COUNT tests carried out over scripted processes.
//   schedule_scale COUNT [plain|locks|fixtures]     prints the processor time per test, in microseconds
// It must not grow with COUNT. `locks` gives all tests one of five locks, `fixtures` one of a hundred fixtures.
#include "runner/run.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_executor.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <sys/resource.h>

namespace {

using namespace sluice;

class ExitCodeFramework final : public runner::Framework {
public:
  class Reader final : public runner::BatchReader {
  public:
    void feed(std::string_view, std::vector<runner::CaseUpdate>&) override {}
    void finish(const runner::Ended&, std::vector<runner::CaseUpdate>& updates) override
    {
      AttemptResult result;
      result.outcome = Outcome::passed;
      updates.emplace_back(runner::CaseFinished{0, std::move(result)});
    }
  };
  runner::Command command(const runner::BatchRequest& request) const override
  {
    return {request.program->launch.arguments, {}, {}};
  }
  std::unique_ptr<runner::BatchReader> reader(const runner::BatchRequest&) const override
  {
    return std::make_unique<Reader>();
  }
  std::size_t most_cases_per_batch(const Program&) const override { return 1; }
};

struct Project {
  Catalogue catalogue;
  Plan plan;
};

Project make_project(int count, const std::string& shape)
{
  Project project;
  Program program;
  program.name = "p";
  program.launch.arguments = {"p"};
  project.catalogue.programs.push_back(program);
  for (int i = 0; i < count; ++i) {
    TestCase test;
    char id[16];
    std::snprintf(id, sizeof id, "test-%07d", i);
    test.id.value = id;
    if (shape == "locks") test.needs.locks = {"lock-" + std::to_string(i % 5)};
    if (shape == "fixtures") {
      const std::string fixture = "fixture-" + std::to_string(i % 100);
      if (i < 100) test.needs.fixtures_setup = {fixture};
      else if (i < 200) test.needs.fixtures_cleanup = {fixture};
      else test.needs.fixtures_required = {fixture};
    }
    project.catalogue.tests.push_back(std::move(test));
    project.plan.entries.push_back(
      {static_cast<TestIndex>(i), Run{}, std::chrono::microseconds(1000 + i * 7919 % 5003)});
  }
  return project;
}

} // namespace

int main(int argc, char** argv)
{
  const int count = argc > 1 ? std::atoi(argv[1]) : 10'000;
  const Project project = make_project(count, argc > 2 ? argv[2] : "plain");
  tests::FakeClock clock;
  tests::FakeExecutor executor(clock);
  executor.keep_no_commands();
  executor.program("p", [](const runner::Command&) {
    tests::FakeProcess process;
    process.lasts = std::chrono::milliseconds(3);
    return process;
  });
  const ExitCodeFramework framework;
  runner::RunOptions options;
  options.lanes = 8;
  int finished = 0;
  rusage before{}, after{};
  ::getrusage(RUSAGE_SELF, &before);
  runner::run(
    project.plan, project.catalogue, options, executor, clock,
    [&](const Program&) -> const runner::Framework& { return framework; },
    [&](const RunEvent& event) { finished += std::holds_alternative<event::TestFinished>(event.body); });
  ::getrusage(RUSAGE_SELF, &after);
  const auto microseconds = [](const timeval& time) {
    return 1e6 * static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec);
  };
  std::printf("%.3f\n", (microseconds(after.ru_utime) + microseconds(after.ru_stime) - microseconds(before.ru_utime) -
                         microseconds(before.ru_stime)) /
                          count);
  return finished == count ? 0 : 1;
}
