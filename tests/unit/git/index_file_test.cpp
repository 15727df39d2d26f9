#include "adapters/git/index_file.h"

#include "tests/unit/git/git_fixture.h"

namespace sluice::git {
namespace {

std::string index_of(const TempRepo& repo)
{
  std::ifstream in(repo / ".git/index", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void expect_same_as_git(const TempRepo& repo, std::size_t id_size)
{
  const auto own = parse_index(index_of(repo), id_size);
  const auto gits = parse_index_listing(repo.run({"ls-files", "-s", "-v", "-z"}));
  ASSERT_TRUE(own);
  ASSERT_EQ(own->size(), gits.size());
  for (std::size_t i = 0; i < gits.size(); ++i) {
    EXPECT_EQ((*own)[i].path, gits[i].path);
    EXPECT_EQ((*own)[i].id, gits[i].id) << gits[i].path;
    EXPECT_EQ((*own)[i].mode, gits[i].mode) << gits[i].path;
    EXPECT_EQ((*own)[i].stage, gits[i].stage) << gits[i].path;
    EXPECT_EQ((*own)[i].assume_unchanged, gits[i].assume_unchanged) << gits[i].path;
    EXPECT_EQ((*own)[i].skip_worktree, gits[i].skip_worktree) << gits[i].path;
  }
}

void fill(const TempRepo& repo)
{
  for (int length = 1; length < 20; ++length)
    repo.write("folder/" + std::string(static_cast<std::size_t>(length), 'x'), "1");
  for (int i = 0; i < 300; ++i) repo.write("many/f" + std::to_string(i), std::to_string(i));
  repo.write("deep/" + std::string(200, 'a') + "/" + std::string(200, 'b') + "/" + std::string(250, 'c'), "long");
  repo.write("\xff name\nwith \"all\"", "odd");
  std::filesystem::create_symlink("many", repo / "link");
  repo.write("tool", "#!/bin/sh\n");
  std::filesystem::permissions(repo / "tool", std::filesystem::perms::owner_all);
  repo.commit("all");
  repo.run({"update-index", "--assume-unchanged", "many/f1"});
}

struct Case {
  const char* name;
  std::vector<std::string> init;
  std::vector<std::string> convert;
  std::size_t id_size;
};

class IndexVersions : public GitTest, public ::testing::WithParamInterface<Case> {};

TEST_P(IndexVersions, ReadAsGitDoes)
{
  const TempRepo repo(GetParam().init);
  fill(repo);
  if (!GetParam().convert.empty()) repo.run(GetParam().convert);
  expect_same_as_git(repo, GetParam().id_size);
}

INSTANTIATE_TEST_SUITE_P(
  All, IndexVersions,
  ::testing::Values(Case{"v2", {}, {}, 20}, Case{"v3", {}, {"update-index", "--skip-worktree", "many/f2"}, 20},
                    Case{"v4", {}, {"update-index", "--index-version=4", "--skip-worktree", "many/f2"}, 20},
                    Case{"sha256", {"--object-format=sha256"}, {"update-index", "--skip-worktree", "many/f2"}, 32},
                    Case{"sha256_v4", {"--object-format=sha256"}, {"update-index", "--index-version=4"}, 32}),
  [](const auto& kind) { return kind.param.name; });

class IndexFile : public GitTest {};

TEST_F(IndexFile, SplitIndexIsLeftToGit)
{
  const TempRepo repo;
  fill(repo);
  repo.run({"update-index", "--split-index"});
  EXPECT_FALSE(parse_index(index_of(repo), 20));
}

TEST_F(IndexFile, HiddenEntriesAloneOnRequest)
{
  const TempRepo repo;
  fill(repo);
  const auto hidden = parse_index(index_of(repo), 20, Wanted::special_entries);
  ASSERT_TRUE(hidden);
  ASSERT_EQ(hidden->size(), 1u);
  EXPECT_EQ(hidden->front().path, "many/f1");
}

TEST_F(IndexFile, DamagedBytesAreLeftToGit)
{
  const TempRepo repo;
  fill(repo);
  const std::string bytes = index_of(repo);
  for (std::size_t size = 0; size < bytes.size(); size += 7)
    EXPECT_FALSE(parse_index(std::string_view(bytes).substr(0, size), 20)) << size;
  std::string unknown = bytes;
  unknown[7] = 9;
  EXPECT_FALSE(parse_index(unknown, 20));
}

} // namespace
} // namespace sluice::git
