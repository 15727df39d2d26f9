#include "model/glob.h"

#include "tests/support/temp_dir.h"

#include <cstdio>
#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <set>

namespace sluice {
namespace {

TEST(Glob, AStarStaysWithinOneComponent)
{
  EXPECT_TRUE(glob_matches("src/*.cpp", "src/a.cpp"));
  EXPECT_FALSE(glob_matches("src/*.cpp", "src/deep/a.cpp"));
  EXPECT_FALSE(glob_matches("src/?", "src/ab"));
  EXPECT_FALSE(glob_matches("a?b/c", "a/b/c"));
  EXPECT_TRUE(glob_matches("src/*", "src/.hidden"));
}

TEST(Glob, TwoStarsCrossComponents)
{
  EXPECT_TRUE(glob_matches("src/**/*.cpp", "src/a.cpp"));
  EXPECT_TRUE(glob_matches("src/**/*.cpp", "src/x/y/a.cpp"));
  EXPECT_TRUE(glob_matches("docs/**", "docs/a/b.md"));
  EXPECT_FALSE(glob_matches("docs/**", "docs"));
  EXPECT_FALSE(glob_matches("docs/**", "mydocs/a"));
  EXPECT_TRUE(glob_matches("**/BUILD", "BUILD"));
  EXPECT_TRUE(glob_matches("**", "any/thing"));
  EXPECT_FALSE(glob_matches("a**b/c", "ax/yb/c")); // only a whole component "**" crosses
}

TEST(Glob, WithoutASlashItMatchesTheLastComponent)
{
  EXPECT_TRUE(glob_matches("*.md", "docs/deep/a.md"));
  EXPECT_TRUE(glob_matches("README", "a/README"));
  EXPECT_FALSE(glob_matches("docs", "docs/a.md"));
  EXPECT_FALSE(glob_matches("/*.md", "docs/a.md")); // bound to the root
  EXPECT_TRUE(glob_matches("/*.md", "a.md"));
}

TEST(Glob, AFinalSlashMeansEverythingBelow)
{
  EXPECT_TRUE(glob_matches("docs/", "docs/a/b.md"));
  EXPECT_TRUE(glob_matches("docs/", "x/docs/b.md")); // as in .gitignore: any depth
  EXPECT_FALSE(glob_matches("docs/", "docs"));
  EXPECT_TRUE(glob_matches("a/docs/", "a/docs/b"));
  EXPECT_FALSE(glob_matches("a/docs/", "x/a/docs/b"));
  EXPECT_FALSE(glob_matches("src/**/", "src/a")); // a folder below src
  EXPECT_TRUE(glob_matches("src/**/", "src/x/a"));
}

TEST(Glob, SetsAndEscapes)
{
  EXPECT_TRUE(glob_matches("[a-c].h", "b.h"));
  EXPECT_FALSE(glob_matches("[!a-c].h", "b.h"));
  EXPECT_TRUE(glob_matches("[]x].h", "].h"));
  EXPECT_TRUE(glob_matches("[[:digit:]]", "7"));
  EXPECT_FALSE(glob_matches("a[/]b", "a/b")); // a set never holds the separator
  EXPECT_FALSE(glob_matches("[a", "a"));
  EXPECT_FALSE(glob_matches("[a", "[a"));
  EXPECT_TRUE(glob_matches("\\*.h", "*.h"));
  EXPECT_FALSE(glob_matches("\\*.h", "a.h"));
  EXPECT_TRUE(glob_matches("*.\xff", "a.\xff")); // bytes, whatever their encoding
  EXPECT_FALSE(glob_matches("*.MD", "a.md"));
}

TEST(Glob, NothingMatchesNothing)
{
  EXPECT_FALSE(glob_matches("", "a"));
  EXPECT_FALSE(glob_matches("*", ""));
  EXPECT_FALSE(glob_matches("/", "a"));
}

TEST(Glob, HostileGlobsAreCheap)
{
  std::string stars, depths, sets;
  for (int i = 0; i < 40; ++i) {
    stars += "a*";
    depths += "**/a*/";
    sets += "[a";
  }
  std::string path;
  for (int i = 0; i < 400; ++i) path += i % 9 == 8 ? "/" : "a";
  EXPECT_FALSE(glob_matches(stars + "b", std::string(4'000, 'a')));
  EXPECT_FALSE(glob_matches(depths + "b", path));
  EXPECT_FALSE(glob_matches(sets, std::string(4'000, 'a')));
}

TEST(NameGlob, CrossesSlashes)
{
  EXPECT_TRUE(name_glob_matches("parser:*", "parser:Sizes/Parser.Reads/0"));
  EXPECT_TRUE(name_glob_matches("*:Parser.*", "unit/parser:Parser.Empty"));
  EXPECT_FALSE(name_glob_matches("Parser.*", "parser:Parser.Empty")); // the whole id counts
}

TEST(FirstMatch, IsTheFirstInOrder)
{
  const std::vector<std::string> globs{"*.txt", "docs/**", "*.md"};
  EXPECT_EQ(first_match(globs, "docs/a.md"), &globs[1]);
  EXPECT_EQ(first_match(globs, "a.cpp"), nullptr);
  EXPECT_TRUE(is_glob("a?") && is_glob("[a]") && is_glob("*"));
  EXPECT_FALSE(is_glob("a/b.c"));
}

// --- git as the oracle ----------------------------------------------------------------------------------------------

std::string output_of(const std::string& command)
{
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), &::pclose);
  std::string text;
  char buffer[4096];
  while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, pipe.get())) text.append(buffer, size);
  return text;
}

std::set<std::string> split_nul(const std::string& text)
{
  std::set<std::string> parts;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\0', at);
    parts.insert(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

class GlobOracle : public ::testing::Test {
protected:
  void SetUp() override
  {
    if (output_of("git --version 2>/dev/null").empty()) GTEST_SKIP() << "git is not installed";
    std::cout << "seed " << k_seed << "\n";
    for (int i = 0; i < 120; ++i) paths_.insert(word("ab.c", 1, 3, 4));
    // A path that is also the folder of another cannot be in one index.
    for (auto path = paths_.begin(); path != paths_.end();) {
      const auto below = paths_.lower_bound(*path + "/");
      path = below != paths_.end() && below->starts_with(*path + "/") ? paths_.erase(path) : std::next(path);
    }
    std::string list;
    for (const std::string& path : paths_) list += "100644 e69de29bb2d1d6434b8b29ae775ad8c2e48c5391 0\t" + path + '\n';
    folder_.write("index", list);
    (void)output_of("cd " + folder_.path() +
                    " && git init -q repo && cd repo && git update-index --index-info <../index");
    std::string nul_list;
    for (const std::string& path : paths_) nul_list += path + '\0';
    folder_.write("paths", nul_list);
  }

  std::string word(std::string_view letters, int least, int most, int components)
  {
    std::string text;
    const int count = std::uniform_int_distribution<>(1, components)(random_);
    for (int i = 0; i < count; ++i) {
      if (i > 0) text += '/';
      std::string part;
      const int size = std::uniform_int_distribution<>(least, most)(random_);
      for (int k = 0; k < size; ++k)
        part += letters[std::uniform_int_distribution<std::size_t>(0, letters.size() - 1)(random_)];
      text += part == "." || part == ".." || part == "..." ? "a" : part;
    }
    return text;
  }

  std::string glob()
  {
    static const std::vector<std::string> parts{"*",  "**",  "?",  "[ab]",   "[!a]", "a",
                                                "b*", "*.c", "a?", "[a-c]*", "*b*"};
    std::string text;
    const int count = std::uniform_int_distribution<>(1, 4)(random_);
    for (int i = 0; i < count; ++i) {
      if (i > 0) text += '/';
      text += parts[std::uniform_int_distribution<std::size_t>(0, parts.size() - 1)(random_)];
    }
    return text;
  }

  std::set<std::string> ours(const std::string& glob) const
  {
    std::set<std::string> matched;
    for (const std::string& path : paths_)
      if (glob_matches(glob, path)) matched.insert(path);
    return matched;
  }

  static constexpr unsigned k_seed = 20261121;
  std::mt19937 random_{k_seed};
  tests::TempDir folder_;
  std::set<std::string> paths_;
};

// ':(glob)' is the same language but for three things: a glob without '/' is bound to the root, one without wildcards
// is a folder as well, and "a**" crosses components although git's manual says that it does not.
TEST_F(GlobOracle, AgreesWithGitPathspecs)
{
  std::size_t pairs = 0, matches = 0;
  for (int i = 0; i < 150; ++i) {
    const std::string text = glob();
    if (!is_glob(text)) continue;
    const std::string spec = text.find('/') == std::string::npos ? "**/" + text : text;
    const auto theirs = split_nul(output_of("git -C " + folder_ / "repo" + " ls-files -z -- ':(glob)" + spec + "'"));
    EXPECT_EQ(ours(text), theirs) << text;
    pairs += paths_.size();
    matches += theirs.size();
  }
  std::cout << pairs << " pairs, " << matches << " matches\n";
  EXPECT_GT(matches, 300u);
}

// .gitignore also ignores all that lies below an ignored folder: the two agree where the glob means folders (a final
// '/'), and for files where no parent of the path matches.
TEST_F(GlobOracle, AgreesWithGitIgnore)
{
  std::size_t matches = 0;
  for (int i = 0; i < 150; ++i) {
    const std::string text = glob() + (i % 2 == 0 ? "/" : "");
    folder_.write("repo/.gitignore", text + "\n");
    const auto theirs =
      split_nul(output_of("cd " + folder_ / "repo" + " && git check-ignore --no-index -z --stdin <../paths"));
    for (const std::string& path : paths_) {
      bool parent_matches = false;
      for (std::size_t at = path.find('/'); at != std::string::npos && i % 2 == 1; at = path.find('/', at + 1))
        parent_matches = parent_matches || glob_matches(text, path.substr(0, at));
      if (parent_matches) continue;
      EXPECT_EQ(glob_matches(text, path), theirs.contains(path)) << text << " " << path;
    }
    matches += theirs.size();
  }
  EXPECT_GT(matches, 300u);
}

} // namespace
} // namespace sluice
