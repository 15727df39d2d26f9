#include "runner/output.h"

#include "tests/support/temp_dir.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <random>

namespace sluice::runner {
namespace {

TEST(OutputExcerpt, KeepsEverythingThatFits)
{
  Excerpt excerpt(4, 4);
  excerpt.add("abc");
  excerpt.add("defgh");
  EXPECT_EQ(excerpt.text(), "abcdefgh");
  EXPECT_TRUE(excerpt.complete());
}

TEST(OutputExcerpt, KeepsHeadAndTailAndCountsTheRest)
{
  Excerpt excerpt(4, 4);
  excerpt.add("abcdefghijklmnop");
  EXPECT_EQ(excerpt.text(), "abcd\n[... 8 bytes left out ...]\nmnop");
  EXPECT_FALSE(excerpt.complete());
  excerpt.clear();
  EXPECT_EQ(excerpt.text(), "");
}

TEST(OutputExcerpt, DoesNotDependOnHowTheBytesArrive)
{
  std::mt19937 random(7);
  std::string bytes(5000, ' ');
  for (char& c : bytes) c = static_cast<char>('a' + random() % 26);
  Excerpt at_once(100, 333);
  at_once.add(bytes);
  for (int round = 0; round < 50; ++round) {
    Excerpt in_pieces(100, 333);
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t piece = random() % 700;
      in_pieces.add(std::string_view(bytes).substr(at, piece));
      at += piece;
    }
    ASSERT_EQ(in_pieces.text(), at_once.text());
    ASSERT_EQ(in_pieces.size(), 5000u);
  }
}

class OutputFiles : public ::testing::Test {
protected:
  tests::TempDir folder_;
  std::string path_ = folder_ / "1.log";
};

TEST_F(OutputFiles, ShortOutputMakesNoFile)
{
  OutputFile file(path_, 1u << 20);
  file.add(std::string(k_excerpt_head + k_excerpt_tail, 'x'));
  file.finish();
  EXPECT_FALSE(file.exists());
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(OutputFiles, LongOutputIsWholeOnDisk)
{
  std::string all;
  {
    OutputFile file(path_, 1u << 20);
    for (int i = 0; i < 9000; ++i) {
      const std::string line = std::to_string(i) + "\n";
      file.add(line + line);
      all += line + line;
    }
    file.finish();
    file.keep();
  }
  EXPECT_EQ(folder_.read("1.log"), all);
}

TEST_F(OutputFiles, AFileThatNobodyKeepsIsRemoved)
{
  {
    OutputFile file(path_, 1u << 20);
    file.add(std::string(100'000, 'x'));
    file.finish();
    EXPECT_TRUE(std::filesystem::exists(path_));
  }
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(OutputFiles, OverTheLimitHeadAndTailStay)
{
  const std::uint64_t limit = 200'000;
  OutputFile file(path_, limit);
  file.add("first");
  for (int i = 0; i < 1000; ++i) file.add(std::string(1000, 'x'));
  file.add("last");
  file.finish();
  file.keep();
  const std::string text = folder_.read("1.log");
  EXPECT_TRUE(text.starts_with("firstx"));
  EXPECT_TRUE(text.ends_with("xlast"));
  EXPECT_LT(text.size(), limit + 100);
  EXPECT_NE(text.find("\n[... 800009 bytes left out ...]\n"), std::string::npos) << text.size();
}

TEST_F(OutputFiles, NeverFollowsALinkOrOverwritesAFile)
{
  const std::string victim = folder_.write("victim", "precious");
  std::filesystem::create_symlink(victim, path_);
  for (const std::string& path : {path_, victim}) {
    OutputFile file(path, 1u << 20);
    file.add(std::string(100'000, 'x'));
    file.finish();
    EXPECT_FALSE(file.exists());
  }
  EXPECT_EQ(folder_.read("victim"), "precious");
}

} // namespace
} // namespace sluice::runner
