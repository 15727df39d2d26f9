#include "adapters/frameworks/environment.h"

#include <gmock/gmock.h>

namespace sluice::frameworks {
namespace {

using testing::ElementsAre;

TEST(Environment, LeavesOutWhatWouldSteerGtest)
{
  const std::vector<std::string> inherited{
    "PATH=/bin", "GTEST_FILTER=-*", "GTEST_TOTAL_SHARDS=9", "TESTBRIDGE_TEST_ONLY=x", "TEST_PREMATURE_EXIT_FILE=/x",
    "HOME=/h"};
  EXPECT_THAT(environment_for(inherited, {}), ElementsAre("PATH=/bin", "HOME=/h"));
}

TEST(Environment, AppliesChangesInOrder)
{
  using enum EnvironmentChange::Action;
  const std::vector<EnvironmentChange> changes{{set, "A", "1"}, {set, "A", "2"}, {unset, "HOME", ""}, {set, "AB", ""}};
  EXPECT_THAT(environment_for({"HOME=/h", "A=0", "PATH=/bin"}, changes), ElementsAre("PATH=/bin", "A=2", "AB="));
}

} // namespace
} // namespace sluice::frameworks
