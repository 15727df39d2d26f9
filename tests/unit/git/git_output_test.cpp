#include "adapters/git/git_output.h"

#include "model/error.h"

#include <gtest/gtest.h>

namespace sluice::git {
namespace {

using namespace std::string_literals;

const std::string k_id(40, 'a');
const std::string k_none(40, '0');

TEST(RawDiff, ReadsModesIdsAndBothPathsOfARename)
{
  const std::string text = ":100644 100755 " + k_id + " " + k_id + " M\0a b\0"s + ":100644 100644 " + k_id + " " +
                           k_id + " R087\0old\0new\n\0"s + ":000000 120000 " + k_none + " " + k_id + " A\0\xff\"\0"s;
  const auto found = parse_raw_diff(text);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].new_mode, 0100755u);
  EXPECT_EQ(found[0].path, "a b");
  EXPECT_EQ(found[1].old_path, "old");
  EXPECT_EQ(found[1].path, "new\n");
  EXPECT_EQ(found[2].path, "\xff\"");
  EXPECT_TRUE(found[2].old_id.absent());
}

TEST(RawDiff, CutShortIsAnErrorAndNeverFewerChanges)
{
  const std::string text = ":100644 100644 " + k_id + " " + k_id + " R100\0old\0new\0"s;
  for (std::size_t size = 1; size < text.size(); ++size)
    EXPECT_THROW(parse_raw_diff(std::string_view(text).substr(0, size)), Error) << size;
  EXPECT_EQ(parse_raw_diff(text).size(), 1u);
}

TEST(StatusOutput, ReadsEveryKindOfRecord)
{
  const std::string text = "# branch.oid " + k_id + "\0# branch.head main\0"s + //
                           "1 .M N... 100644 100644 100755 " + k_id + " " + k_id + " a b\0"s +
                           "2 R. N... 100644 100644 100644 " + k_id + " " + k_id + " R100 new\0old\0"s +
                           "u UU N... 100644 100644 100644 100644 " + k_id + " " + k_id + " " + k_id + " both\0"s +
                           "1 .M SCM. 160000 160000 160000 " + k_id + " " + k_id + " sub\0? new file\0"s;
  const Status status = parse_status(text);
  EXPECT_EQ(status.head, k_id);
  ASSERT_EQ(status.entries.size(), 5u);
  EXPECT_EQ(status.entries[0].unstaged, 'M');
  EXPECT_EQ(status.entries[1].old_path, "old");
  EXPECT_EQ(status.entries[2].kind, StatusEntry::Kind::unmerged);
  EXPECT_TRUE(status.entries[3].submodule_moved && status.entries[3].submodule_dirty);
  EXPECT_EQ(status.entries[4].path, "new file");
}

TEST(StatusOutput, NothingAtAllDoesNotMeanNothingChanged)
{
  EXPECT_THROW(parse_status(""), Error);
  EXPECT_EQ(parse_status("# branch.oid (initial)\0"s).head, "");
}

TEST(StatusOutput, CutShortIsAnError)
{
  const std::string head = "# branch.oid (initial)\0"s;
  const std::string entry = "1 .M N... 100644 100644 100755 " + k_id + " " + k_id + " a\0"s;
  for (std::size_t size = 1; size < entry.size(); ++size)
    EXPECT_THROW(parse_status(head + entry.substr(0, size)), Error) << size;
  EXPECT_EQ(parse_status(head + entry).entries.size(), 1u);
}

TEST(StatusOutput, AnUnknownRecordIsAnError)
{
  EXPECT_THROW(parse_status("# branch.oid (initial)\0z something\0"s), Error);
}

TEST(IndexListing, TellsTheHiddenEntries)
{
  const std::string rest = " 100644 " + k_id + " 0\t";
  const auto entries =
    parse_index_listing("H" + rest + "a\0"s + "h" + rest + "b\0"s + "S" + rest + "c\0"s + "s" + rest + "d\0"s);
  ASSERT_EQ(entries.size(), 4u);
  EXPECT_FALSE(entries[0].assume_unchanged || entries[0].skip_worktree);
  EXPECT_TRUE(entries[1].assume_unchanged && !entries[1].skip_worktree);
  EXPECT_TRUE(!entries[2].assume_unchanged && entries[2].skip_worktree);
  EXPECT_TRUE(entries[3].assume_unchanged && entries[3].skip_worktree);
}

TEST(Settings, AreNoInEverySpellingOfGits)
{
  for (const char* value : {"", "0", "no", "off", "false", "False", "FALSE"}) EXPECT_TRUE(is_no(value)) << value;
  for (const char* value : {"1", "true", "input", "falsely"}) EXPECT_FALSE(is_no(value)) << value;
}

TEST(Settings, KeepValuesWithNewlinesAndKeysWithoutValue)
{
  const auto settings = parse_settings("user.name\nA\nB\0core.bare\0"s);
  ASSERT_EQ(settings.size(), 2u);
  EXPECT_EQ(settings[0].value, "A\nB");
  EXPECT_EQ(settings[1].name, "core.bare");
  EXPECT_EQ(settings[1].value, "true");
}

} // namespace
} // namespace sluice::git
