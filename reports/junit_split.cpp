// How the cases of a report are distributed over files.
#include "reports/junit.h"
#include "reports/junit_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace sluice::reports {

namespace {

// A name that every file system takes; equal ones get a number.
std::string file_name(std::string_view suite, std::set<std::string>& taken)
{
  constexpr std::size_t longest = 150;
  std::string name = "TEST-";
  for (const char c : suite.substr(0, longest)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    name += plain || c == '-' || c == '_' || c == '.' ? c : '_';
  }
  std::string unique = name;
  for (int number = 2; !taken.insert(unique).second; ++number) unique = fmt::format("{}-{}", name, number);
  return unique;
}

// The cases of `suite` from `begin` on, at most `most`.
JunitSuite part(JunitSuite& suite, std::size_t begin, std::size_t most)
{
  JunitSuite taken;
  taken.name = suite.name;
  const std::size_t end = std::min(suite.cases.size(), begin + most);
  for (std::size_t i = begin; i < end; ++i) {
    taken.counts.add(suite.cases[i].status, suite.cases[i].time);
    taken.cases.push_back(std::move(suite.cases[i]));
  }
  return taken;
}

} // namespace

JunitFile::JunitFile() = default;
JunitFile::~JunitFile() = default;
JunitFile::JunitFile(JunitFile&&) noexcept = default;
JunitFile& JunitFile::operator=(JunitFile&&) noexcept = default;

std::vector<JunitFile> junit_files(const RunRecord& record, const JunitOptions& options)
{
  std::vector<JunitSuite> layout = junit_layout(record, options.unselected);
  std::vector<JunitFile> files(1);
  if (options.cases_per_file == 0) {
    files.front().suites = std::move(layout);
    return files;
  }
  std::size_t room = options.cases_per_file;
  const auto next_file = [&] {
    std::string suffix = fmt::format("-{:03}", files.size() + 1);
    files.emplace_back().suffix = std::move(suffix);
    room = options.cases_per_file;
  };
  for (JunitSuite& suite : layout) {
    // A suite stays whole if a file can hold it.
    if (suite.cases.size() > room && suite.cases.size() <= options.cases_per_file) next_file();
    for (std::size_t at = 0; at < suite.cases.size();) {
      if (room == 0) next_file();
      files.back().suites.push_back(part(suite, at, room));
      const std::size_t taken = files.back().suites.back().cases.size();
      at += taken;
      room -= taken;
    }
  }
  return files;
}

std::vector<JunitFile> junit_suite_files(const RunRecord& record, const JunitOptions& options)
{
  std::vector<JunitFile> files;
  std::set<std::string> taken;
  for (JunitSuite& suite : junit_layout(record, options.unselected)) {
    JunitFile& file = files.emplace_back();
    file.suffix = file_name(suite.name, taken);
    file.suite_is_root = true;
    file.suites.push_back(std::move(suite));
  }
  return files;
}

} // namespace sluice::reports
