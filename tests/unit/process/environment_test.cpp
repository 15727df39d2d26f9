#include "adapters/process/environment.h"
#include "adapters/process/own_programs.h"

#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace sluice::process {
namespace {

using sluice::tests::TempDir;

std::string executable(const TempDir& folder, const std::string& name)
{
  std::string path = folder.write(name, "#!/bin/sh\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  return path;
}

TEST(Environment, LaterChangeOfTheSameNameWins)
{
  const auto merged = merged_environment({"SLUICE_X=1", "SLUICE_XY=3", "SLUICE_X=2"});
  EXPECT_EQ(std::count(merged.begin(), merged.end(), "SLUICE_X=1"), 0);
  EXPECT_EQ(std::count(merged.begin(), merged.end(), "SLUICE_X=2"), 1);
  EXPECT_EQ(std::count(merged.begin(), merged.end(), "SLUICE_XY=3"), 1);
}

TEST(FindProgram, TakesTheFirstExecutableFileOfThePath)
{
  TempDir folder;
  folder.write("a/tool", "not executable");
  std::filesystem::create_directories(folder / "b/tool"); // a folder of that name is not a program
  const std::string tool = executable(folder, "c/tool");
  executable(folder, "d/tool");
  const std::string path =
    "PATH=" + (folder / "a") + ":" + (folder / "b") + ":" + (folder / "c") + ":" + (folder / "d");
  EXPECT_EQ(find_program("tool", {path}), tool);
  EXPECT_EQ(find_program("other", {path}), "");
  EXPECT_EQ(find_program("", {path}), "");
}

TEST(FindProgram, PathWithSlashIsTakenAsItIs)
{
  EXPECT_EQ(find_program("./x/y", {"PATH=/bin"}), "./x/y");
}

TEST(Environment, LeavesOutWhatIsToBeUnset)
{
  ::setenv("SLUICE_UNSET", "1", 1);
  const auto merged = merged_environment({}, {"SLUICE_UNSET"});
  EXPECT_EQ(std::count(merged.begin(), merged.end(), "SLUICE_UNSET=1"), 0);
  EXPECT_EQ(merged_environment({"SLUICE_UNSET=2"}, {"SLUICE_UNSET"}).back(), "SLUICE_UNSET=2");
  ::unsetenv("SLUICE_UNSET");
}

TEST(OwnPrograms, AreNotFoundInDistrustedFoldersNorByLinksIntoThem)
{
  // What is trusted is decided once for a process: this is the only test that asks.
  const TempDir folder;
  const std::string built = executable(folder, "build/git"), links = folder / "links", tools = folder / "tools";
  executable(folder, "tools/tool");
  std::filesystem::create_directories(links);
  std::filesystem::create_symlink(built, links + "/git");
  std::filesystem::create_directory_symlink(folder / "build", folder / "alias");
  const std::string before = std::getenv("PATH");
  ::setenv("PATH", ("tools:" + (folder / "alias") + ":" + links + ":" + tools).c_str(), 1);
  EXPECT_EQ(find_own_program("git"), folder / "build/git");
  distrust({folder / "build", folder / "not there"});
  EXPECT_EQ(find_own_program("git"), "");
  EXPECT_EQ(find_own_program("tool"), tools + "/tool");
  EXPECT_EQ(find_own_program("./git"), "./git");
  ::setenv("PATH", before.c_str(), 1);

  const auto environment = environment_of_own({"A=1", "PATH=" + before, "LD_PRELOAD=x", "LD_LIBRARY_PATH=y"});
  EXPECT_EQ(environment, (std::vector<std::string>{"A=1", "PATH=" + links + ":" + tools}));
}

} // namespace
} // namespace sluice::process
