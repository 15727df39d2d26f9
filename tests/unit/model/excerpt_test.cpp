#include "model/excerpt.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(Excerpt, KeepsHeadAndTailAndSaysWhatIsMissing)
{
  Excerpt output;
  std::string all;
  for (int i = 0; i < 30000; ++i) {
    const std::string line = "line " + std::to_string(i) + "\n";
    output.add(line);
    all += line;
  }
  const std::string text = output.text();
  EXPECT_TRUE(text.starts_with(all.substr(0, k_excerpt_head)));
  EXPECT_TRUE(text.ends_with(all.substr(all.size() - k_excerpt_tail)));
  EXPECT_NE(text.find(gap_of(all.size() - k_excerpt_head - k_excerpt_tail)), std::string::npos);
}

TEST(Excerpt, KeepsAllOfALittleAndTheEndOfOneHugePiece)
{
  Excerpt little;
  little.add("abc");
  EXPECT_EQ(little.text(), "abc");
  Excerpt huge;
  huge.add(std::string(1u << 20, 'x') + "end");
  EXPECT_TRUE(huge.text().ends_with("xend"));
}

// What one has cut is not cut again, so that what it says of the gap stays true.
TEST(Excerpt, OfAnInnerOneIsWhole)
{
  Excerpt inner(k_excerpt_head, k_inner_tail), outer;
  inner.add(std::string(std::size_t{1} << 30, 'x'));
  outer.add(inner.text());
  EXPECT_TRUE(outer.complete());
  EXPECT_EQ(outer.text(), inner.text());
}

} // namespace
} // namespace sluice
