#include "impact/foundations.h"
#include "tests/unit/impact/small_project.h"

#include <gmock/gmock.h>

namespace sluice::impact {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Foundations, AreSetupsAndEarlierTestsTransitively)
{
  SmallProject project;
  project.test("a", "p").needs.fixtures_required = {"db"};
  project.test("b", "p").needs.fixtures_setup = {"db"};
  project.test("c", "p");
  project.catalogue.tests[1].needs.after = {TestId{"c"}};
  const auto found = foundations(project.catalogue);
  EXPECT_THAT(found[0], ElementsAre(static_cast<TestIndex>(1), static_cast<TestIndex>(2)));
  EXPECT_THAT(found[1], ElementsAre(static_cast<TestIndex>(2)));
  EXPECT_THAT(found[2], IsEmpty());
}

TEST(Foundations, ACircleOfDependsEnds)
{
  SmallProject project;
  project.test("a", "p").needs.after = {TestId{"b"}};
  project.test("b", "p").needs.after = {TestId{"a"}};
  EXPECT_THAT(foundations(project.catalogue)[0], ElementsAre(static_cast<TestIndex>(1)));
}

} // namespace
} // namespace sluice::impact
