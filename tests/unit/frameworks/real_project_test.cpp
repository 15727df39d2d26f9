// One real C++ project, built for real: what gtest_discover_tests makes of it in both of its modes.
#include "tests/unit/frameworks/world.h"

#include <gmock/gmock.h>

#include <thread>

namespace sluice::frameworks {
namespace {

using testing::Contains;
using testing::ElementsAre;

constexpr const char* k_lists = R"(cmake_minimum_required(VERSION 3.20)
project(p LANGUAGES CXX)
enable_testing()
find_package(GTest REQUIRED)
include(GoogleTest)
add_executable(g g.cpp)
target_link_libraries(g GTest::gtest_main)
gtest_discover_tests(g TEST_PREFIX "post:" PROPERTIES LABELS quick TIMEOUT 7)
gtest_discover_tests(g TEST_PREFIX "pre:" TEST_SUFFIX ":x" DISCOVERY_MODE PRE_TEST EXTRA_ARGS --more)
add_executable(later EXCLUDE_FROM_ALL g.cpp)
target_link_libraries(later GTest::gtest_main)
gtest_discover_tests(later)
)";
constexpr const char* k_source = R"(#include <gtest/gtest.h>
TEST(S, A) {}
TEST(S, DISABLED_B) {}
template <typename T> class Ty : public testing::Test {};
using Types = testing::Types<int>;
TYPED_TEST_SUITE(Ty, Types);
TYPED_TEST(Ty, Y) {}
class P : public testing::TestWithParam<const char*> {};
TEST_P(P, X) {}
INSTANTIATE_TEST_SUITE_P(I, P, testing::Values("semi;colon", "br[ack"));
)";

TEST(RealProject, DiscoveredTestsAreCasesOfOneProgram)
{
  World world;
  world.dir.write("CMakeLists.txt", k_lists);
  world.dir.write("g.cpp", k_source);
  world.run({SLUICE_CMAKE, "-S", ".", "-B", "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug"});
  world.run({SLUICE_CMAKE, "--build", "build"});
  int listed = 0;
  world.context.remember = [&](std::string_view purpose, const Digest& key, std::string_view value) {
    world.store[std::string(purpose) + to_hex(key)] = value;
    ++listed;
  };
  const Listing listing = list({World::ctest()}, world.context);

  const TestCase& post = test_named(listing, "post:S.A");
  EXPECT_EQ(post.selector, "S.A");
  EXPECT_EQ(post.suite, "g:S");
  EXPECT_EQ(post.time_limit, Millis(7000));
  EXPECT_THAT(post.labels, ElementsAre("quick"));
  EXPECT_TRUE(post.rules.plain());
  EXPECT_EQ(test_named(listing, "post:S.B").selector, "S.DISABLED_B");
  EXPECT_NE(test_named(listing, "post:S.B").disabled, "");
  EXPECT_EQ(test_named(listing, "post:Ty.Y<int>").selector, "Ty/0.Y");
  EXPECT_EQ(test_named(listing, "post:I/P.X/\"semi;colon\"").selector, "I/P.X/0");
  EXPECT_EQ(test_named(listing, "post:Ty.Y<int>").program, post.program);
  const Program& program = listing.catalogue.program_of(post);
  EXPECT_EQ(program.framework, FrameworkKind::gtest);
  EXPECT_THAT(program.launch.arguments, ElementsAre(world.dir / "build/g"));
  EXPECT_TRUE(program.closed);

  const TestCase& pre = test_named(listing, "pre:S.A:x");
  EXPECT_NE(pre.program, post.program);
  EXPECT_EQ(pre.suite, "g --more:S");
  EXPECT_THAT(listing.not_built, ElementsAre("later"));
  EXPECT_EQ(test_named(listing, "later_NOT_BUILT").selector, "");

  // The first listing let ctest write what PRE_TEST discovers; the second finds all steady and is remembered.
  EXPECT_EQ(listed, 0);
  EXPECT_EQ(list({World::ctest()}, world.context).catalogue, listing.catalogue);
  EXPECT_EQ(listed, 1);
  EXPECT_EQ(list({World::ctest()}, world.context).catalogue, listing.catalogue);
  EXPECT_EQ(listed, 1);

  world.run({SLUICE_CMAKE, "--build", "build", "--target", "later"});
  const Listing after = list({World::ctest()}, world.context);
  EXPECT_TRUE(after.not_built.empty());
  EXPECT_THAT(ids_of(after), Contains("S.A"));

  // A case that is new in the source is there after the build.
  world.dir.write("g.cpp", std::string(k_source) + "TEST(S, New) {}\n");
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  world.run({SLUICE_CMAKE, "--build", "build"});
  const Listing rebuilt = list({World::ctest()}, world.context);
  EXPECT_THAT(ids_of(rebuilt), Contains("post:S.New"));
  EXPECT_THAT(ids_of(rebuilt), Contains("pre:S.New:x"));
}

} // namespace
} // namespace sluice::frameworks
