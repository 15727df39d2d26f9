#include "reports/text.h"
#include "tests/unit/reports/random_bytes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::reports {
namespace {

using namespace std::string_literals;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(CleanText, LeavesPlainTextAndOtherScriptsAlone)
{
  for (const std::string text : {"", "plain\ttext\n", "käse", "日本語", "😀", "\xEF\xBF\xBD"})
    EXPECT_EQ(clean_text(text), text);
}

struct Cleaning {
  std::string bytes;
  std::string text;
};

TEST(CleanText, DropsWhatATerminalWouldActUpon)
{
  const std::vector<Cleaning> cases{
    {"a\x1b[1;31mb\x1b[0mc", "abc"},                      // CSI
    {"a\x1b]0;title\ab", "ab"},                           // OSC, ended by BEL
    {"a\x1b]8;;http://x\x1b\\b", "ab"},                   // OSC, ended by ST
    {"a\x1bP1$r0m\x1b\\b", "ab"},                         // DCS
    {"a\x1b_x\x1b\\b\x1b^y\x1b\\c\x1bXz\x1b\\d", "abcd"}, // APC, PM, SOS
    {"a\x1b(Bb\x1b"
     "7c\x1b",
     "abc"}, // character sets, save cursor, a lone ESC
    {"a\xc2\x9b"
     "31mb\xc2\x9d"
     "0;t\xc2\x9c"
     "c",
     "abc"}, // the same from C1 characters
    {"a\bb\x7f\x01\x0e"
     "c\0d"s,
     "abcd"},
    {"one\r\ntwo\rthree", "one\ntwo\nthree"},
    {"a\xe2\x80\xae"
     "b\xe2\x81\xa6"
     "c",
     "abc"}, // right-to-left override, isolate
    {"a\xef\xbf\xbe"
     "b\xef\xbf\xbf"
     "c",
     "abc"},
  };
  for (const Cleaning& cleaning : cases) EXPECT_EQ(clean_text(cleaning.bytes), cleaning.text);
}

TEST(CleanText, ReplacesEachMaximalInvalidPart)
{
  const std::string r = "\xEF\xBF\xBD";
  const std::vector<Cleaning> cases{
    {"a\xff", "a" + r},
    {"\xc3(", r + "("},
    {"\xe2\x82z", r + "z"},             // one part, cut off
    {"\xf0\x9f\x98", r},                // the same at the end
    {"\xed\xa0\x80", r + r + r},        // a surrogate
    {"\xc0\xaf", r + r},                // overlong
    {"\xf4\x90\x80\x80", r + r + r + r} // above U+10FFFF
  };
  for (const Cleaning& cleaning : cases) {
    EXPECT_EQ(clean_text(cleaning.bytes), cleaning.text);
    EXPECT_FALSE(is_utf8(cleaning.bytes));
  }
}

TEST(CleanText, AControlStringWithoutEndCannotHideTheNextLine)
{
  EXPECT_EQ(clean_text("before\x1b]0;never ended\nFAILED: 1 != 2\n"), "before\nFAILED: 1 != 2\n");
  EXPECT_EQ(clean_text("before\x1bPnever ended\r\nFAILED\n"), "before\nFAILED\n");
}

TEST(CleanText, IsFitForXmlAndTerminalsWhateverTheBytes)
{
  const unsigned seed = tests::random_seed();
  RecordProperty("seed", std::to_string(seed));
  SCOPED_TRACE("SLUICE_SEED=" + std::to_string(seed));
  tests::RandomBytes random(seed);
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = clean_text(random.string());
    ASSERT_TRUE(is_utf8(text));
    ASSERT_EQ(clean_text(text), text) << "cleaning twice changes nothing";
    for (const char c : text) ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t');
    ASSERT_EQ(text.find("\xef\xbf\xbe"), std::string::npos);
    ASSERT_EQ(text.find("\xc2\x9b"), std::string::npos);
  }
}

TEST(OneLine, FoldsWhiteSpaceAndCutsBetweenCharacters)
{
  EXPECT_EQ(one_line("  a\n\n\tb \x1b[0m\n", 100), "a b");
  EXPECT_EQ(one_line("abcdef", 6), "abcdef");
  EXPECT_EQ(one_line("abcdefgh", 6), "abc…");
  EXPECT_EQ(one_line("ääääää", 8), "ää…");
  EXPECT_EQ(one_line("\x1b[0m\n ", 10), "");
}

TEST(Excerpt, KeepsHeadAndTailAndCountsTheRest)
{
  EXPECT_EQ(excerpt("short", 100), "short");
  const std::string text = std::string(100, 'h') + std::string(800, 'm') + std::string(100, 't');
  EXPECT_EQ(excerpt(text, 200, "full log: a/log"),
            std::string(100, 'h') + "\n[… 800 bytes cut, full log: a/log]\n" + std::string(100, 't'));
}

TEST(Excerpt, IsBoundedAndCleanForHugeOutput)
{
  std::string text = "\x1b[31mBEGIN\x1b[0m";
  for (int i = 0; i < 100'000; ++i) text += "\xc3\xa4\xff<&";
  text += "\x1b[31mEND";
  const std::string cut = excerpt(text, 8'000);
  EXPECT_LT(cut.size(), 8'100u);
  EXPECT_TRUE(is_utf8(cut));
  EXPECT_TRUE(cut.starts_with("BEGIN"));
  EXPECT_TRUE(cut.ends_with("END"));
  EXPECT_THAT(cut, HasSubstr(" bytes cut]"));
  EXPECT_THAT(cut, Not(HasSubstr("\x1b")));
}

TEST(Width, CountsColumnsNotBytes)
{
  EXPECT_EQ(display_width("abc"), 3);
  EXPECT_EQ(display_width("äöü"), 3);
  EXPECT_EQ(display_width("日本"), 4);
  EXPECT_EQ(display_width("e\xcc\x81"), 1); // a combining accent
  EXPECT_EQ(display_width("😀"), 2);
}

TEST(Width, FitsWithAnEllipsis)
{
  EXPECT_EQ(fit_width("abcdef", 6), "abcdef");
  EXPECT_EQ(fit_width("abcdefg", 6), "abcde…");
  EXPECT_EQ(fit_width("日本語", 5), "日本…");
  EXPECT_EQ(fit_width("日本語", 4), "日…");
  EXPECT_EQ(fit_width("abc", 0), "");
  EXPECT_EQ(fit_width("abc", -3), "");
}

TEST(Utf16, MeasuresAsOtherToolsDo)
{
  EXPECT_EQ(utf16_length("aä日😀"), 5u);
  EXPECT_EQ(utf16_prefix("aä日😀", 4), "aä日");
  EXPECT_EQ(utf16_prefix("aä日😀", 5), "aä日😀");
}

} // namespace
} // namespace sluice::reports
