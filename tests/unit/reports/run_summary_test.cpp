// summary.json, and the answers that are made of it.
#include "reports/run_summary.h"

#include "reports/history_text.h"
#include "tests/unit/reports/hostile_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::reports {
namespace {

using ::testing::HasSubstr;
using tests::Script;

TEST(RunSummary, IsReadBackAsItWasWritten)
{
  const unsigned seed = tests::random_seed();
  for (unsigned i = 0; i < 50; ++i) {
    const RunSummary summary = summarise(tests::hostile_record(seed + i));
    const std::optional<RunSummary> read = decode_summary(encode_summary(summary));
    ASSERT_TRUE(read) << "SLUICE_SEED=" << seed + i;
    ASSERT_EQ(*read, summary) << "SLUICE_SEED=" << seed + i;
  }
}

TEST(RunSummary, OfAnotherVersionOrCutOffIsNone)
{
  std::string json = encode_summary(summarise(Script().verdict(VerdictStatus::passed).record()));
  EXPECT_FALSE(decode_summary(json.substr(0, json.size() / 2)));
  json.replace(json.find("\"v\":1"), 5, "\"v\":2");
  EXPECT_FALSE(decode_summary(json));
}

TEST(RunSummary, CountsWhatReuseSaved)
{
  Reuse reuse;
  reuse.proof.duration = std::chrono::seconds(3);
  const RunSummary summary = summarise(Script().planned("a:S.x", reuse).run("a:S.y").passed("a:S.y").record());
  EXPECT_EQ(summary.saved, std::chrono::seconds(3));
  EXPECT_EQ(summary.spent, std::chrono::milliseconds(250));
  EXPECT_FALSE(summary.finished);
}

TEST(HistoryText, NamesTheRedAndTheFlaky)
{
  const std::string history =
    history_text("a:S.x", {{"r2", "", 2, true, Outcome::failed, 2, {}}, {"r1", "", 1, true, Outcome::passed, 1, {}}});
  EXPECT_THAT(history, HasSubstr("executed in 2 runs, red in 1"));
  EXPECT_THAT(history, HasSubstr("2 attempts"));
  EXPECT_THAT(flaky_text({{"a:S.x", 1, 0, 5, 2}}), HasSubstr("both ways with the same inputs 1x"));
  EXPECT_THAT(stats_text({summarise(Script().verdict(VerdictStatus::passed).record())}, {{"a:S.x", 4, 3, 0, {}, {}}}),
              HasSubstr("3 of 4 runs"));
}

} // namespace
} // namespace sluice::reports
