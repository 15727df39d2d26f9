#include "model/facts.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace sluice {
namespace {

TEST(Facts, APathHasOneId)
{
  Facts facts;
  const PathId first = facts.intern("a.cpp");
  EXPECT_EQ(facts.intern("a.cpp"), first);
  EXPECT_NE(facts.intern("a.cpp "), first);
  EXPECT_EQ(facts.name(first), "a.cpp");
  EXPECT_EQ(facts.paths.size(), 2u);
}

TEST(Facts, IdsStayWhenManyPathsCome)
{
  Facts facts;
  for (int i = 0; i < 5'000; ++i) facts.intern("file" + std::to_string(i));
  for (int i = 0; i < 5'000; ++i) {
    PathId id{};
    ASSERT_TRUE(facts.find("file" + std::to_string(i), id));
    EXPECT_EQ(facts.name(id), "file" + std::to_string(i));
  }
}

TEST(Facts, FindingDoesNotAdd)
{
  Facts facts;
  PathId id{};
  EXPECT_FALSE(facts.find("a.cpp", id));
  EXPECT_TRUE(facts.paths.empty());
}

TEST(Facts, AddingAnEdgeInternsBothEnds)
{
  Facts facts;
  facts.add("a.cpp", "a.o", FactSource::ninja_deps);
  facts.add("a.o", "program", FactSource::ninja_graph);
  ASSERT_EQ(facts.edges.size(), 2u);
  EXPECT_EQ(facts.name(facts.edges[0].input), "a.cpp");
  EXPECT_EQ(facts.edges[0].output, facts.edges[1].input);
  EXPECT_EQ(facts.edges[1].source, FactSource::ninja_graph);
}

TEST(Facts, ACopyKnowsItsPaths)
{
  Facts facts;
  facts.add("a.cpp", "a.o", FactSource::declared);
  const Facts copy = facts;
  facts = Facts{};
  PathId id{};
  ASSERT_TRUE(copy.find("a.o", id));
  EXPECT_EQ(copy.name(id), "a.o");
}

TEST(Facts, EverySourceHasItsOwnWord)
{
  // The compiler demands a word for each enumerator, also for one to come: the switch of to_string() has no default.
  std::set<std::string_view> words;
  for (int i = 0; i <= 0xff; ++i) {
    const std::string_view word = to_string(static_cast<FactSource>(i));
    if (word == "?") continue; // no enumerator
    EXPECT_TRUE(words.insert(word).second) << word;
  }
  EXPECT_GE(words.size(), 8u);
}

} // namespace
} // namespace sluice
