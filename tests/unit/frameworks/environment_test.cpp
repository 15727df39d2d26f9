#include "adapters/frameworks/environment.h"
#include "adapters/frameworks/kept_output.h"

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

TEST(KeptOutput, KeepsHeadAndTailAndSaysWhatIsMissing)
{
  KeptOutput output;
  std::string all;
  for (int i = 0; i < 30000; ++i) {
    const std::string line = "line " + std::to_string(i) + "\n";
    output.append(line);
    all += line;
  }
  const std::string text = output.text();
  EXPECT_TRUE(text.starts_with(all.substr(0, KeptOutput::k_head)));
  EXPECT_TRUE(text.ends_with(all.substr(all.size() - KeptOutput::k_tail)));
  const std::size_t missing = all.size() - KeptOutput::k_head - KeptOutput::k_tail;
  EXPECT_NE(text.find("[... " + std::to_string(missing) + " bytes left out ...]"), std::string::npos);
}

TEST(KeptOutput, KeepsAllOfALittleAndTheEndOfOneHugePiece)
{
  KeptOutput little;
  little.append("abc");
  EXPECT_EQ(little.text(), "abc");
  KeptOutput huge;
  huge.append(std::string(1u << 20, 'x') + "end");
  EXPECT_TRUE(huge.text().ends_with("xend"));
  EXPECT_LT(huge.text().size(), KeptOutput::k_head + KeptOutput::k_tail + 100);
}

} // namespace
} // namespace sluice::frameworks
