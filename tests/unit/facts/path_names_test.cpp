#include "adapters/facts/path_names.h"

#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace sluice::facts {
namespace {

namespace fs = std::filesystem;
using sluice::tests::TempDir;

TEST(PathNames, RelativeBelowTheRootAndAbsoluteElsewhere)
{
  TempDir folder;
  fs::create_directories(folder / "repo/build/sub");
  PathNames names(folder / "repo", folder / "repo/build");
  const std::string outside = fs::canonical(folder.path()).string();
  EXPECT_EQ(names.name("a.o"), "build/a.o");
  EXPECT_EQ(names.name("sub/../../src/./x.h"), "src/x.h");
  EXPECT_EQ(names.name(folder / "repo/src/x.h"), "src/x.h");
  EXPECT_EQ(names.name("../../other/x.h"), outside + "/other/x.h");
  EXPECT_EQ(names.name("/usr/include/../include/stdio.h"), "/usr/include/stdio.h");
  EXPECT_EQ(names.name(".."), ".");
  EXPECT_EQ(names.name("../reposit"), "reposit");
  EXPECT_EQ(names.name_from(folder / "repo/src", "y/z.h"), "src/y/z.h");
}

TEST(PathNames, FoldersAreSeenThroughLinks)
{
  TempDir folder;
  fs::create_directories(folder / "real/repo/src");
  fs::create_directories(folder / "fast/b");
  fs::create_symlink(folder / "real", folder / "alias");
  fs::create_symlink(folder / "fast/b", folder / "real/repo/build");
  PathNames names(folder / "real/repo", folder / "alias/repo/build");
  const std::string fast = fs::canonical(folder / "fast/b").string();
  EXPECT_EQ(names.directory(), fast);
  EXPECT_EQ(names.name(folder / "alias/repo/src/x.h"), "src/x.h");
  EXPECT_EQ(names.name("a.o"), fast + "/a.o");
  // As the kernel walks, not as the text reads: the link's ".." is where it leads.
  EXPECT_EQ(names.name(folder / "real/repo/build/../c"), fs::canonical(folder / "fast").string() + "/c");
}

TEST(PathNames, LinkAndItsTargetAreTwoNames)
{
  TempDir folder;
  fs::create_directories(folder / "d");
  folder.write("d/real.h", "");
  fs::create_symlink("d/real.h", folder / "link.h");
  fs::create_symlink("loop", folder / "loop");
  PathNames names(folder.path(), folder.path());
  EXPECT_EQ(names.name("link.h"), "link.h");
  EXPECT_EQ(names.link_target_of_name("link.h"), "d/real.h");
  EXPECT_EQ(names.link_target_of_name("d/real.h"), std::nullopt);
  names.name("loop/loop/x"); // must come to an end
}

TEST(PathNames, RelativeToTheBuildFolder)
{
  TempDir folder;
  PathNames names(folder.path(), folder / "b");
  EXPECT_EQ(names.relative_to_directory("b/x/y"), "x/y");
  EXPECT_EQ(names.relative_to_directory("bx/y"), std::nullopt);
  EXPECT_EQ(names.relative_to_directory("/elsewhere"), std::nullopt);
}

} // namespace
} // namespace sluice::facts
