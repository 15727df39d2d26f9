// What a batch may have done to its folder.
#include "runner/scratch_folder.h"

#include "tests/support/temp_dir.h"

#include <filesystem>
#include <functional>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sluice::runner {
namespace {

namespace fs = std::filesystem;

// Root may enter everything: somebody else is to be asked. True if `deed` is.
bool as_ordinary_user(const std::string& folder, const std::function<bool()>& deed)
{
  ::chmod(folder.c_str(), 0777);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::getuid() == 0 && ::setresuid(65534, 65534, 65534) != 0) ::_exit(2);
    try {
      ::_exit(deed() ? 0 : 1);
    } catch (const std::exception& problem) {
      std::fprintf(stderr, "%s\n", problem.what());
    }
    ::_exit(3);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status == 0;
}

TEST(ScratchFolderTest, WhatIsLockedInItIsRemoved)
{
  const tests::TempDir folder;
  EXPECT_TRUE(as_ordinary_user(folder.path(), [&] {
    ScratchFolder scratch(folder / "lane");
    fs::create_directories(folder / "lane/closed/below");
    fs::create_directories(folder / "lane/read-only/below");
    ::chmod((folder / "lane/closed").c_str(), 0);
    ::chmod((folder / "lane/read-only").c_str(), 0500);
    ::chmod((folder / "lane").c_str(), 0);
    scratch.empty();
    return scratch.path() == folder / "lane" && fs::is_empty(scratch.path());
  }));
  EXPECT_FALSE(fs::exists(folder / "lane"));
}

TEST(ScratchFolderTest, NoLinkIsFollowed)
{
  const tests::TempDir folder;
  folder.write("precious/file", "x");
  ScratchFolder scratch(folder / "lane");
  fs::create_directory_symlink(folder / "precious", folder / "lane/link");
  scratch.empty();
  EXPECT_TRUE(fs::is_empty(scratch.path()));
  fs::rename(folder / "lane", folder / "elsewhere");
  fs::create_directory_symlink(folder / "precious", folder / "lane");
  scratch.empty();
  EXPECT_EQ(folder.read("precious/file"), "x");
  EXPECT_TRUE(fs::is_empty(scratch.path()));
  EXPECT_FALSE(fs::is_symlink(scratch.path()));
}

TEST(ScratchFolderTest, WhatResistsIsLeftForAFreshFolder)
{
  const tests::TempDir folder;
  ScratchFolder scratch(folder / "lane");
  fs::rename(folder / "lane", folder / "elsewhere");
  fs::create_directories(folder / "lane/another's");
  if (::getuid() != 0 || ::chown((folder / "lane").c_str(), 1, 1) != 0)
    GTEST_SKIP() << "only root can put a folder of somebody else's there";
  EXPECT_TRUE(as_ordinary_user(folder.path(), [&] {
    scratch.empty();
    return scratch.path() == folder / "lane-1" && fs::is_empty(scratch.path());
  }));
}

TEST(ScratchFolderTest, AFolderThatIsGoneIsThereAgain)
{
  const tests::TempDir folder;
  ScratchFolder scratch(folder / "lane");
  fs::remove(folder / "lane");
  scratch.empty();
  EXPECT_TRUE(fs::is_empty(scratch.path()));
}

} // namespace
} // namespace sluice::runner
