#include "adapters/git/path_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::git {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Changes = std::vector<ChangedPath>;

ChangedPath added(const char* path)
{
  return {ChangeKind::added, path, {}};
}
ChangedPath modified(const char* path)
{
  return {ChangeKind::modified, path, {}};
}
ChangedPath deleted(const char* path)
{
  return {ChangeKind::deleted, path, {}};
}
ChangedPath renamed(const char* from, const char* to)
{
  return {ChangeKind::renamed, to, from};
}

TEST(OneAfterAnother, FollowsEachPath)
{
  EXPECT_THAT(one_after_another({added("a"), modified("b")}, {modified("a"), deleted("b")}),
              ElementsAre(added("a"), deleted("b")));
  EXPECT_THAT(one_after_another({added("a")}, {deleted("a")}), IsEmpty());
}

// The content may be another one: a test that used the file has to be looked at.
TEST(OneAfterAnother, AFileThatCameBackIsModified)
{
  EXPECT_THAT(one_after_another({deleted("a")}, {added("a")}), ElementsAre(modified("a")));
  EXPECT_THAT(one_after_another({modified("a")}, {modified("a")}), ElementsAre(modified("a")));
}

TEST(OneAfterAnother, FollowsRenames)
{
  EXPECT_THAT(one_after_another({renamed("a", "b")}, {modified("b")}), ElementsAre(renamed("a", "b")));
  EXPECT_THAT(one_after_another({renamed("a", "b")}, {renamed("b", "c")}), ElementsAre(renamed("a", "c")));
  EXPECT_THAT(one_after_another({renamed("a", "b")}, {deleted("b")}), ElementsAre(deleted("a")));
  EXPECT_THAT(one_after_another({renamed("a", "b")}, {added("a")}), ElementsAre(modified("a"), added("b")));
  EXPECT_THAT(one_after_another({renamed("a", "b")}, {renamed("b", "a")}), ElementsAre(modified("a")));
  EXPECT_THAT(one_after_another({added("a")}, {renamed("a", "b")}), ElementsAre(added("b")));
}

TEST(OneAfterAnother, TheWeightierKindHolds)
{
  const ChangedPath mode{ChangeKind::mode, "a", {}};
  const ChangedPath type{ChangeKind::type, "a", {}};
  EXPECT_THAT(one_after_another({mode}, {mode}), ElementsAre(mode));
  EXPECT_THAT(one_after_another({mode}, {modified("a")}), ElementsAre(modified("a")));
  EXPECT_THAT(one_after_another({type}, {modified("a")}), ElementsAre(type));
}

TEST(Either, LosesNoPath)
{
  EXPECT_THAT(either({modified("b")}, {added("a"), deleted("b")}), ElementsAre(added("a"), modified("b")));
  EXPECT_THAT(either({}, {renamed("a", "b")}), ElementsAre(renamed("a", "b")));
  EXPECT_THAT(either({modified("b")}, {renamed("a", "b")}), ElementsAre(deleted("a"), modified("b")));
  EXPECT_THAT(either({deleted("a")}, {renamed("a", "b")}), ElementsAre(deleted("a"), added("b")));
}

} // namespace
} // namespace sluice::git
