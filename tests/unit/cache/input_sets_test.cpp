#include "cache/input_sets.h"

#include "cache/outcome_codes.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sluice::cache {
namespace {

using Keys = std::vector<InputKey>;

TEST(Members, ComeBackAsTheyWere)
{
  for (const Keys& keys : {Keys{}, Keys{1}, Keys{1, 2, 3}, Keys{7, 127, 128, 129, 20'000, 4'294'967'295u}}) {
    Keys back{99};
    EXPECT_TRUE(decode_members(encode_members(keys), back));
    EXPECT_EQ(back, keys);
  }
}

TEST(Members, DamageIsNoticed)
{
  Keys members;
  EXPECT_FALSE(decode_members("\x80", members)) << "ends within a number";
  EXPECT_FALSE(decode_members(std::string("\x05\x00", 2), members)) << "the same id twice";
  EXPECT_FALSE(decode_members("\xff\xff\xff\xff\xff\x01", members)) << "no id is that large";
}

// The numbers are in stores on people's disks.
TEST(Codes, OfKindsArePinned)
{
  const std::vector<InputKind> kinds{InputKind::definition,    InputKind::loaded,      InputKind::content,
                                     InputKind::unknown_files, InputKind::whole_tree,  InputKind::configuration,
                                     InputKind::configured,    InputKind::environment, InputKind::matched_files,
                                     InputKind::loose_outputs};
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    EXPECT_EQ(code_of(kinds[i]), static_cast<int>(i));
    EXPECT_EQ(kind_of(static_cast<int>(i)), kinds[i]);
  }
  EXPECT_EQ(kind_of(255), std::nullopt);
}

TEST(Codes, OfOutcomesArePinned)
{
  const std::vector<Outcome> outcomes{Outcome::passed,  Outcome::failed, Outcome::crashed,     Outcome::timed_out,
                                      Outcome::skipped, Outcome::lost,   Outcome::not_started, Outcome::not_run};
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    EXPECT_EQ(code_of(outcomes[i]), static_cast<int>(i));
    EXPECT_EQ(outcome_of(static_cast<int>(i)), outcomes[i]);
  }
  EXPECT_TRUE(is_red(outcome_of(255))) << "an unknown number must not look green";
}

TEST(Codes, ExistForEveryKindAndOutcomeThatHasAName)
{
  for (int value = 0; value < 255; ++value) {
    const auto kind = static_cast<InputKind>(value);
    if (to_string(kind) != "?") {
      EXPECT_EQ(kind_of(code_of(kind)), kind) << to_string(kind);
    }
    const auto outcome = static_cast<Outcome>(value);
    if (to_string(outcome) != "?") {
      EXPECT_EQ(outcome_of(code_of(outcome)), outcome) << to_string(outcome);
    }
  }
}

} // namespace
} // namespace sluice::cache
