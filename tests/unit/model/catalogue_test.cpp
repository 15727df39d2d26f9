#include "model/catalogue.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice {
namespace {

Catalogue catalogue_of(const std::vector<std::string>& ids)
{
  Catalogue catalogue;
  catalogue.programs.push_back({});
  catalogue.programs.back().name = "program";
  for (const std::string& id : ids) {
    catalogue.tests.push_back({});
    catalogue.tests.back().id = {id};
  }
  return catalogue;
}

TEST(Catalogue, FindsEachTestById)
{
  const Catalogue catalogue = catalogue_of({"a", "a:b", "b", "z"});
  for (std::size_t i = 0; i < catalogue.tests.size(); ++i) {
    const auto index = catalogue.find(catalogue.tests[i].id.value);
    ASSERT_TRUE(index);
    EXPECT_EQ(static_cast<std::size_t>(*index), i);
    EXPECT_EQ(&catalogue.test(*index), &catalogue.tests[i]);
  }
}

TEST(Catalogue, KnowsWhatIsNotThere)
{
  const Catalogue catalogue = catalogue_of({"b", "d"});
  for (const char* id : {"", "a", "bb", "c", "e"}) EXPECT_EQ(catalogue.find(id), std::nullopt) << id;
  EXPECT_EQ(Catalogue{}.find("a"), std::nullopt);
}

TEST(Catalogue, LeadsFromATestToItsProgram)
{
  Catalogue catalogue = catalogue_of({"a"});
  catalogue.programs.push_back({});
  catalogue.programs.back().name = "other";
  catalogue.tests[0].program = ProgramId{1};
  EXPECT_EQ(catalogue.program_of(catalogue.tests[0]).name, "other");
}

TEST(ResultRules, ArePlainOnlyWithoutAnyRule)
{
  EXPECT_TRUE(ResultRules{}.plain());
  ResultRules rules;
  rules.skip_code = 0;
  EXPECT_FALSE(rules.plain());
  rules = {};
  rules.will_fail = true;
  EXPECT_FALSE(rules.plain());
  rules = {};
  rules.after_match.patterns = {"x"};
  EXPECT_FALSE(rules.plain());
  for (auto patterns : {&ResultRules::pass_patterns, &ResultRules::fail_patterns, &ResultRules::skip_patterns,
                        &ResultRules::required_files}) {
    rules = {};
    (rules.*patterns).push_back("x");
    EXPECT_FALSE(rules.plain());
  }
}

} // namespace
} // namespace sluice
