// Real CMake projects without languages, listed by the real ctest.
#include "model/error.h"
#include "tests/unit/frameworks/world.h"

#include <gmock/gmock.h>

namespace sluice::frameworks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CTestListing : public testing::Test {
protected:
  Listing listed(const TestsConfig& entry = World::ctest()) { return list({entry}, world_.context); }

  std::string error_of(const TestsConfig& entry)
  {
    try {
      listed(entry);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  World world_;
};

TEST_F(CTestListing, HonoursEveryProperty)
{
  world_.configure(
    "add_test(NAME t COMMAND ${CMAKE_COMMAND} -E true)\nadd_test(NAME other COMMAND ${CMAKE_COMMAND} -E true)\n"
    "set_tests_properties(t PROPERTIES COST 3.5 PROCESSORS 2 RUN_SERIAL ON RESOURCE_LOCK \"l1;l2\" LABELS \"b;a\"\n"
    " FIXTURES_SETUP up FIXTURES_CLEANUP down FIXTURES_REQUIRED \"n1;n2\" DEPENDS \"other;absent\" WILL_FAIL ON\n"
    " PASS_REGULAR_EXPRESSION \"p;q\" FAIL_REGULAR_EXPRESSION f SKIP_REGULAR_EXPRESSION s SKIP_RETURN_CODE 77\n"
    " REQUIRED_FILES \"/r;rel\" ENVIRONMENT \"A=1;B=x y\" ENVIRONMENT_MODIFICATION \"PATH=path_list_prepend:/x\"\n"
    " TIMEOUT 1.5 TIMEOUT_AFTER_MATCH \"2.5;ready\" WORKING_DIRECTORY /tmp)\n");
  const Listing listing = listed();
  const TestCase& test = test_named(listing, "t");
  const Needs needs{2, true, {"l1", "l2"}, {"up"}, {"down"}, {"n1", "n2"}, {{"other"}}, 3.5};
  EXPECT_EQ(test.needs, needs);
  const ResultRules rules{
    {"p", "q"}, {"f"}, {"s"}, 77, true, {"/r", "/tmp/rel"}, ResultFormat::exit_code, {{"ready"}, Millis(2500)}};
  EXPECT_EQ(test.rules, rules);
  EXPECT_THAT(test.labels, ElementsAre("a", "b"));
  EXPECT_EQ(test.time_limit, Millis(1500));
  EXPECT_EQ(test.file, "CMakeLists.txt");
  const Launch& launch = listing.catalogue.program_of(test).launch;
  EXPECT_EQ(launch.working_directory, "/tmp");
  ASSERT_EQ(launch.environment.size(), 3u);
  EXPECT_EQ(launch.environment[1].value, "x y");
  EXPECT_EQ(launch.environment[2].value, "/x:/usr/local/bin:/usr/bin:/bin");
}

TEST_F(CTestListing, DisabledTestsAndTimeLimits)
{
  world_.configure(
    "add_test(NAME none COMMAND ${CMAKE_COMMAND} -E true)\nadd_test(NAME own COMMAND ${CMAKE_COMMAND} -E true)\n"
    "set_tests_properties(none PROPERTIES TIMEOUT 0)\nset_tests_properties(own PROPERTIES DISABLED ON)\n");
  TestsConfig entry = World::ctest();
  entry.time_limit = Millis(9000);
  entry.labels = {"z"};
  const Listing listing = listed(entry);
  EXPECT_GT(test_named(listing, "none").time_limit, std::chrono::hours(1000)); // TIMEOUT 0: no limit
  EXPECT_EQ(test_named(listing, "own").time_limit, Millis(9000));
  EXPECT_EQ(test_named(listing, "own").disabled, "CTest property DISABLED");
  EXPECT_THAT(test_named(listing, "own").labels, ElementsAre("z"));
}

TEST_F(CTestListing, TimeLimitsAfterAMatch)
{
  world_.configure(
    "add_test(NAME zero COMMAND ${CMAKE_COMMAND} -E true)\nadd_test(NAME less COMMAND ${CMAKE_COMMAND} -E true)\n"
    "set_tests_properties(zero PROPERTIES TIMEOUT_AFTER_MATCH \"0;a\")\n"
    "set_tests_properties(less PROPERTIES TIMEOUT_AFTER_MATCH \"-1;a\")\n");
  const Listing listing = listed();
  EXPECT_TRUE(test_named(listing, "zero").rules.plain()); // as CTest has it
  EXPECT_EQ(test_named(listing, "less").rules.after_match, (LimitAfterMatch{{"a"}, Millis{0}}));
}

TEST_F(CTestListing, TheSameNameInSeveralFoldersGetsStableIds)
{
  world_.dir.write("sub/CMakeLists.txt", "add_test(NAME dup COMMAND ${CMAKE_COMMAND} -E true)\n");
  world_.configure(
    "add_test(NAME dup COMMAND ${CMAKE_COMMAND} -E true)\nadd_subdirectory(sub)\n"
    "add_test(NAME after COMMAND ${CMAKE_COMMAND} -E true)\nset_tests_properties(after PROPERTIES DEPENDS dup)\n");
  const Listing listing = listed();
  EXPECT_THAT(ids_of(listing), ElementsAre("after", "dup [.]", "dup [sub]"));
  EXPECT_THAT(test_named(listing, "after").needs.after, ElementsAre(TestId{"dup [.]"}, TestId{"dup [sub]"}));
}

// Never silently dropped: they are there, and cannot be green.
TEST_F(CTestListing, WhatIsNotBuiltIsThereAndCannotStart)
{
  world_.dir.write("build/x_include.cmake", "add_test(x_NOT_BUILT x_NOT_BUILT)\n");
  world_.configure(
    "add_test(NAME absent COMMAND ${CMAKE_BINARY_DIR}/absent)\nadd_test(NAME nowhere COMMAND no-such-program)\n"
    "set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${CMAKE_BINARY_DIR}/x_include.cmake)\n");
  const Listing listing = listed();
  EXPECT_THAT(listing.not_built, ElementsAre("build/absent", "build/no-such-program", "x"));
  for (const char* id : {"absent", "nowhere", "x_NOT_BUILT"}) {
    const Program& program = listing.catalogue.program_of(test_named(listing, id));
    EXPECT_FALSE(std::filesystem::exists(program.launch.arguments.at(0))) << id;
    EXPECT_FALSE(program.closed);
  }
}

TEST_F(CTestListing, SeveralEntriesAreKeptApartByTheirNames)
{
  world_.configure(
    "add_test(NAME t COMMAND ${CMAKE_COMMAND} -E true)\nset_tests_properties(t PROPERTIES FIXTURES_SETUP f)\n");
  TestsConfig one = World::ctest();
  EXPECT_THROW(list({one, one}, world_.context), Error);
  one.name = "one";
  const Listing listing = list({one, World::ctest()}, world_.context);
  EXPECT_THAT(ids_of(listing), ElementsAre("one:t", "t"));
  EXPECT_THAT(test_named(listing, "one:t").needs.fixtures_setup, ElementsAre("one:f"));
}

TEST_F(CTestListing, MistakesGetOneClearLine)
{
  EXPECT_THAT(error_of(World::ctest()), HasSubstr("\"build\" has no CTestTestfile.cmake"));
  world_.configure("add_test(NAME t COMMAND ${CMAKE_COMMAND} -E true)\n");
  world_.dir.write("build/CTestTestfile.cmake", "include(gone.cmake)\n");
  EXPECT_THAT(error_of(World::ctest()), HasSubstr("ctest cannot list the tests of build"));
}

TEST_F(CTestListing, SeveralConfigurations)
{
  world_.dir.write("CMakeLists.txt",
                   "cmake_minimum_required(VERSION 3.20)\nproject(p LANGUAGES NONE)\nenable_testing()\n"
                   "add_test(NAME t COMMAND ${CMAKE_COMMAND} -E echo $<CONFIG>)\n"
                   "add_test(NAME u COMMAND ${CMAKE_BINARY_DIR}/$<CONFIG>/u)\n");
  world_.run({SLUICE_CMAKE, "-S", ".", "-B", "build", "-G", "Ninja Multi-Config"});
  EXPECT_THAT(error_of(World::ctest()), HasSubstr("several configurations (Debug;Release"));
  TestsConfig entry = World::ctest();
  entry.configuration = "Release";
  const Listing listing = listed(entry);
  EXPECT_EQ(listing.catalogue.program_of(test_named(listing, "t")).launch.arguments.back(), "Release");
  EXPECT_THAT(listing.not_built, ElementsAre("build/Release/u"));
  entry.configuration = "Other";
  const Listing other = listed(entry);
  EXPECT_FALSE(std::filesystem::exists(other.catalogue.program_of(test_named(other, "t")).launch.arguments[0]));
  EXPECT_THAT(other.not_built, IsEmpty()); // no build can make up for it
}

} // namespace
} // namespace sluice::frameworks
