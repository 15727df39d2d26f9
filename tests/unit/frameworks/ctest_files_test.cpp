#include "adapters/frameworks/ctest/cmake_language.h"
#include "adapters/frameworks/ctest/ctest_files.h"
#include "tests/support/temp_dir.h"

#include <gmock/gmock.h>

namespace sluice::frameworks {
namespace {

using testing::Contains;
using testing::ElementsAre;

std::string told(std::string_view script)
{
  std::string text;
  const bool whole = read_cmake(script, [&](const CMakeCall& call) {
    text += call.name + "(";
    for (const CMakeArgument& argument : call.arguments) text += "<" + argument.text + (argument.expands ? "$>" : ">");
    text += ")";
  });
  return whole ? text : "refused after " + text;
}

TEST(CMakeLanguage, ReadsArgumentsOfEveryKind)
{
  EXPECT_EQ(told("# c\nAdd_Test([=[a]]b]=] \"x \\\"y\\\"\" z)#[[ long\ncomment ]]\nset(V ${W})"),
            "add_test(<a]]b><x \"y\"><z>)set(<V><${W}$>)");
  EXPECT_EQ(told("f(\"a;b\\;c\" [==[${X}]==])"), "f(<a;b\\;c><${X}>)");
  EXPECT_EQ(told(""), "");
}

TEST(CMakeLanguage, RefusesWhatItCannotReadRight)
{
  for (const char* script : {"f(", "f(\"", "f([[x)", "f(a", "f)", "(x)", "f((a))", "f(a\"b\")", "#[[ x"})
    EXPECT_TRUE(told(script).starts_with("refused")) << script;
}

class CTestFilesTest : public testing::Test {
protected:
  CTestFiles find(const std::string& script, const std::string& configuration = {})
  {
    dir_.write("CTestTestfile.cmake", script);
    return find_ctest_files(dir_.path(), configuration);
  }
  tests::TempDir dir_;
};

TEST_F(CTestFilesTest, FollowsFoldersAndIncludes)
{
  dir_.write("sub/CTestTestfile.cmake", "add_test(t \"/p\")\nsubdirs(\"deep\")\n");
  dir_.write("x_include.cmake", "if(EXISTS \"" + dir_ / "x_tests.cmake" + "\")\n  include(\"" + dir_ / "x_tests.cmake" +
                                  "\")\nelse()\n  add_test(x_NOT_BUILT x_NOT_BUILT)\nendif()\n");
  const CTestFiles found = find("include(\"" + dir_ / "x_include.cmake" + "\")\nsubdirs(\"sub\")\n");
  EXPECT_TRUE(found.exact);
  EXPECT_THAT(found.files,
              ElementsAre(dir_ / "CTestTestfile.cmake", dir_ / "x_include.cmake", dir_ / "x_tests.cmake",
                          dir_ / "sub/CTestTestfile.cmake", dir_ / "sub/deep/CTestTestfile.cmake",
                          dir_ / "sub/deep/DartTestfile.txt", dir_ / "CTestCustom.cmake", dir_ / "CTestCustom.ctest",
                          dir_ / "CTestConfiguration.ini", dir_ / "DartConfiguration.tcl"));
  EXPECT_THAT(found.programs.at("x_NOT_BUILT"), ElementsAre("x_NOT_BUILT"));
}

TEST_F(CTestFilesTest, KnowsTheProgramOfTheConfiguration)
{
  const std::string script =
    "if(CTEST_CONFIGURATION_TYPE MATCHES \"^([Dd][Ee][Bb][Uu][Gg])$\")\n  add_test(t \"/b/Debug/t\")\n"
    "elseif(CTEST_CONFIGURATION_TYPE MATCHES \"^(Release)$\")\n  add_test(t \"/b/Release/t\")\n"
    "else()\n  add_test(t NOT_AVAILABLE)\nendif()\n";
  EXPECT_THAT(find(script, "Debug").programs.at("t"), ElementsAre("/b/Debug/t"));
  EXPECT_THAT(find(script, "Release").programs.at("t"), ElementsAre("/b/Release/t"));
  EXPECT_THAT(find(script, "Other").programs.at("t"), ElementsAre("NOT_AVAILABLE"));
}

// What such a script does cannot be told from its text, so nothing may be remembered.
TEST_F(CTestFilesTest, IsInexactWhereTextDoesNotDecide)
{
  for (const char* script :
       {"foreach(x a b)\nendforeach()", "include(${WHERE})", "if($ENV{CI})\nendif()", "if(UNIX)\nendif()",
        "execute_process(COMMAND x)", "add_test(t ${P})", "add_test(t", "include(CTestTestfile.cmake)",
        "include(SomeModule)", "file(READ /x y)", "add_subdirectory(x)", "function(f)\nendfunction()",
        "if(CTEST_CONFIGURATION_TYPE MATCHES \"$ENV{KIND}\")\nendif()"})
    EXPECT_FALSE(find(script).exact) << script;
  EXPECT_TRUE(find("add_test(t \"/p\")").exact);
  dir_.write("CTestCustom.cmake", "set(CTEST_CUSTOM_TESTS_IGNORE t)");
  EXPECT_FALSE(find("add_test(t \"/p\")").exact);
}

TEST_F(CTestFilesTest, AnOlderToolsFileInAFolderCounts)
{
  EXPECT_TRUE(find("subdirs(sub)").exact);
  dir_.write("sub/DartTestfile.txt", "add_test(t \"/p\")");
  EXPECT_THAT(find("subdirs(sub)").files, Contains(dir_ / "sub/DartTestfile.txt"));
  EXPECT_FALSE(find("subdirs(sub)").exact);
  dir_.write("sub/CTestTestfile.cmake", "add_test(t \"/p\")");
  EXPECT_TRUE(find("subdirs(sub)").exact);
}

// A program that lists its tests may read anything.
TEST_F(CTestFilesTest, ProgramsThatEachListingStartsAreNotRemembered)
{
  const std::string discovery = "  gtest_discover_tests_impl(TEST_EXECUTABLE [==[/b/t]==])\n";
  const std::string is_new = "\"/b/t.cmake\" IS_NEWER_THAN \"/b/t\"";
  const auto guarded = [&](const std::string& condition) {
    return find("if(" + condition + ")\n" + discovery + "endif()\n").exact;
  };
  EXPECT_TRUE(guarded("NOT EXISTS \"/b/t.cmake\" OR\n NOT " + is_new + " OR NOT " + is_new));
  EXPECT_TRUE(guarded("NOT " + is_new));
  EXPECT_FALSE(find(discovery).exact);
  for (const std::string& condition :
       {is_new, "NOT " + is_new + " AND NOT EXISTS \"/x\"", std::string("EXISTS \"/b/t\""),
        "NOT " + is_new + " OR EXISTS \"/x\"", std::string("NOT EXISTS \"/x\"")})
    EXPECT_FALSE(guarded(condition)) << condition;
  EXPECT_FALSE(find("if(NOT " + is_new + ")\nelse()\n" + discovery + "endif()\n").exact);
}

TEST_F(CTestFilesTest, NotesProgramsAndAgesOfDiscoveryBeforeTheTests)
{
  const CTestFiles found = find("if(EXISTS \"/b/t\")\n if(NOT \"/b/t.cmake\" IS_NEWER_THAN \"/b/t\")\n"
                                "  gtest_discover_tests_impl(TEST_EXECUTABLE [==[/b/t]==])\n endif()\nendif()\n");
  EXPECT_TRUE(found.exact);
  EXPECT_THAT(found.files, Contains("/b/t"));
  EXPECT_THAT(found.newer, ElementsAre(std::pair<std::string, std::string>("/b/t.cmake", "/b/t")));
}

} // namespace
} // namespace sluice::frameworks
