// What excuses a failure: each test asks how a change could excuse itself, or how an excuse could outlive its day.
#include "policy/leniency.h"

#include "model/error.h"
#include "tests/unit/policy/run_builder.h"

#include <gmock/gmock.h>

namespace sluice::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t k_day = 24 * 60 * 60;
constexpr std::int64_t k_new_years_eve = 1'798'675'200; // 2026-12-31, 00:00:00 UTC

Config retrying(int retries)
{
  Config config;
  config.run.retries = retries;
  return config;
}

Config with(std::vector<Quarantine> entries)
{
  Config config;
  config.quarantine = std::move(entries);
  return config;
}

Quarantine entry(std::vector<std::string> tests, std::string until, std::string reason = "why")
{
  return {std::move(tests), std::move(reason), "T-1", "ada", std::move(until), 7};
}

Leniency asked(const Config& here, const std::optional<Config>& base, std::int64_t now = k_new_years_eve)
{
  return leniency_of(here, base, std::nullopt, tests::ARun({"core:A", "core:B"}).catalogue, now);
}

TEST(Retries, AreNoMoreThanTheBaseAllows)
{
  EXPECT_EQ(asked(retrying(3), retrying(2)).retries, 2);
  EXPECT_THAT(asked(retrying(3), retrying(2)).notes,
              ElementsAre("sluice.toml: retries = 3 counts as 2, as in the base's (or say --retries)"));
  EXPECT_EQ(asked(retrying(1), retrying(2)).retries, 1);
  EXPECT_THAT(asked(retrying(1), retrying(2)).notes, IsEmpty());
  EXPECT_EQ(asked(retrying(3), std::nullopt).retries, 0);
}

TEST(Retries, OfTheCommandLineCountAsTheyAre)
{
  for (const int retries : {0, 5}) {
    const Leniency result = leniency_of(retrying(3), retrying(2), retries, {}, k_new_years_eve);
    EXPECT_EQ(result.retries, retries);
    EXPECT_THAT(result.notes, IsEmpty());
  }
}

// The base's file is read only where something asks for it.
TEST(AsksForLeniency, WhereTheFileHasAnExcuseThatTheCommandLineDoesNotReplace)
{
  EXPECT_FALSE(asks_for_leniency({}, std::nullopt));
  EXPECT_TRUE(asks_for_leniency(retrying(1), std::nullopt));
  EXPECT_FALSE(asks_for_leniency(retrying(1), 0));
  EXPECT_TRUE(asks_for_leniency(with({entry({"core:A"}, "2027-01-01")}), 0));
}

TEST(QuarantineOf, CountsWhereTheBaseHasItToo)
{
  const Config here = with({entry({"core:*"}, "2027-02-01")});
  const Leniency result = asked(here, with({entry({"core:B"}, "2027-02-01")}));
  ASSERT_EQ(result.quarantine.size(), 2u);
  EXPECT_FALSE(result.quarantine[0]);
  EXPECT_TRUE(result.quarantine[1]);
  EXPECT_THAT(result.notes,
              ElementsAre("sluice.toml:7: the quarantine of core:A counts when it is in the base's sluice.toml, too"));
  EXPECT_THAT(asked(here, std::nullopt).quarantine, ElementsAre(std::nullopt, std::nullopt));
  EXPECT_THAT(asked({}, here).quarantine, IsEmpty()); // the change has taken it out
}

// Neither a later day nor other words are the author's to give.
TEST(QuarantineOf, EndsOnTheEarlierDayAndSpeaksInTheWordsOfTheBase)
{
  for (const auto& [here, base] :
       std::vector<std::pair<std::string, std::string>>{{"2027-03-01", "2027-02-01"}, {"2027-02-01", "2027-03-01"}}) {
    const Leniency result = asked(with({entry({"core:A"}, here, "mine")}), with({entry({"core:A"}, base, "theirs")}));
    ASSERT_TRUE(result.quarantine.at(0));
    EXPECT_EQ(result.quarantine[0]->until, "2027-02-01");
    EXPECT_EQ(result.quarantine[0]->reason, "theirs");
    EXPECT_FALSE(result.quarantine[0]->expired);
  }
}

TEST(QuarantineOf, SeveralThatNameATestEndWithTheFirst)
{
  const Config config = with({entry({"core:*"}, "2027-03-01"), entry({"core:A"}, "2027-01-05")});
  const Leniency result = asked(config, config);
  EXPECT_EQ(result.quarantine.at(0)->until, "2027-01-05");
  EXPECT_EQ(result.quarantine.at(1)->until, "2027-03-01");
}

TEST(QuarantineOf, HoldsToTheEndOfItsLastDay)
{
  const Config config = with({entry({"core:A"}, "2026-12-31")});
  EXPECT_FALSE(asked(config, config, k_new_years_eve - 1).quarantine.at(0)->expired);
  EXPECT_FALSE(asked(config, config, k_new_years_eve).quarantine.at(0)->expired);
  EXPECT_FALSE(asked(config, config, k_new_years_eve + k_day - 1).quarantine.at(0)->expired);
  EXPECT_TRUE(asked(config, config, k_new_years_eve + k_day).quarantine.at(0)->expired);
}

TEST(QuarantineOf, OfMoreThanNinetyDaysIsAMistake)
{
  const auto until = [](const std::string& day) { return with({entry({"core:A"}, day)}); };
  EXPECT_TRUE(asked(until("2027-03-31"), until("2027-03-31")).quarantine.at(0)); // 31 + 28 + 31 days from the 31st
  try {
    (void)asked(until("2027-04-01"), until("2027-03-31"));
    FAIL() << "it is too long";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::configuration);
    EXPECT_THAT(error.what(), HasSubstr("sluice.toml:7: a quarantine until 2027-04-01 is too long"));
  }
  // One of the base is nobody's mistake here; it excuses nothing.
  EXPECT_FALSE(asked(until("2027-03-31"), until("2027-04-01")).quarantine.at(0));
}

TEST(QuarantineOf, ANameThatNoTestHasIsTold)
{
  const Config config = with({entry({"core:A", "core:Gone*"}, "2027-01-05")});
  EXPECT_THAT(asked(config, config).notes,
              ElementsAre("sluice.toml:7: no test is named \"core:Gone*\", which is in quarantine"));
}

} // namespace
} // namespace sluice::policy
