#include "adapters/frameworks/file_search.h"
#include "adapters/frameworks/gtest_names.h"
#include "model/error.h"
#include "tests/unit/frameworks/world.h"

#include <gmock/gmock.h>

namespace sluice::frameworks {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class GtestListing : public testing::Test {
protected:
  GtestListing()
  {
    world_.dir.write("build/CMakeCache.txt", "");
    world_.copy_sample("build/tests/a_test");
    entry_.framework = FrameworkKind::gtest;
    entry_.programs = {"build/tests/*_test"};
  }
  Listing listed() { return list({entry_}, world_.context); }
  std::string error()
  {
    try {
      listed();
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  World world_;
  TestsConfig entry_;
};

TEST_F(GtestListing, ListsEveryKindOfCase)
{
  const Listing listing = listed();
  EXPECT_THAT(ids_of(listing), Contains("a_test:Plain.Passes"));
  EXPECT_THAT(ids_of(listing), Contains("a_test:Typed/1.Case"));
  EXPECT_THAT(ids_of(listing), Contains("a_test:Some/Values.Case/3"));
  const TestCase& test = test_named(listing, "a_test:Plain.Fails");
  EXPECT_EQ(test.suite, "a_test:Plain");
  EXPECT_EQ(test.name, "Fails");
  EXPECT_EQ(test.selector, "Plain.Fails");
  EXPECT_THAT(test.file, HasSubstr("sample.cpp"));
  EXPECT_GT(test.line, 0);
  EXPECT_NE(test_named(listing, "a_test:Plain.DISABLED_Never").disabled, "");
  EXPECT_EQ(listing.catalogue.programs[0].cases, listing.catalogue.tests.size() - 1);
  EXPECT_TRUE(listing.catalogue.programs[0].closed);
  EXPECT_EQ(listing.catalogue.programs[0].launch.working_directory, world_.dir / "build/tests");
}

// The program is replaced by one that cannot list, with a digest that says that it is the same.
TEST_F(GtestListing, AnUnchangedProgramIsNotStarted)
{
  world_.context.digest = [](const std::string&) { return *digest_from_hex(std::string(64, '1')); };
  const Listing first = listed();
  world_.dir.write("build/tests/a_test", "#!/bin/sh\nexit 1\n");
  EXPECT_EQ(listed().catalogue.tests, first.catalogue.tests);
  world_.context.digest = [](const std::string&) { return *digest_from_hex(std::string(64, '2')); };
  EXPECT_THAT(error(), HasSubstr("fails to list its tests: exit code 1"));
}

// Cases may live in a shared library: a change there is a change of the list.
TEST_F(GtestListing, LibrariesAndDeclaredInputsCount)
{
  const std::string library = world_.dir.write("build/libcases.so", "one");
  world_.context.libraries = [&](const std::string&) { return std::vector<std::string>{library}; };
  world_.dir.write("data/cases.txt", "one");
  world_.context.files = {"data/cases.txt"};
  entry_.inputs = {"data/**"};
  int asked = 0;
  world_.context.remember = [&](std::string_view purpose, const Digest& key, std::string_view value) {
    world_.store[std::string(purpose) + to_hex(key)] = value;
    ++asked;
  };
  listed();
  listed();
  EXPECT_EQ(asked, 1);
  world_.dir.write("build/libcases.so", "two");
  listed();
  EXPECT_EQ(asked, 2);
  world_.dir.write("data/cases.txt", "two");
  listed();
  EXPECT_EQ(asked, 3);
  world_.context.libraries = [](const std::string&) { return std::nullopt; };
  listed();
  EXPECT_EQ(asked, 3); // not known what it loads: listed, not remembered
}

TEST_F(GtestListing, TheEnvironmentCannotHideCases)
{
  world_.context.environment.insert(world_.context.environment.end(), {"GTEST_FILTER=Plain.Skips"});
  ::setenv("GTEST_FILTER", "Plain.Passes", 1); // what this process itself inherited
  const Listing listing = listed();
  ::unsetenv("GTEST_FILTER");
  EXPECT_THAT(ids_of(listing), Contains("a_test:Plain.Fails"));
}

TEST_F(GtestListing, NamesStayApart)
{
  world_.copy_sample("build/other/a_test");
  entry_.programs = {"build/tests/*_test", "build/other/*_test"};
  EXPECT_THAT(ids_of(listed()), Contains("build/other/a_test:Plain.Passes"));
  entry_.programs = {"build/**/*_test"};
  EXPECT_THAT(ids_of(listed()), Contains("other/a_test:Plain.Passes"));
}

TEST_F(GtestListing, MistakesNameTheGlob)
{
  entry_.programs = {"build/tset/*_test"};
  EXPECT_THAT(error(), HasSubstr("\"build/tset/*_test\" matches no executable"));
  const std::string script = world_.dir.write("build/tests/empty_test", "#!/bin/sh\nexit 0\n");
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  entry_.programs = {"build/tests/empty_test"};
  EXPECT_THAT(error(), HasSubstr("empty_test lists no GoogleTest tests"));
}

TEST_F(GtestListing, ANamedProgramThatIsNotThereMustBeBuilt)
{
  entry_.programs = {"build/tests/b_test"};
  const Listing listing = listed();
  EXPECT_THAT(listing.not_built, ElementsAre("build/tests/b_test"));
  ASSERT_THAT(ids_of(listing), ElementsAre("b_test:(not built)"));
  EXPECT_EQ(listing.catalogue.programs[0].launch.arguments[0], world_.dir / "build/tests/b_test");
}

TEST_F(GtestListing, FindsExecutablesOnly)
{
  world_.dir.write("build/tests/notes_test", "text");
  world_.copy_sample("build/tests/lib_test.so");
  world_.copy_sample("build/tests/deep/c_test");
  EXPECT_THAT(find_programs(world_.dir.path(), "build/tests/*"), ElementsAre("build/tests/a_test"));
  EXPECT_THAT(find_programs(world_.dir.path(), "build/**"), Contains("build/tests/deep/c_test"));
  EXPECT_THAT(find_programs(world_.dir.path(), "*_test"), ElementsAre("build/tests/a_test", "build/tests/deep/c_test"));
  EXPECT_THAT(find_programs(world_.dir.path(), world_.dir / "build/tests/a*"),
              ElementsAre(world_.dir / "build/tests/a_test"));
}

TEST(GtestNames, ReadsThePrintedList)
{
  const auto names = parse_gtest_list("Running main() from gtest_main.cc\nS.\n  A\n  B  # GetParam() = x\n"
                                      "Ty/0.  # TypeParam = std::map<int, char>\n  C\nsome noise\n  D\nS2.\r\n  E\r\n");
  EXPECT_THAT(names, ElementsAre(GtestName{"S", "A", "", 0}, GtestName{"S", "B", "", 0}, GtestName{"Ty/0", "C", "", 0},
                                 GtestName{"S2", "E", "", 0}));
}

TEST(GtestNames, RefusesDamagedListFiles)
{
  for (const char* text : {"", "{", "[]", "{\"testsuites\": 3}", "{\"testsuites\": [{\"name\": \"S\"}]}",
                           "{\"tests\": 99999999999999, \"testsuites\": []}"})
    EXPECT_FALSE(parse_gtest_list_file(text)) << text;
  EXPECT_TRUE(parse_gtest_list_file("{\"testsuites\": []}"));
}

} // namespace
} // namespace sluice::frameworks
