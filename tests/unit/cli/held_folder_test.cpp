// Folders that were left by others.
#include "cli/walls/held_folder.h"

#include "cli/records/folders.h"
#include "tests/support/temp_dir.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sluice::cli {
namespace {

namespace fs = std::filesystem;

// Root may look everywhere: an ordinary user is to be asked.
TEST(HeldFolderTest, WhatMayNotBeLookedAtCountsAsNone)
{
  const tests::TempDir folder;
  folder.write("second-1/open", "12345");
  fs::create_directories(folder / "second-1/closed/below");
  const pid_t user = ::fork();
  if (user == 0) {
    if (::getuid() == 0) {
      for (const char* name : {"", "/second-1", "/second-1/open", "/second-1/closed"})
        if (::chown((folder.path() + name).c_str(), 65534, 65534) != 0) ::_exit(2);
      if (::setresuid(65534, 65534, 65534) != 0) ::_exit(2);
    }
    ::chmod((folder / "second-1/closed").c_str(), 0);
    try {
      if (bytes_below(folder / "second-1") != 5) ::_exit(3);
      remove_unheld(folder.path(), "second");
      ::_exit(0);
    } catch (const std::exception& problem) {
      std::fprintf(stderr, "%s\n", problem.what());
    }
    ::_exit(1);
  }
  int status = 0;
  ::waitpid(user, &status, 0);
  ::chmod((folder / "second-1/closed").c_str(), 0700);
  EXPECT_EQ(status, 0);
}

} // namespace
} // namespace sluice::cli
