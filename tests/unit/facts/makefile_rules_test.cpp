#include "adapters/facts/makefile_rules.h"

#include "tests/unit/facts/facts_fixture.h"

#include <gtest/gtest.h>

namespace sluice::facts {
namespace {

using Names = std::vector<std::string>;
using sluice::tests::TempDir;

TEST(MakeRules, ReadsADepfile)
{
  const auto rules = read_make_rules("a.o: a.cpp \\\n  b.h\\\r\n c.h\n\nb.h:\nc.h:\n");
  ASSERT_EQ(rules.size(), 3u);
  EXPECT_EQ(rules[0].targets, Names{"a.o"});
  EXPECT_EQ(rules[0].prerequisites, (Names{"a.cpp", "b.h", "c.h"}));
  EXPECT_EQ(rules[1].prerequisites, Names{});
}

TEST(MakeRules, ReadsTheEscapesThatCompilersWrite)
{
  const auto rules = read_make_rules("o\\ 1.o x.o : a\\ b.h c\\#d.h e$$f.h c:/win.h g\\h.h # no.h\n");
  ASSERT_EQ(rules.size(), 1u);
  EXPECT_EQ(rules[0].targets, (Names{"o 1.o", "x.o"}));
  EXPECT_EQ(rules[0].prerequisites, (Names{"a b.h", "c#d.h", "e$f.h", "c:/win.h", "g\\h.h"}));
}

TEST(MakeRules, RecipesBelongToTheRuleBeforeThem)
{
  const auto rules = read_make_rules("VAR = x\nout: in\n\tcc in: out\n\techo\n.PHONY : out\n");
  ASSERT_EQ(rules.size(), 2u);
  EXPECT_EQ(rules[0].recipe, "\tcc in: out\n\techo\n");
  EXPECT_EQ(rules[1].targets, Names{".PHONY"});
}

TEST(MakeRules, AgreesWithTheCompilerOnOddNames)
{
  TempDir folder;
  const Names odd{"sp ace.h", "ha#sh.h", "dol$lar.h", "co:lon.h", "per%cent.h"};
  std::string source;
  for (const std::string& name : odd) {
    folder.write(name, "");
    source += "#include \"" + name + "\"\n";
  }
  folder.write("a.cpp", source);
  run(folder.path(), {"c++", "-MD", "-MF", "a.d", "-c", "a.cpp", "-o", "a.o"});
  const auto rules = read_make_rules(folder.read("a.d"));
  ASSERT_EQ(rules.size(), 1u);
  for (const std::string& name : odd) EXPECT_TRUE(contains(rules[0].prerequisites, name)) << name;
}

} // namespace
} // namespace sluice::facts
