// Program::files and Program::closed. A wrong `true` would let a change pass that breaks a test, so each row says how.
#include "adapters/frameworks/launch_facts.h"
#include "tests/unit/frameworks/world.h"

#include <gmock/gmock.h>

namespace sluice::frameworks {
namespace {

using testing::ElementsAre;
using enum EnvironmentChange::Action;

class LaunchFactsTest : public testing::Test {
protected:
  LaunchFactsTest()
  {
    world_.copy_sample("build/bin/t");
    world_.copy_sample("src/prebuilt");
    world_.dir.write("src/data/x.txt", "x");
    world_.dir.write("build/made.txt", "x");
    world_.dir.write("build/CMakeCache.txt", "");
    const std::string script = world_.dir.write("build/run.sh", "#!/bin/sh\n");
    std::filesystem::permissions(script, std::filesystem::perms::owner_all);
    program_.launch.arguments = {at("build/bin/t")};
    program_.launch.working_directory = at("build");
  }

  std::string at(const std::string& path) const { return world_.dir / path; }

  bool closed()
  {
    LaunchFacts facts(world_.dir.path(), build_);
    facts.settle(program_);
    return program_.closed;
  }
  bool closed_with(const std::vector<std::string>& arguments)
  {
    program_.launch.arguments.insert(program_.launch.arguments.end(), arguments.begin(), arguments.end());
    const bool result = closed();
    program_.launch.arguments.resize(1);
    return result;
  }
  bool closed_in(const std::string& name, const std::string& value)
  {
    program_.launch.environment = {{set, name, value}};
    return closed();
  }

  World world_;
  std::string build_ = world_.dir / "build";
  Program program_;
};

TEST_F(LaunchFactsTest, ANativeProgramOfTheBuildIsClosed)
{
  EXPECT_TRUE(closed());
  EXPECT_THAT(program_.files, ElementsAre("build/bin/t"));
  EXPECT_TRUE(closed_with({"--verbose", "-n", "3", "out.xml", "--name=S.A"}));
  EXPECT_TRUE(closed_in("MODE", "fast"));
}

TEST_F(LaunchFactsTest, FilesOfTheBuildAmongArgumentsAreKnownByFacts)
{
  EXPECT_TRUE(closed_with({"made.txt"}));
  program_.launch.arguments = {at("build/bin/t"), "made.txt", "--in=" + at("build/made.txt"), at("build/bin/t")};
  EXPECT_TRUE(closed());
  EXPECT_THAT(program_.files, ElementsAre("build/bin/t", "build/made.txt"));
}

TEST_F(LaunchFactsTest, ProgramsThatTheBuildDidNotMakeAreNot)
{
  for (const std::string& program : {at("src/prebuilt"), std::string("/bin/sh"), at("build/run.sh"), at("build/absent"),
                                     at("build/bin"), std::string(SLUICE_CMAKE)}) {
    program_.launch.arguments = {program};
    EXPECT_FALSE(closed()) << program; // an interpreter or wrapper runs what no fact knows
  }
  EXPECT_THAT(program_.files, ElementsAre(SLUICE_CMAKE));
}

TEST_F(LaunchFactsTest, WhatLeadsIntoTheSourceTreeIsNot)
{
  EXPECT_FALSE(closed_with({at("src/data/x.txt")})); // and what lies beside it
  EXPECT_FALSE(closed_with({"../src/data/x.txt"}));
  EXPECT_FALSE(closed_with({at("src/data")})); // may read sources that are known as compile inputs
  EXPECT_FALSE(closed_with({"--data=" + at("src/data")}));
  EXPECT_FALSE(closed_with({"-I" + at("src")}));
  EXPECT_FALSE(closed_with({"a:" + at("src/absent")}));
  EXPECT_FALSE(closed_with({at("src/not-yet-there")}));
  EXPECT_FALSE(closed_with({world_.dir.path()}));
  EXPECT_TRUE(closed_with({world_.dir.path() + "2/x"})); // another folder with a like name
  EXPECT_FALSE(closed_in("DATA", at("src/data")));
  EXPECT_FALSE(closed_in("DATA", "/x:" + at("src/absent")));
  EXPECT_FALSE(closed_in("DATA", "../src/data"));
  EXPECT_FALSE(closed_in("OPTIONS", "-v -d " + at("src")));
}

TEST_F(LaunchFactsTest, AFolderMayHoldAnything)
{
  EXPECT_FALSE(closed_with({"bin"})); // outputs of other targets lie there
  EXPECT_FALSE(closed_with({at("build/bin")}));
  EXPECT_FALSE(closed_with({"-L" + at("build/bin")}));
  EXPECT_FALSE(closed_with({"/tmp"}));
  EXPECT_FALSE(closed_in("PATH", at("build/bin") + ":/usr/bin")); // programs of the build may be started from there
  EXPECT_FALSE(closed_in("LD_LIBRARY_PATH", at("build/bin")));
}

TEST_F(LaunchFactsTest, AProgramNamedByTheEnvironmentIsAnInput)
{
  EXPECT_TRUE(closed_in("TOOL", at("build/made.txt")));
  EXPECT_THAT(program_.files, ElementsAre("build/bin/t", "build/made.txt"));
  EXPECT_FALSE(closed_in("TOOL", at("build/run.sh"))); // a script: what it reads is unknown
  EXPECT_FALSE(closed_with({at("build/run.sh")}));
  EXPECT_FALSE(closed_with({"/etc/passwd"})); // not made by the build
}

TEST_F(LaunchFactsTest, TheWorkingDirectoryCounts)
{
  program_.launch.working_directory = at("src");
  EXPECT_FALSE(closed());
  program_.launch.working_directory = world_.dir.path();
  EXPECT_FALSE(closed());
  program_.launch.working_directory = at("absent");
  EXPECT_FALSE(closed());
  std::filesystem::create_directory_symlink(at("src"), at("build/link"));
  program_.launch.working_directory = at("build/link"); // by another name
  EXPECT_FALSE(closed());
  program_.launch.working_directory = "/tmp";
  EXPECT_TRUE(closed());
}

TEST_F(LaunchFactsTest, LinksAreFollowed)
{
  std::filesystem::create_symlink(at("src/prebuilt"), at("build/bin/linked"));
  program_.launch.arguments = {at("build/bin/linked")};
  EXPECT_FALSE(closed());
  EXPECT_THAT(program_.files, ElementsAre("build/bin/linked", "src/prebuilt"));
}

TEST_F(LaunchFactsTest, WithoutABuildFolderOfItsOwnNothingIsClosed)
{
  build_ = world_.dir.path(); // built inside the source tree: outputs and sources cannot be told apart
  EXPECT_FALSE(closed());
  build_ = std::filesystem::path(world_.dir.path()).parent_path().string();
  EXPECT_FALSE(closed());
  build_.clear();
  EXPECT_FALSE(closed());
}

TEST_F(LaunchFactsTest, FindsTheBuildFolder)
{
  EXPECT_EQ(build_folder_above(at("build/bin/")), at("build"));
  EXPECT_EQ(build_folder_above(at("src")), "");
  EXPECT_EQ(build_folder_above(""), "");
}

} // namespace
} // namespace sluice::frameworks
