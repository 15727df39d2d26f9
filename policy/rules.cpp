#include "policy/rules.h"

#include "model/glob.h"
#include "policy/message_text.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <string_view>

namespace sluice::policy {

namespace {

constexpr std::size_t k_named_tests = 100;

ListedTest listed(const TestCase& test, const Program& program)
{
  return {test.id.value, test.file, program.name, test.labels};
}

void add_base_members(const Suite& suite, const Catalogue& catalogue, const BaseListing& base, SuiteMembers& members)
{
  if (base.state == Known::unknown)
    members.faults.push_back(
      fmt::format("which tests suite \"{}\" had at the base is not known: {}", suite.name, base.why));
  std::set<std::string_view> seen; // several merge bases may list one test in different ways
  for (const ListedTest& test : base.tests) {
    if (!holds(suite, test) || !seen.insert(test.id).second) continue;
    members.base.push_back(test.id);
    const auto found = catalogue.find(test.id);
    if (!found) members.gone.push_back(test.id);
    else if (std::find(members.tests.begin(), members.tests.end(), *found) == members.tests.end())
      members.tests.push_back(*found);
  }
  std::sort(members.tests.begin(), members.tests.end());
}

} // namespace

std::string some_of(const std::vector<std::string>& names, std::size_t most)
{
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) text += (i == 0 ? "" : ", ") + printable(names[i]);
  if (names.size() > most) text += fmt::format(" and {} more", names.size() - most);
  return text;
}

bool holds(const Suite& suite, const ListedTest& test)
{
  const auto is_label = [&](const std::string& label) {
    return std::find(test.labels.begin(), test.labels.end(), label) != test.labels.end();
  };
  const auto is_id = [&](const std::string& glob) { return name_glob_matches(glob, test.id); };
  return std::any_of(suite.labels.begin(), suite.labels.end(), is_label) ||
         std::any_of(suite.tests.begin(), suite.tests.end(), is_id) || first_match(suite.paths, test.file) ||
         first_match(suite.programs, test.program);
}

std::vector<SuiteMembers> members_of(const Policy& policy, const Catalogue& catalogue, const BaseListing& base)
{
  std::vector<SuiteMembers> all;
  all.reserve(policy.suites.size());
  for (const Suite& suite : policy.suites) {
    SuiteMembers members;
    members.name = suite.name;
    std::vector<std::string> disabled;
    for (std::size_t i = 0; i < catalogue.tests.size(); ++i) {
      const TestCase& test = catalogue.tests[i];
      if (holds(suite, listed(test, catalogue.program_of(test)))) members.tests.push_back(static_cast<TestIndex>(i));
    }
    add_base_members(suite, catalogue, base, members);
    for (const TestIndex index : members.tests)
      if (!catalogue.test(index).disabled.empty()) disabled.push_back(catalogue.test(index).id.value);
    if (members.tests.size() < static_cast<std::size_t>(std::max(suite.min_tests, 1)))
      members.too_few = fmt::format("suite \"{}\" must have at least {} tests and has {}", suite.name,
                                    std::max(suite.min_tests, 1), members.tests.size());
    if (!members.too_few.empty()) members.faults.push_back(members.too_few);
    // Tests that the change has brought by itself say nothing of those.
    if (std::find(base.gained.begin(), base.gained.end(), suite.name) != base.gained.end())
      members.faults.push_back(fmt::format("suite \"{}\" has tests at its base by now that it did not have where the "
                                           "change left it: rebase the change",
                                           suite.name));
    if (!disabled.empty())
      members.faults.push_back(
        fmt::format("suite \"{}\" has disabled tests: {}", suite.name, some_of(disabled, k_named_tests)));
    all.push_back(std::move(members));
  }
  return all;
}

std::vector<SuiteMembers> required_suites(const Rule& rule, const std::vector<SuiteMembers>& all)
{
  std::vector<SuiteMembers> required;
  for (const std::string& name : rule.suites) {
    const auto is_named = [&](const SuiteMembers& suite) { return suite.name == name; };
    if (std::any_of(required.begin(), required.end(), is_named)) continue;
    const auto found = std::find_if(all.begin(), all.end(), is_named);
    if (found != all.end()) required.push_back(*found);
    else required.push_back({name, {}, {fmt::format("there is no suite \"{}\"", name)}, {}, {}, {}});
  }
  return required;
}

} // namespace sluice::policy
