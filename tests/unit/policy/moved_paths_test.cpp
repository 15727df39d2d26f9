#include "policy/moved_paths.h"

#include <gmock/gmock.h>

namespace sluice::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

ChangedPath renamed(const std::string& from, const std::string& to)
{
  return {ChangeKind::renamed, to, from};
}

ChangedPath carried(ChangedPath changed, const std::vector<ChangedPath>& since)
{
  ChangeSet change;
  change.paths = {std::move(changed)};
  carry_to_base(change, since);
  return change.paths.front();
}

TEST(MovedPaths, AFileIsFollowedByEitherOfItsNames)
{
  EXPECT_THAT(carried({ChangeKind::modified, "a/x"}, {renamed("a/x", "b/y")}).base_paths, ElementsAre("b/y"));
  EXPECT_THAT(carried(renamed("a/x", "c/x"), {renamed("a/x", "b/y")}).base_paths, ElementsAre("b/y"));
  EXPECT_THAT(carried({ChangeKind::modified, "a/z"}, {renamed("a/x", "b/y")}).base_paths, IsEmpty());
}

TEST(MovedPaths, ANewFileFollowsTheFolder)
{
  EXPECT_THAT(carried({ChangeKind::added, "a/sub/new"}, {renamed("a/x", "b/x")}).base_paths, ElementsAre("b/sub/new"));
  EXPECT_THAT(carried({ChangeKind::added, "a/new"}, {renamed("a/sub/x", "b/sub/x")}).base_paths, ElementsAre("b/new"));
  EXPECT_THAT(carried({ChangeKind::added, "a/new"}, {renamed("a/sub/x", "b/other/x")}).base_paths, IsEmpty());
  EXPECT_THAT(carried({ChangeKind::added, "a/new"}, {renamed("a/x", "x")}).base_paths, ElementsAre("new"));
  EXPECT_THAT(carried({ChangeKind::added, "a/new"}, {renamed("a/x", "b/x"), renamed("a/y", "c/y")}).base_paths,
              UnorderedElementsAre("b/new", "c/new"));
  EXPECT_THAT(carried({ChangeKind::added, "ab/new"}, {renamed("a/x", "b/x")}).base_paths, IsEmpty());
  EXPECT_THAT(carried({ChangeKind::modified, "a/old"}, {renamed("a/x", "b/x")}).base_paths, IsEmpty());
}

TEST(MovedPaths, WhatTheBaseHasRemovedMayBeAnywhere)
{
  const std::vector<ChangedPath> since{{ChangeKind::deleted, "a/x"}};
  EXPECT_TRUE(carried({ChangeKind::modified, "a/x"}, since).lost_at_base);
  EXPECT_TRUE(carried(renamed("a/x", "c/x"), since).lost_at_base);
  EXPECT_FALSE(carried({ChangeKind::deleted, "a/x"}, since).lost_at_base) << "gone on both sides";
  EXPECT_FALSE(carried({ChangeKind::modified, "a/y"}, since).lost_at_base);
}

} // namespace
} // namespace sluice::policy
