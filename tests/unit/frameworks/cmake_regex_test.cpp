#include "adapters/frameworks/ctest/cmake_regex.h"

#include <gtest/gtest.h>

#include <array>

namespace sluice::frameworks {
namespace {

struct Row {
  std::string_view pattern;
  std::string_view text;
  bool found;
};

TEST(CMakeRegex, MeansWhatCMakeMeans)
{
  constexpr std::array<Row, 22> rows{{
    {"abc", "xxabcxx", true},   {"a.c", "a\nc", true}, // '.' matches a line end
    {"^b", "a\nb", false},                             // '^' is the start of the text, not of a line
    {"a$", "a\nb", false},      {"b$", "a\nb", true},
    {"a{2}", "aa", false}, // no intervals
    {"a{2}", "a{2}", true},     {"\\[  SKIPPED \\]", "[  SKIPPED ] S.C", true},
    {"\\d", "5", false},                               // an escaped letter is that letter
    {"\\d", "d", true},         {"[\\d]", "\\", true}, // a backslash in brackets is itself
    {"[]a]", "]", true},        {"[^a]", "\n", true},
    {"[a-c]+x", "abcx", true},  {"[a-b-c]", "c", true},
    {"[-a]", "-", true},        {"x|y", "y", true},
    {"(ab)+c", "ababc", true},  {"\xff", "a\xff", true}, // bytes, not characters
    {"^.$", "\xc3\xa4", false}, {"]", "]", true},
    {"", "anything", true},
  }};
  for (const Row& row : rows) {
    const CMakeRegex regex(row.pattern);
    EXPECT_TRUE(regex.valid()) << row.pattern;
    EXPECT_EQ(regex.found_in(row.text), row.found) << row.pattern << " in " << row.text;
  }
}

TEST(CMakeRegex, RefusesWhatCMakeRefuses)
{
  for (const std::string_view pattern :
       {"*a", "a**", "a*?", "(*a)", "a|+", "(?:a)", "(a", "a)", "[a", "[c-a]", "a\\"}) {
    const CMakeRegex regex(pattern);
    EXPECT_FALSE(regex.valid()) << pattern;
    EXPECT_FALSE(regex.found_in("a")) << pattern;
  }
}

} // namespace
} // namespace sluice::frameworks
