// A message as a reader sees it: what hides a line from us and not from a person is a hole.
#include "policy/message_text.h"

#include <gmock/gmock.h>

namespace sluice::policy {
namespace {

using ::testing::ElementsAre;

TEST(LookAlikeText, DropsWhatTakesNoRoom)
{
  for (const char* invisible : {"\u00ad", "\u034f", "\u180e", "\u200b", "\u200d", "\u200f", "\u202e", "\u2060",
                                "\u2066", "\ufe0f", "\ufeff", "\U000e0041"})
    EXPECT_EQ(look_alike_text(std::string("a") + invisible + "b"), "ab") << invisible;
}

TEST(LookAlikeText, ReadsForeignLettersAsTheLatinOnesTheyLookLike)
{
  EXPECT_EQ(look_alike_text("\u0441\u043e-\u0430uth\u043er\u0435d"), "co-authored"); // Cyrillic
  EXPECT_EQ(look_alike_text("\u0410\u0406"), "AI");
  EXPECT_EQ(look_alike_text("\u0391\u0399 \u03bf\u03c1"), "AI op"); // Greek
  EXPECT_EQ(look_alike_text("\uff21\uff29\uff1a\uff5e"), "AI:~");   // full width
  EXPECT_EQ(look_alike_text("a\u00a0b\u2003c\u3000d"), "a b c d");
  EXPECT_EQ(look_alike_text("a\u2010b\u2014c\u2212d"), "a-b-c-d");
  EXPECT_EQ(look_alike_text("\u2039a\u203a\ua789"), "<a>:");
  EXPECT_EQ(look_alike_text("a\u2028b\u2029c\u0085d"), "a\nb\nc\nd"); // some viewers break lines there
}

TEST(LookAlikeText, KeepsEverythingElse)
{
  for (const std::string& text : {std::string("plain ASCII\n\tas it is"), std::string("\u00e4\u6f22\U0001f916"),
                                  std::string(), std::string("\0a", 2)})
    EXPECT_EQ(look_alike_text(text), text);
}

// Bytes that are no UTF-8 are neither lost nor do they swallow what follows them.
TEST(LookAlikeText, KeepsBrokenBytesAndReadsOnBehindThem)
{
  for (const char* broken : {"\x80", "\xbf", "\xc3", "\xe2\x80", "\xf0\x9f\xa4", "\xff", "\xc3("}) {
    EXPECT_EQ(look_alike_text(std::string(broken) + "AI"), std::string(broken) + "AI");
    EXPECT_EQ(look_alike_text(std::string(broken) + "\u0410I"), std::string(broken) + "AI");
    EXPECT_EQ(look_alike_text(broken), broken); // at the end of the text
  }
}

TEST(SplitLines, BreaksWhereAnyViewerDoes)
{
  EXPECT_THAT(split_lines("a\nb\rc\vd\fe"), ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_THAT(split_lines("a\x1c"
                          "b\x1d"
                          "c\x1e"
                          "d\x1f"
                          "e"),
              ElementsAre("a", "b", "c",
                          "d\x1f"
                          "e"));
  EXPECT_THAT(split_lines(std::string_view("a\0b", 3)), ElementsAre("a", "b"));
  EXPECT_THAT(split_lines("a\\nb\\rc\\td\\"), ElementsAre("a", "b", "c\\td\\")); // typed, and at the end
  EXPECT_THAT(split_lines("a\r\nb\n"), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(split_lines(""), ElementsAre(""));
}

TEST(Trimmed, TakesBlanksFromBothEnds)
{
  EXPECT_EQ(trimmed(" \t\v\fa b\f\v\t "), "a b");
  EXPECT_EQ(trimmed(" \t"), "");
  EXPECT_EQ(trimmed(""), "");
  EXPECT_EQ(trimmed("\na\n"), "\na\n"); // line ends are none
}

TEST(LowerCase, IsOfAsciiOnly)
{
  EXPECT_EQ(lower_case("AZaz[@`{09\u00c4"), "azaz[@`{09\u00c4");
}

TEST(Printable, CannotSteerATerminal)
{
  EXPECT_EQ(printable("\x1b[31mred\n\t\x7f"), "?[31mred???");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a?b");
  EXPECT_EQ(printable("\u00e4"), "\u00e4");
  EXPECT_EQ(printable(std::string(200, 'x')), std::string(200, 'x'));
  EXPECT_EQ(printable(std::string(201, 'x')), std::string(200, 'x') + "...");
}

} // namespace
} // namespace sluice::policy
