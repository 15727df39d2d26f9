#include "adapters/frameworks/environment.h"

#include <algorithm>

namespace sluice::frameworks {

namespace {

std::string_view name_of(std::string_view entry)
{
  return entry.substr(0, entry.find('='));
}

} // namespace

bool steers_gtest(std::string_view variable)
{
  return variable.starts_with("GTEST_") || variable.starts_with("TESTBRIDGE_TEST_") ||
         variable == "TEST_SHARD_STATUS_FILE" || variable == "TEST_PREMATURE_EXIT_FILE" ||
         variable == "XML_OUTPUT_FILE";
}

std::vector<std::string> environment_for(const std::vector<std::string>& inherited,
                                         const std::vector<EnvironmentChange>& changes)
{
  std::vector<std::string> result;
  result.reserve(inherited.size() + changes.size() + 1);
  for (const std::string& entry : inherited) {
    if (!steers_gtest(name_of(entry))) result.push_back(entry);
  }
  for (const EnvironmentChange& change : changes) {
    const auto same = [&change](const std::string& entry) { return name_of(entry) == change.name; };
    std::erase_if(result, same);
    if (change.action == EnvironmentChange::Action::set) result.push_back(change.name + "=" + change.value);
  }
  return result;
}

} // namespace sluice::frameworks
