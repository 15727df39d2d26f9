#include "adapters/frameworks/gtest/gtest_filter.h"

#include "model/error.h"

#include <algorithm>
#include <fstream>

namespace sluice::frameworks {

namespace {

constexpr std::size_t k_longest_argument = 100'000;

// A name as a pattern. '-' would begin gtest's list of exclusions and ':' ends a pattern: any one character stands in.
void append_pattern(std::string& filter, std::string_view selector)
{
  if (!filter.empty()) filter += ':';
  for (const char character : selector) filter += character == '-' || character == ':' ? '?' : character;
}

} // namespace

bool is_disabled_name(std::string_view selector)
{
  // gtest's own pattern is "DISABLED_*:*/DISABLED_*", applied to the suite and to the case.
  const auto disabled = [](std::string_view name) {
    return name.starts_with("DISABLED_") || name.find("/DISABLED_") != std::string_view::npos;
  };
  const std::size_t dot = selector.find('.');
  return disabled(selector) || (dot != std::string_view::npos && disabled(selector.substr(dot + 1)));
}

void append_selection(const runner::BatchRequest& request, std::vector<std::string>& arguments)
{
  if (request.program->cases != 0 && request.cases.size() == request.program->cases) {
    arguments.emplace_back("--gtest_filter=*");
    return;
  }
  std::string filter;
  bool disabled = false;
  for (const TestCase* test : request.cases) {
    append_pattern(filter, test->selector);
    disabled = disabled || is_disabled_name(test->selector);
  }
  if (disabled) arguments.emplace_back("--gtest_also_run_disabled_tests");
  if (filter.size() <= k_longest_argument) {
    arguments.push_back("--gtest_filter=" + filter);
    return;
  }
  const std::string path = request.scratch + "/flags";
  std::ofstream file(path, std::ios::binary);
  file << "--gtest_filter=" << filter << '\n';
  if (!file.flush()) throw Error(ErrorKind::world, "cannot write " + path, "free space on that disk");
  arguments.push_back("--gtest_flagfile=" + path);
}

} // namespace sluice::frameworks
