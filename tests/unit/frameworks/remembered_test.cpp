// When a remembered listing counts, and when it must not.
#include "adapters/frameworks/remembered.h"
#include "tests/unit/frameworks/world.h"

#include <gmock/gmock.h>

#include <thread>

namespace sluice::frameworks {
namespace {

using testing::ElementsAre;

class Remembered : public testing::Test {
protected:
  Remembered()
  {
    world_.copy_sample("build/t");
    world_.dir.write("sub/CMakeLists.txt", "add_test(NAME s COMMAND ${CMAKE_BINARY_DIR}/t x)\n");
    world_.configure("add_test(NAME t COMMAND ${CMAKE_BINARY_DIR}/t)\nadd_subdirectory(sub)\n"
                     "set_tests_properties(t PROPERTIES ENVIRONMENT_MODIFICATION V=string_append:x)\n");
    world_.context.remember = [this](std::string_view purpose, const Digest& key, std::string_view value) {
      world_.store[std::string(purpose) + to_hex(key)] = value;
      ++listed_;
    };
    // Stamps of files that are younger than this are not trusted.
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
  }

  // True if the listing came from memory.
  bool recalled()
  {
    const int before = listed_;
    listing_ = list({entry_}, world_.context);
    return listed_ == before;
  }

  World world_;
  TestsConfig entry_ = World::ctest();
  Listing listing_;
  int listed_ = 0;
};

TEST_F(Remembered, AnUnchangedFolderIsListedFromMemory)
{
  EXPECT_FALSE(recalled());
  const Listing first = listing_;
  EXPECT_TRUE(recalled());
  EXPECT_EQ(listing_.catalogue, first.catalogue);
  EXPECT_THAT(ids_of(listing_), ElementsAre("s", "t"));
}

TEST_F(Remembered, AnythingThatDecidesAListingIsCompared)
{
  EXPECT_FALSE(recalled());
  world_.dir.write("build/sub/CTestTestfile.cmake", "add_test(s2 \"" + world_.dir / "build/t" + "\")\n");
  EXPECT_FALSE(recalled());
  EXPECT_THAT(ids_of(listing_), ElementsAre("s2", "t"));
  world_.context.environment.push_back("V=1"); // an ENVIRONMENT_MODIFICATION reads it
  EXPECT_FALSE(recalled());
  entry_.labels = {"l"};
  EXPECT_FALSE(recalled());
  world_.dir.write("build/CTestCustom.cmake", "set(CTEST_CUSTOM_TESTS_IGNORE t)\n");
  recalled();
  EXPECT_EQ(listed_, 4); // not from memory, and not remembered either
  EXPECT_THAT(ids_of(listing_), ElementsAre("s2"));
}

TEST_F(Remembered, ProgramsAreLookedAtAgainWhenTheyChange)
{
  EXPECT_FALSE(recalled());
  EXPECT_TRUE(listing_.catalogue.program_of(test_named(listing_, "t")).closed);
  world_.dir.write("build/t", "#!/bin/sh\nexit 0\n"); // a script now: nothing is known about what it reads
  EXPECT_TRUE(recalled());
  EXPECT_FALSE(listing_.catalogue.program_of(test_named(listing_, "t")).closed);
  std::filesystem::remove(world_.dir / "build/t");
  EXPECT_TRUE(recalled());
  EXPECT_THAT(listing_.not_built, testing::Contains("build/t"));
  world_.dir.write("build/x", "made"); // an argument that names a file now
  EXPECT_TRUE(recalled());
}

TEST_F(Remembered, AnArgumentThatBecomesAFileCounts)
{
  EXPECT_FALSE(recalled());
  EXPECT_THAT(listing_.catalogue.program_of(test_named(listing_, "s")).files, ElementsAre("build/t"));
  world_.dir.write("build/sub/x", "made");
  EXPECT_TRUE(recalled());
  EXPECT_THAT(listing_.catalogue.program_of(test_named(listing_, "s")).files, ElementsAre("build/t", "build/sub/x"));
}

TEST_F(Remembered, AMissingProgramThatAppearsIsListedAnew)
{
  std::filesystem::remove(world_.dir / "build/t");
  EXPECT_FALSE(recalled());
  EXPECT_TRUE(recalled());
  EXPECT_THAT(listing_.not_built, testing::Contains("build/t"));
  world_.copy_sample("build/t");
  EXPECT_FALSE(recalled());
  EXPECT_TRUE(listing_.not_built.empty());
}

TEST_F(Remembered, DamagedMemoryIsNoMemory)
{
  EXPECT_FALSE(recalled());
  for (auto& [key, value] : world_.store) value.resize(value.size() / 2);
  EXPECT_FALSE(recalled());
  for (auto& [key, value] : world_.store) value += "x";
  EXPECT_FALSE(recalled());
  EXPECT_THAT(ids_of(listing_), ElementsAre("s", "t"));
}

} // namespace
} // namespace sluice::frameworks
