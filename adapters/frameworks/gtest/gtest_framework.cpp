#include "adapters/frameworks/gtest/gtest_framework.h"

#include "adapters/frameworks/environment.h"
#include "adapters/frameworks/gtest/gtest_batch.h"
#include "adapters/frameworks/gtest/gtest_filter.h"
#include "model/error.h"

#include <cstdio>
#include <fstream>

namespace sluice::frameworks {

runner::Command GtestFramework::command(const runner::BatchRequest& request) const
{
  const Launch& launch = request.program->launch;
  runner::Command command;
  command.arguments = launch.arguments;
  command.working_directory = launch.working_directory;
  // Only flags that every gtest knows: at an unknown one it prints its help and leaves with exit code 0.
  append_selection(request, command.arguments);
  command.arguments.emplace_back("--gtest_color=no");
  if (request.cases.size() <= k_most_confirmed_by_file)
    command.arguments.push_back("--gtest_output=json:" + result_file(request));
  command.environment = environment_for(request.environment, launch.environment);
  std::remove(result_file(request).c_str()); // one of another run would confirm what it does not know
  // gtest makes this file and deletes it at the end of its run. It exists already, so that its absence proves both
  // that this gtest follows the protocol and that its run ended.
  const std::string unfinished = premature_exit_file(request);
  if (!std::ofstream(unfinished))
    throw Error(ErrorKind::world, "cannot write " + unfinished, "free space on that disk");
  command.environment.push_back("TEST_PREMATURE_EXIT_FILE=" + unfinished);
  return command;
}

std::unique_ptr<runner::BatchReader> GtestFramework::reader(const runner::BatchRequest& request) const
{
  return read_gtest_batch(request);
}

std::size_t GtestFramework::most_cases_per_batch(const Program& program) const
{
  // Bounds what a crash can cost, and the square that older gtests make of a long filter.
  constexpr std::size_t k_most = 10'000;
  return program.isolation == Isolation::one_case ? 1 : k_most;
}

} // namespace sluice::frameworks
