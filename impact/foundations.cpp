#include "impact/foundations.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace sluice::impact {

namespace {

using Direct = std::vector<std::vector<TestIndex>>;

Direct direct_foundations(const Catalogue& catalogue)
{
  std::unordered_map<std::string_view, std::vector<TestIndex>> setups;
  for (std::size_t i = 0; i < catalogue.tests.size(); ++i)
    for (const std::string& fixture : catalogue.tests[i].needs.fixtures_setup)
      setups[fixture].push_back(static_cast<TestIndex>(i));

  Direct direct(catalogue.tests.size());
  for (std::size_t i = 0; i < catalogue.tests.size(); ++i) {
    const Needs& needs = catalogue.tests[i].needs;
    for (const std::string& fixture : needs.fixtures_required)
      if (const auto found = setups.find(fixture); found != setups.end())
        direct[i].insert(direct[i].end(), found->second.begin(), found->second.end());
    for (const TestId& earlier : needs.after)
      if (const auto found = catalogue.find(earlier.value)) direct[i].push_back(*found);
  }
  return direct;
}

std::vector<TestIndex> closure(const Direct& direct, std::size_t start)
{
  std::vector<TestIndex> found = direct[start];
  for (std::size_t next = 0; next < found.size(); ++next)
    for (const TestIndex below : direct[static_cast<std::size_t>(found[next])])
      if (std::find(found.begin(), found.end(), below) == found.end()) found.push_back(below);
  std::erase(found, static_cast<TestIndex>(start));
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

} // namespace

std::vector<std::vector<TestIndex>> foundations(const Catalogue& catalogue)
{
  const Direct direct = direct_foundations(catalogue);
  std::vector<std::vector<TestIndex>> all(direct.size());
  for (std::size_t i = 0; i < direct.size(); ++i)
    if (!direct[i].empty()) all[i] = closure(direct, i);
  return all;
}

} // namespace sluice::impact
