#include "adapters/frameworks/ctest/ctest_launch.h"
#include "model/error.h"

#include <gmock/gmock.h>

namespace sluice::frameworks {
namespace {

using testing::ElementsAre;

// What `modifications` make of `name`; "unset" or "untouched" where there is no value.
std::string modified(const std::vector<std::string>& modifications, const std::string& name)
{
  CTestEntry entry;
  entry.environment = {"OWN=own"};
  entry.environment_modifications = modifications;
  ConsultedEnvironment consulted;
  const auto changes = ctest_environment(entry, {"P=/a:/b", "EMPTY=", "LIST=x;y"}, consulted);
  for (std::size_t i = changes.size(); i-- > 1;) { // the first is ENVIRONMENT's own
    if (changes[i].name == name)
      return changes[i].action == EnvironmentChange::Action::unset ? "unset" : changes[i].value;
  }
  return "untouched";
}

TEST(CTestEnvironment, ModifiesWhatIsInherited)
{
  EXPECT_EQ(modified({"P=path_list_prepend:/x"}, "P"), "/x:/a:/b");
  EXPECT_EQ(modified({"P=path_list_append:/x", "P=path_list_append:/y"}, "P"), "/a:/b:/x:/y");
  EXPECT_EQ(modified({"NEW=path_list_append:/x"}, "NEW"), "/x");
  EXPECT_EQ(modified({"EMPTY=path_list_append:/x"}, "EMPTY"), "/x");
  EXPECT_EQ(modified({"LIST=cmake_list_append:z"}, "LIST"), "x;y;z");
  EXPECT_EQ(modified({"LIST=cmake_list_prepend:z"}, "LIST"), "z;x;y");
  EXPECT_EQ(modified({"P=string_append:z", "P=string_prepend:-"}, "P"), "-/a:/bz");
  EXPECT_EQ(modified({"P=set:a:b=c"}, "P"), "a:b=c");
  EXPECT_EQ(modified({"P=unset:"}, "P"), "unset");
  EXPECT_EQ(modified({"P=set:1", "P=reset:"}, "P"), "untouched");
  EXPECT_EQ(modified({"OWN=string_append:er"}, "OWN"), "owner"); // ENVIRONMENT comes first
}

TEST(CTestEnvironment, TellsWhatItLookedUp)
{
  CTestEntry entry;
  entry.environment_modifications = {"P=path_list_prepend:/x"};
  ConsultedEnvironment consulted;
  ctest_environment(entry, {"P=/a", "Q=1"}, consulted);
  EXPECT_THAT(consulted, ElementsAre(std::pair<std::string, std::string>("P", "/a")));
}

TEST(CTestEnvironment, RefusesWhatCTestRefuses)
{
  for (const char* wrong : {"P", "P=set", "P=sett:1", "=set:1"}) EXPECT_THROW(modified({wrong}, "P"), Error) << wrong;
}

CTestEntry discovered()
{
  CTestEntry entry;
  entry.command = {"/b/t", "--gtest_filter=S.A", "--gtest_also_run_disabled_tests", "--data", "x"};
  entry.rules.skip_patterns = {"\\[  SKIPPED \\]"};
  return entry;
}

TEST(GtestSelection, RecognisesDiscoveredTests)
{
  const auto selection = gtest_selection(discovered());
  ASSERT_TRUE(selection);
  EXPECT_EQ(selection->selector, "S.A");
  EXPECT_THAT(selection->arguments, ElementsAre("/b/t", "--data", "x"));
}

// Each would make a shared process differ from the test run alone, or its result from gtest's own word.
TEST(GtestSelection, LeavesAloneWhatCannotShareAProcess)
{
  const auto refused = [](const std::function<void(CTestEntry&)>& change) {
    CTestEntry entry = discovered();
    change(entry);
    return !gtest_selection(entry);
  };
  EXPECT_TRUE(refused([](CTestEntry& e) { e.command[1] = "--gtest_filter=S.*"; }));
  EXPECT_TRUE(refused([](CTestEntry& e) { e.command[1] = "--gtest_filter=S.A:S.B"; }));
  EXPECT_TRUE(refused([](CTestEntry& e) { e.command[1] = "--gtest_filter=-S.A"; }));
  EXPECT_TRUE(refused([](CTestEntry& e) { e.command.push_back("--gtest_filter=S.B"); }));
  EXPECT_TRUE(refused([](CTestEntry& e) { e.command.push_back("--gtest_repeat=2"); }));
  EXPECT_TRUE(refused([](CTestEntry& e) { e.command.push_back("--gtest_brief=1"); }));
  EXPECT_TRUE(refused([](CTestEntry& e) { e.command.erase(e.command.begin() + 2); }));
  EXPECT_TRUE(refused([](CTestEntry& e) { e.rules.will_fail = true; }));
  EXPECT_TRUE(refused([](CTestEntry& e) { e.rules.pass_patterns = {"x"}; }));
  EXPECT_TRUE(refused([](CTestEntry& e) { e.rules.skip_patterns = {"SKIP"}; }));
  EXPECT_TRUE(refused([](CTestEntry& e) { e.environment = {"GTEST_TOTAL_SHARDS=2"}; }));
  EXPECT_TRUE(refused([](CTestEntry& e) { e.environment_modifications = {"GTEST_FILTER=set:x"}; }));
  EXPECT_FALSE(refused([](CTestEntry& e) { e.command.push_back("--gtest_output=xml:/x/S.A.xml"); }));
  EXPECT_FALSE(refused([](CTestEntry& e) { e.command.push_back("--gtest_death_test_style=threadsafe"); }));
}

} // namespace
} // namespace sluice::frameworks
