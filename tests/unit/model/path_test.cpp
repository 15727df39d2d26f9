#include "model/path.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(Path, LiesInAFolderThatItsNameBeginsWith)
{
  EXPECT_TRUE(lies_in("/a/b", "/a"));
  EXPECT_TRUE(lies_in("/a/b/c", "/a/b"));
  EXPECT_TRUE(lies_in("/a", "/"));
}

TEST(Path, LiesInItself)
{
  EXPECT_TRUE(lies_in("/a/b", "/a/b"));
  EXPECT_TRUE(lies_in("/", "/"));
  EXPECT_TRUE(lies_in("/a/b", "/a/b/"));
}

TEST(Path, DoesNotLieInWhatItsNameOnlyResembles)
{
  EXPECT_FALSE(lies_in("/a/bc", "/a/b"));
  EXPECT_FALSE(lies_in("/a", "/a/b"));
  EXPECT_FALSE(lies_in("/c/b", "/a"));
  EXPECT_FALSE(lies_in("/", "/a"));
  EXPECT_FALSE(lies_in("a/b", "/a")) << "a relative name lies nowhere";
  EXPECT_FALSE(lies_in("a/b", "/"));
  EXPECT_FALSE(lies_in("/a", ""));
  EXPECT_FALSE(lies_in("", "/"));
}

TEST(Path, AFolderMayBeginWithDots)
{
  EXPECT_TRUE(lies_in("/a/..b", "/a"));
}

TEST(Path, NameInIsRelativeBelowTheRootOnly)
{
  EXPECT_EQ(name_in("/r", "/r/a/b"), "a/b");
  EXPECT_EQ(name_in("/r", "/r"), "/r");
  EXPECT_EQ(name_in("/r", "/rest/a"), "/rest/a");
}

} // namespace
} // namespace sluice
