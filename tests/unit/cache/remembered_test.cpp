#include "tests/unit/cache/store_fixture.h"

namespace sluice::tests {
namespace {

using RememberedTest = StoreTest;

// What can be computed again makes no room for itself among what cannot.
TEST_F(RememberedTest, WhoWroteACommitIsNeverForgotten)
{
  store_.remember(cache::k_lasting_purpose, digest("commit"), "ai");
  const std::string half(cache::k_remembered_bytes / 2, 'x');
  for (const char* key : {"1", "2", "3", "4"}) store_.remember("p", digest(key), half);
  EXPECT_EQ(store_.remembered(cache::k_lasting_purpose, digest("commit")), "ai");
  EXPECT_FALSE(store_.remembered("p", digest("2")));
  EXPECT_TRUE(store_.remembered("p", digest("3"))) << "it does not count against the others either";
  EXPECT_TRUE(store_.remembered("p", digest("4")));
}

TEST_F(RememberedTest, ByPurposeAndKey)
{
  store_.remember("listing", digest("program"), "case a\ncase b");
  EXPECT_EQ(store_.remembered("listing", digest("program")), "case a\ncase b");
  EXPECT_EQ(store_.remembered("listing", digest("another")), std::nullopt);
  EXPECT_EQ(store_.remembered("facts", digest("program")), std::nullopt);
}

TEST_F(RememberedTest, TheLastValueCounts)
{
  store_.remember("listing", digest("program"), "old");
  store_.remember("listing", digest("program"), "");
  EXPECT_EQ(store_.remembered("listing", digest("program")), "");
  EXPECT_EQ(count("SELECT count(*) FROM remembered"), 1);
  EXPECT_EQ(count("SELECT value FROM numbers WHERE name = 'remembered_bytes'"), 0);
}

TEST_F(RememberedTest, SurvivesAReopening)
{
  store_.remember("listing", digest("program"), std::string("nul \0 too", 9));
  EXPECT_EQ(cache::Store::open(folder()).remembered("listing", digest("program")), std::string("nul \0 too", 9));
}

TEST_F(RememberedTest, TheOldestGoWhenItIsTooMuch)
{
  const std::string third(cache::k_remembered_bytes / 3, 'x');
  for (const char* key : {"1", "2", "3"}) store_.remember("p", digest(key), third);
  store_.remember("p", digest("1"), third); // now the newest
  store_.remember("p", digest("4"), third);
  EXPECT_TRUE(store_.remembered("p", digest("1")));
  EXPECT_FALSE(store_.remembered("p", digest("2")));
  EXPECT_TRUE(store_.remembered("p", digest("3")));
  EXPECT_TRUE(store_.remembered("p", digest("4")));
  EXPECT_EQ(count("SELECT sum(length(value)) FROM remembered"),
            count("SELECT value FROM numbers WHERE name = 'remembered_bytes'"));
}

TEST_F(RememberedTest, WhatIsLargerThanAllIsNotKept)
{
  store_.remember("p", digest("1"), "small");
  store_.remember("p", digest("2"), std::string(cache::k_remembered_bytes + 1, 'x'));
  EXPECT_TRUE(store_.remembered("p", digest("1")));
  EXPECT_FALSE(store_.remembered("p", digest("2")));
}

} // namespace
} // namespace sluice::tests
