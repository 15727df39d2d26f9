#include "adapters/frameworks/frameworks.h"

#include "adapters/frameworks/command_listing.h"
#include "adapters/frameworks/ctest/ctest_listing.h"
#include "adapters/frameworks/gtest/gtest_asking.h"
#include "adapters/frameworks/gtest/gtest_framework.h"
#include "adapters/frameworks/gtest/gtest_listing.h"
#include "adapters/frameworks/program_framework.h"
#include "model/error.h"

#include <algorithm>
#include <iterator>

namespace sluice::frameworks {

namespace {

Listing list_entry(const TestsConfig& entry, const ListingContext& context, GtestAsker& asker)
{
  switch (entry.framework) {
  case FrameworkKind::gtest:
    return list_gtest(entry, context, asker);
  case FrameworkKind::ctest:
    return list_ctest(entry, context);
  case FrameworkKind::command:
    return list_command(entry, context);
  }
  return {};
}

void append(Listing& all, Listing&& more)
{
  if (all.catalogue.programs.empty() && all.not_built.empty()) {
    all = std::move(more);
    return;
  }
  const std::size_t offset = all.catalogue.programs.size();
  for (TestCase& test : more.catalogue.tests)
    test.program = static_cast<ProgramId>(static_cast<std::size_t>(test.program) + offset);
  std::move(more.catalogue.programs.begin(), more.catalogue.programs.end(), std::back_inserter(all.catalogue.programs));
  std::move(more.catalogue.tests.begin(), more.catalogue.tests.end(), std::back_inserter(all.catalogue.tests));
  std::move(more.not_built.begin(), more.not_built.end(), std::back_inserter(all.not_built));
}

void sort_by_id(std::vector<TestCase>& tests)
{
  const auto before = [](const TestCase& one, const TestCase& other) { return one.id < other.id; };
  if (!std::is_sorted(tests.begin(), tests.end(), before)) std::sort(tests.begin(), tests.end(), before);
  const auto twice = std::adjacent_find(tests.begin(), tests.end(),
                                        [](const TestCase& one, const TestCase& other) { return one.id == other.id; });
  if (twice != tests.end())
    throw Error(ErrorKind::configuration, "two [[tests]] entries list test \"" + twice->id.value + "\"",
                "give the entries different names: name = \"...\"");
}

} // namespace

Listing list(const std::vector<TestsConfig>& tests, const ListingContext& context)
{
  ListingContext plain = context;
  while (plain.root.size() > 1 && plain.root.ends_with('/')) plain.root.pop_back();
  // The programs of all GoogleTest entries share one lane; while there is one nothing else is started, so that these
  // entries come last.
  std::vector<Listing> listings(tests.size());
  GtestAsker asker(plain);
  for (const bool gtest : {false, true})
    for (std::size_t i = 0; i < tests.size(); ++i)
      if ((tests[i].framework == FrameworkKind::gtest) == gtest) listings[i] = list_entry(tests[i], plain, asker);
  Listing all;
  for (Listing& listing : listings) append(all, std::move(listing));
  sort_by_id(all.catalogue.tests);
  return all;
}

const runner::Framework& framework_of(const Program& program)
{
  static const GtestFramework gtest;
  static const ProgramFramework whole_program;
  switch (program.framework) {
  case FrameworkKind::gtest:
    return gtest;
  case FrameworkKind::ctest:
  case FrameworkKind::command:
    return whole_program;
  }
  return whole_program;
}

} // namespace sluice::frameworks
