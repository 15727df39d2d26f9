#include "adapters/frameworks/file_search.h"
#include "adapters/frameworks/gtest/gtest_names.h"
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

  // In the program's place.
  void script(const std::string& text) const
  {
    const std::string path = world_.dir / "build/tests/a_test";
    std::filesystem::remove(path);
    world_.dir.write("build/tests/a_test", "#!/bin/sh\n" + text);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
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

TEST_F(GtestListing, AnUnchangedProgramIsNotStarted)
{
  world_.add_lane();
  const Listing first = listed();
  EXPECT_EQ(world_.asked, 1);
  EXPECT_EQ(listed().catalogue.tests, first.catalogue.tests);
  EXPECT_EQ(world_.asked, 1);
  script("exit 1\n");
  EXPECT_THAT(error(), HasSubstr("fails to list its tests: exit code 1"));
}

TEST_F(GtestListing, WhatItWasSeenToUseCounts)
{
  world_.add_lane();
  listed();
  world_.rests_on = "a file of cases that was changed";
  listed();
  EXPECT_EQ(world_.asked, 2);
  listed();
  EXPECT_EQ(world_.asked, 2);
}

TEST_F(GtestListing, DeclaredInputsTheEntryAndTheEnvironmentCount)
{
  world_.add_lane();
  world_.dir.write("data/cases.txt", "one");
  world_.context.files = {"data/cases.txt"};
  entry_.inputs = {"data/**"};
  listed();
  world_.dir.write("data/cases.txt", "two");
  listed();
  EXPECT_EQ(world_.asked, 2);
  entry_.directory = "data";
  listed();
  EXPECT_EQ(world_.asked, 3);
  world_.context.environment.push_back("LANG=C");
  listed();
  EXPECT_EQ(world_.asked, 4);
}

TEST_F(GtestListing, WhatWasNotSeenWholeIsAskedEachTime)
{
  world_.add_lane();
  world_.rests_on = std::nullopt;
  listed();
  listed();
  EXPECT_EQ(world_.asked, 2);
  EXPECT_TRUE(world_.store.empty());
}

TEST_F(GtestListing, WithoutALaneItIsAskedEachTime)
{
  int asked = 0;
  world_.context.wrapper = [&](const std::string&) { return ++asked, std::vector<std::string>(); };
  listed();
  listed();
  EXPECT_EQ(asked, 2);
  world_.context.lane = [] { return ListingLane(); };
  listed();
  EXPECT_EQ(asked, 3);
  world_.context.lane = [] { return [](const auto&, auto) { return std::optional<LaneAnswer>(); }; };
  EXPECT_THAT(ids_of(listed()), Contains("a_test:Plain.Passes"));
  EXPECT_EQ(asked, 4);
  EXPECT_TRUE(world_.store.empty());
}

// A lane takes over the children of this process.
TEST_F(GtestListing, NothingElseIsStartedWhileALaneLives)
{
  world_.add_lane();
  world_.configure("add_test(one true)\n");
  world_.copy_sample("build/tests/a_test");
  int asked = 0;
  world_.context.wrapper = [&](const std::string&) {
    EXPECT_FALSE(world_.lane_lives());
    return ++asked, std::vector<std::string>();
  };
  const Listing listing = list({entry_, World::ctest()}, world_.context);
  EXPECT_EQ(world_.asked, 1);
  EXPECT_EQ(asked, 1);
  EXPECT_THAT(ids_of(listing), Contains("one"));
  EXPECT_EQ(listing.catalogue.programs[0].name, "a_test") << "in the order of the entries";
  script("echo S.; echo '  A'\n"); // in no file: asked again
  listed();
  EXPECT_EQ(asked, 2);
}

TEST_F(GtestListing, APrintedListIsReadApartFromComplaints)
{
  world_.add_lane();
  script("echo S.; echo oh >&2; echo '  A'\n");
  EXPECT_THAT(ids_of(listed()), ElementsAre("a_test:S.A"));
  EXPECT_TRUE(world_.store.empty());
}

TEST_F(GtestListing, AFailureInALaneHasItsOneLine)
{
  world_.add_lane();
  script("echo Running main\\(\\) from x.cc; echo S.; echo '  A'; echo no such option; echo usage; exit 3\n");
  EXPECT_THAT(error(), HasSubstr("a_test fails to list its tests: exit code 3: no such option"));
  EXPECT_THAT(error(), Not(HasSubstr("usage")));
  script("kill -SEGV $$\n");
  EXPECT_THAT(error(), HasSubstr("fails to list its tests: exit code 139"));
  world_.context.lane = [] {
    return [](const auto&, auto) { return std::optional(LaneAnswer{137, true, "", std::nullopt}); };
  };
  EXPECT_THAT(error(), HasSubstr("a_test does not end when asked for its tests"));
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
