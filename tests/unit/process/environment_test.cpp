#include "adapters/process/environment.h"

#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <algorithm>

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

} // namespace
} // namespace sluice::process
