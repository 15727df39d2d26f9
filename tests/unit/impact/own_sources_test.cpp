#include "impact/own_sources.h"

#include <gtest/gtest.h>

namespace sluice::impact {
namespace {

// Objects and programs are made by steps; everything else is of the tree.
class OwnSources : public ::testing::Test {
protected:
  void made(const std::string& output, const std::vector<std::string>& inputs)
  {
    for (const std::string& input : inputs) facts_.add(input, output, FactSource::ninja_graph);
    facts_.recipes[facts_.intern(output)] = 1;
  }
  void test_program(const std::string& name)
  {
    Program program;
    program.files = {name};
    catalogue_.programs.push_back(program);
  }
  std::string own(std::size_t program)
  {
    add_own_sources(facts_, catalogue_);
    return catalogue_.programs[program].own_source;
  }
  Facts facts_;
  Catalogue catalogue_;
};

TEST_F(OwnSources, TheSourceOfATestAndNotThatOfItsLibrary)
{
  made("b/t.o", {"checks/t.c", "add.h"});
  made("b/add.o", {"add.c", "add.h"});
  made("b/libadd.a", {"b/add.o"});
  made("b/t", {"b/t.o", "b/libadd.a"});
  test_program("b/t");
  EXPECT_EQ(own(0), "checks/t.c");
}

TEST_F(OwnSources, WhatSeveralProgramsCompileIsNobodys)
{
  for (const char* name : {"t", "u"}) {
    const std::string program = name;
    made("b/" + program + ".o", {program + ".c"});
    made("b/" + program + "_add.o", {"add.c"});
    made("b/" + program, {"b/" + program + ".o", "b/" + program + "_add.o"});
    test_program("b/" + program);
  }
  EXPECT_EQ(own(0), "t.c");
  EXPECT_EQ(own(1), "u.c");
}

TEST_F(OwnSources, OfTwoSourcesNobodyKnowsWhichIsTheTest)
{
  made("b/t.o", {"t.c"});
  made("b/add.o", {"add.c"});
  made("b/t", {"b/t.o", "b/add.o"});
  test_program("b/t");
  EXPECT_EQ(own(0), "");
}

TEST_F(OwnSources, AProgramThatIsNoTestCounts)
{
  made("b/t.o", {"t.c"});
  made("b/t", {"b/t.o"});
  made("b/tool", {"b/t.o"});
  test_program("b/t");
  EXPECT_EQ(own(0), "");
}

TEST_F(OwnSources, AHeaderIsNone)
{
  made("b/t", {"only.hpp"});
  test_program("b/t");
  EXPECT_EQ(own(0), "");
}

} // namespace
} // namespace sluice::impact
