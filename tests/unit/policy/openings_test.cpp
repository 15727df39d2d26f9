// What a change opens in its own walls: each test asks how it could open one without a line that says so.
#include "policy/openings.h"

#include <gmock/gmock.h>

namespace sluice::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string build_folder(const std::string& directory)
{
  Config config;
  config.build.emplace().directory = directory;
  return opening_of_build_folder(config);
}

TEST(Openings, TheDefaultsOpenNothing)
{
  EXPECT_THAT(openings_of({}), IsEmpty());
  Config config;
  config.build.emplace().directory = "build";
  EXPECT_THAT(openings_of(config), IsEmpty());
}

TEST(Openings, AreTheLinesOfSluiceToml)
{
  Config config;
  config.sandbox.isolate = config.sandbox.observe = false;
  config.sandbox.fast_paths = true;
  config.sandbox.tree = SandboxTree::writable;
  config.sandbox.network = SandboxNetwork::host;
  config.sandbox.show = {"~/.m2"};
  config.sandbox.writable = {"/var/x", "/var/y"};
  config.sandbox.devices = {"/dev/kvm"};
  config.build.emplace().directory = "/elsewhere";
  config.build->isolate = false;
  config.build->writable = {"/cache"};
  EXPECT_THAT(openings_of(config),
              ElementsAre("isolate = false", "observe = false", k_fast_paths_opening, "tree = \"writable\"",
                          "network = \"host\"", "show = \"~/.m2\"", "writable = \"/var/x\"", "writable = \"/var/y\"",
                          "devices = \"/dev/kvm\"", "directory = \"/elsewhere\"", "[build] isolate = false",
                          "[build] writable = \"/cache\""));
}

// A finding that sluice.toml declares is excused by the key of its line, so every line begins with that.
TEST(Openings, HaveAKey)
{
  EXPECT_EQ(key_of_opening("network = \"host\""), "network");
  EXPECT_EQ(key_of_opening("writable = \"/a b\""), "writable");
  EXPECT_EQ(key_of_opening("[build] writable = \"/c\""), "[build]"); // not that of the tests
  EXPECT_EQ(key_of_opening("network"), "network");
  EXPECT_EQ(key_of_opening(""), "");
}

TEST(Openings, ABuildFolderOutsideOfTheTreeIsOne)
{
  for (const char* inside : {"", ".", "build", "./build/", "out/x/../y", "a/..", "..build", "a/b/../../c", "a//b"})
    EXPECT_EQ(build_folder(inside), "") << inside;
  for (const char* outside : {"..", "../build", "/tmp/build", "a/../..", "a/../../tree/build", "./../x", "a//../.."})
    EXPECT_EQ(build_folder(outside), "directory = \"" + std::string(outside) + "\"") << outside;
}

TEST(Openings, WithoutABuildTheFolderOfCTestCounts)
{
  Config config;
  config.tests.emplace_back().directory = "/of/a/command";
  EXPECT_EQ(opening_of_build_folder(config), "");
  config.tests.emplace_back().framework = FrameworkKind::ctest;
  config.tests.back().directory = "../build";
  EXPECT_EQ(opening_of_build_folder(config), "directory = \"../build\"");
  config.build.emplace().directory = "build"; // what is built there is what CTest is asked about
  EXPECT_EQ(opening_of_build_folder(config), "");
}

TEST(NewOpenings, AreThoseThatTheBaseDoesNotHave)
{
  Config base, head;
  base.sandbox.writable = {"/var/x"};
  head.sandbox.writable = {"/var/x", "/var/y"};
  head.sandbox.network = SandboxNetwork::host;
  EXPECT_THAT(new_openings(base, head), ElementsAre("network = \"host\"", "writable = \"/var/y\""));
  EXPECT_THAT(new_openings(head, base), IsEmpty()); // closing is nobody's harm
  EXPECT_THAT(new_openings(head, head), IsEmpty());
}

// Hiding more is no protection: in place of the script stands an empty file, and that passes.
TEST(NewOpenings, HidingMoreAndHidingLessAreBothOne)
{
  Config base, head;
  base.sandbox.hide = {"secrets", "both"};
  head.sandbox.hide = {"both", "tests/run.sh"};
  EXPECT_THAT(new_openings(base, head), ElementsAre("without hide = \"secrets\"", "hide = \"tests/run.sh\""));
}

TEST(NewOpenings, ALimitThatIsRaisedOrLiftedIsOne)
{
  Config base, head;
  base.sandbox.memory = head.sandbox.memory = 1'000;
  head.sandbox.processes = 0; // no limit any more
  head.sandbox.disk = base.sandbox.disk + 1;
  EXPECT_THAT(new_openings(base, head),
              ElementsAre("processes = 0", "disk = " + std::to_string(base.sandbox.disk + 1)));
  head = base;
  head.sandbox.memory = 999;
  head.sandbox.disk = 1;
  EXPECT_THAT(new_openings(base, head), IsEmpty());
  base.sandbox.memory = 0; // there was none
  EXPECT_THAT(new_openings(base, head), IsEmpty());
}

TEST(NewOpenings, WhatIsPassedOnAndTheNetworkOfBuildsAreOne)
{
  Config base, head;
  base.run.pass_environment = {"HOME"};
  head.run.pass_environment = {"HOME", "TOKEN"};
  base.build.emplace().network = false;
  head.build.emplace().network = true;
  EXPECT_THAT(new_openings(base, head), ElementsAre("pass_environment = \"TOKEN\"", "without [build] network = false"));
  head.build->network = false;
  base.build.reset(); // then it may reach the network, as by default
  EXPECT_THAT(new_openings(base, head), ElementsAre("pass_environment = \"TOKEN\""));
}

} // namespace
} // namespace sluice::policy
