// The observer is told what the start of a program asks for, so that these calls need not be heard; what it notes must
// be what it would have heard. A program that is looked for in PATH is always heard.
#include "tests/unit/sandbox/lane_fixture.h"

#include <filesystem>
#include <gmock/gmock.h>

namespace sluice::sandbox {

namespace {

using ::testing::Contains;
using ::testing::Not;

class ToldStart : public LaneFixture {
protected:
  bool observes()
  {
    spec_.observe = true;
    return make().prepare().level == SandboxLevel::full && make().prepare().observed;
  }

  void program(const std::string& name, const std::string& text)
  {
    folder_.write("tree/" + name, text);
    std::filesystem::permissions(folder_ / "tree/" + name, std::filesystem::perms::owner_all);
  }

  Observation seen(Command what, const std::string& place)
  {
    what.working_directory = place;
    const Result result = run(what);
    if (!result.ended->observation) return {};
    return *result.ended->observation;
  }

  // Both ways of starting `folder`/`name` are seen alike; returns what is seen.
  Observation alike(const std::string& folder, const std::string& name, const std::string& place)
  {
    Command looked_for = command({name});
    looked_for.environment = {"PATH=" + folder, "HOME=" + folder_ / "home"};
    Command named = looked_for;
    named.arguments = {folder + "/" + name};
    const Observation told = seen(named, place);
    const Observation heard = seen(looked_for, place);
    EXPECT_EQ(told.read, heard.read) << folder << "/" << name;
    EXPECT_EQ(told.looked, heard.looked) << folder << "/" << name;
    EXPECT_EQ(told.links, heard.links) << folder << "/" << name;
    EXPECT_EQ(told.absent, heard.absent) << folder << "/" << name;
    EXPECT_EQ(told.listed, heard.listed) << folder << "/" << name;
    EXPECT_EQ(told, heard) << folder << "/" << name;
    EXPECT_TRUE(told.complete()) << told.incomplete;
    return told;
  }
};

#define NEED_OBSERVATION()                                                                                             \
  if (!observes()) GTEST_SKIP() << "this machine has no full sandboxes that are observed"

TEST_F(ToldStart, OfAProgramIsSeenAsItIsHeard)
{
  NEED_OBSERVATION();
  const Observation native = alike("/bin", "true", folder_ / "tree");
  EXPECT_THAT(native.read, Contains("/usr/bin/true"));
  EXPECT_THAT(native.looked, Contains(folder_ / "tree"));
}

TEST_F(ToldStart, OfAScriptIsSeenWithItsInterpreters)
{
  NEED_OBSERVATION();
  program("inner", "#!/bin/sh\nexit 0\n");
  program("outer", "#!" + folder_ / "tree/inner" + "\n");
  program("plain", "exit 0\n"); // no "#!": the shell runs it
  const Observation outer = alike(folder_ / "tree", "outer", folder_ / "tree");
  EXPECT_THAT(outer.read, Contains(folder_ / "tree/inner"));
  EXPECT_THAT(outer.read, Contains("/usr/bin/dash"));
  EXPECT_THAT(alike(folder_ / "tree", "plain", "/").read, Contains(folder_ / "tree/plain"));
}

TEST_F(ToldStart, ARelativeInterpreterIsSeenFromTheWorkingFolder)
{
  NEED_OBSERVATION();
  program("inner", "#!/bin/sh\nexit 0\n");
  program("relative", "#!./inner\n");
  const Observation seen = alike(folder_ / "tree", "relative", folder_ / "tree");
  EXPECT_THAT(seen.read, Contains(folder_ / "tree/inner"));
}

TEST_F(ToldStart, LinksOnTheWayAreSeen)
{
  NEED_OBSERVATION();
  std::filesystem::create_directories(folder_ / "tree/bin");
  program("bin/run", "#!/bin/sh\nexit 0\n");
  std::filesystem::create_directory_symlink("bin", folder_ / "tree/other");
  std::filesystem::create_symlink("run", folder_ / "tree/bin/again");
  const Observation seen = alike(folder_ / "tree/other", "again", folder_ / "tree/other");
  EXPECT_THAT(seen.links, Contains(folder_ / "tree/other"));
  EXPECT_THAT(seen.links, Contains(folder_ / "tree/bin/again"));
  EXPECT_THAT(seen.read, Contains(folder_ / "tree/bin/run"));
}

TEST_F(ToldStart, WhatIsNotThereIsSeenToBeLookedFor)
{
  NEED_OBSERVATION();
  const Command missing = command({folder_ / "tree/missing"});
  EXPECT_THAT(seen(missing, folder_ / "tree").absent, Contains(folder_ / "tree/missing"));
  const Command elsewhere = command({"/bin/true"});
  EXPECT_THAT(seen(elsewhere, folder_ / "tree/gone").absent, Contains(folder_ / "tree/gone"));
}

TEST_F(ToldStart, WhatTheProgramItselfExecutesIsHeard)
{
  NEED_OBSERVATION();
  program("inner", "#!/bin/sh\nexit 0\n");
  program("outer", "#!/bin/sh\ncd / && exec " + folder_ / "tree/inner" + "\n");
  const Observation outer = seen(command({folder_ / "tree/outer"}), folder_ / "tree");
  EXPECT_THAT(outer.read, Contains(folder_ / "tree/inner"));
}

// What the test before made of the program is not what the next one starts.
TEST_F(ToldStart, SeesTheTreeAsTheTestBeforeFoundIt)
{
  NEED_OBSERVATION();
  program("run", "#!/bin/sh\nexit 3\n");
  EXPECT_EQ(run_script("printf '#!/nothing\\n' >run").ended->exit_code, 0);
  Command again = command({folder_ / "tree/run"});
  again.working_directory = folder_ / "tree";
  const Result result = run(again);
  EXPECT_EQ(result.ended->exit_code, 3);
  EXPECT_THAT(result.ended->observation->absent, Not(Contains("/nothing")));
}

} // namespace

} // namespace sluice::sandbox
