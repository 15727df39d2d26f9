// Every way in which git stores a repository gives the same answers as git itself, whichever engine answers.
#include "tests/unit/git/git_fixture.h"

#include <gmock/gmock.h>

#include <functional>

namespace sluice::git {
namespace {

using ::testing::IsEmpty;

struct Storage {
  const char* name;
  std::vector<std::string> init;
  // Turns the repository into the kind under test; returns the working tree to look at.
  std::function<std::string(const TempRepo&)> convert;
};

std::string converted(const TempRepo& repo, const std::vector<std::string>& command)
{
  repo.run(command);
  return repo.path();
}

std::string cloned(const TempRepo& repo, std::vector<std::string> options)
{
  const std::string clone = repo.sibling("clone");
  repo.run({"config", "uploadpack.allowFilter", "true"});
  options.insert(options.begin(), {"clone", "-q"});
  options.push_back("file://" + repo.path());
  options.push_back(clone);
  repo.run(options);
  return clone;
}

std::string sparse(const TempRepo& repo, const char* option)
{
  repo.run({"sparse-checkout", "set", "--cone", option, "kept"});
  return repo.path();
}

std::string as_worktree(const TempRepo& repo)
{
  const std::string tree = repo.sibling("tree");
  repo.run({"worktree", "add", "-q", "-b", "linked", tree});
  return tree;
}

class StorageTest : public GitTest, public ::testing::WithParamInterface<Storage> {
protected:
  StorageTest() : repo(GetParam().init)
  {
    for (const char* prefix : {"kept/", "left/", "left/deep/"})
      for (int i = 0; i < 4; ++i) repo.write(prefix + std::to_string(i), std::string(100, char('a' + i)) + prefix);
    repo.write("top", "1");
    repo.commit("one");
    repo.write("left/1", "changed");
    repo.rename("kept/2", "kept/two");
    repo.commit("two");
    repo.write("top", "2");
    repo.commit("three");
    folder = GetParam().convert(repo);
  }
  void write(const std::string& name, const std::string& content) const
  {
    std::filesystem::create_directories(std::filesystem::path(folder + "/" + name).parent_path());
    std::ofstream(folder + "/" + name) << content;
  }

  TempRepo repo;
  std::string folder;
};

TEST_P(StorageTest, CleanAtFirst)
{
  EXPECT_TRUE(Repository::open(folder).clean());
}

TEST_P(StorageTest, RangeIsGits)
{
  const Repository repository = Repository::open(folder);
  const ChangeSet set = repository.changes({"HEAD~2", "HEAD"});
  EXPECT_EQ(paths_of(set.paths), git_diff(repo, folder, "HEAD~2...HEAD"));
  EXPECT_EQ(set.merge_base, repo.run_in(folder, {"rev-parse", "HEAD~2"}));
  EXPECT_EQ(set.head_tree, repo.run_in(folder, {"rev-parse", "HEAD^{tree}"}));
  ASSERT_EQ(set.commits.size(), 2u);
  EXPECT_EQ(set.commits[0].message, "three\n");
  EXPECT_THAT(set.incomplete, IsEmpty());
  EXPECT_EQ(repository.read("HEAD~1", "left/1"), "changed");
  EXPECT_EQ(repository.read("HEAD~2", "top"), "1");
  for (const char* absent : {"nothing", "nothing/1", "left/nothing", "left", "top/1"})
    EXPECT_FALSE(repository.read("HEAD~1", absent)) << absent;
  EXPECT_FALSE(repository.read("HEAD", "left/*"));
  EXPECT_FALSE(repository.read("HEAD", "../left"));
  EXPECT_EQ(repository.resolve(":/two"), set.commits[1].id);
  EXPECT_FALSE(repository.resolve("--all"));
}

TEST_P(StorageTest, WorkingTreeIsGits)
{
  write("kept/0", "changed");
  write("kept/1", "staged");
  repo.run_in(folder, {"add", "kept/1"});
  std::filesystem::remove(folder + "/kept/3");
  write("kept/new", "1");
  const Paths expected = git_status(repo, folder);
  ASSERT_EQ(expected, (Paths{"kept/0", "kept/1", "kept/3", "kept/new"}));
  const Repository repository = Repository::open(folder);
  EXPECT_EQ(paths_of(repository.changes({}).paths), expected);
  EXPECT_EQ(paths_of(repository.changes_since("HEAD").value()), expected);
}

TEST_P(StorageTest, FilesAreThoseOnDisk)
{
  write("kept/0", "changed");
  write("kept/new", "1");
  Paths expected;
  for (const std::string& path : split(repo.run_in(folder, {"ls-files", "-z", "-c", "-o", "--exclude-standard"})))
    if (std::filesystem::exists(folder + "/" + path)) expected.insert(path);
  let_index_age(repo, folder);
  Paths found;
  for (const TreeFile& file : Repository::open(folder).files()) {
    found.insert(file.path);
    const bool vouched = file.path != "kept/0" && file.path != "kept/new";
    EXPECT_EQ(file.digest.absent(), !vouched) << file.path;
    if (vouched) {
      EXPECT_EQ(to_hex(file.digest), repo.run_in(folder, {"rev-parse", "HEAD:" + file.path}));
    }
  }
  EXPECT_EQ(found, expected);
}

const std::vector<Storage> k_kinds = {
  {"plain", {}, [](const TempRepo& repo) { return repo.path(); }},
  {"packed",
   {},
   [](const TempRepo& repo) {
     return converted(repo, {"gc", "-q"});
   }},
  {"split_index",
   {},
   [](const TempRepo& repo) {
     return converted(repo, {"update-index", "--split-index"});
   }},
  {"index_v4",
   {},
   [](const TempRepo& repo) {
     return converted(repo, {"update-index", "--index-version=4"});
   }},
  {"untracked_cache",
   {},
   [](const TempRepo& repo) {
     return converted(repo, {"update-index", "--force-untracked-cache"});
   }},
  {"sparse_checkout", {}, [](const TempRepo& repo) { return sparse(repo, "--no-sparse-index"); }},
  {"sparse_index", {}, [](const TempRepo& repo) { return sparse(repo, "--sparse-index"); }},
  {"sha256", {"--object-format=sha256"}, [](const TempRepo& repo) { return repo.path(); }},
  {"linked_worktree", {}, as_worktree},
  {"separate_git_dir",
   {},
   [](const TempRepo& repo) {
     return converted(repo, {"init", "-q", "--separate-git-dir", repo.sibling("elsewhere")});
   }},
  {"alternates",
   {},
   [](const TempRepo& repo) {
     return cloned(repo, {"--reference", repo.path()});
   }},
  {"shallow", {}, [](const TempRepo& repo) { return cloned(repo, {"--depth=3"}); }},
  {"blobless", {}, [](const TempRepo& repo) { return cloned(repo, {"--filter=blob:none"}); }},
  {"treeless", {}, [](const TempRepo& repo) { return cloned(repo, {"--filter=tree:0"}); }},
};

INSTANTIATE_TEST_SUITE_P(All, StorageTest, ::testing::ValuesIn(k_kinds),
                         [](const auto& kind) { return kind.param.name; });

class BareTest : public GitTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(BareTest, RangesWorkAndWorkingTreesAreRefused)
{
  const TempRepo repo({std::string("--object-format=") + GetParam()});
  repo.write("a", "1");
  repo.commit("one");
  repo.write("b", "1");
  repo.commit("two");
  const std::string bare = repo.sibling("bare");
  repo.run({"clone", "-q", "--bare", repo.path(), bare});
  const Repository repository = Repository::open(bare);
  EXPECT_EQ(repository.root(), bare);
  EXPECT_EQ(paths_of(repository.changes({"HEAD~1", "HEAD"}).paths), (Paths{"b"}));
  EXPECT_EQ(repository.read("HEAD", "a"), "1");
  EXPECT_EQ(error_of([&] { (void)repository.changes({}); }).kind(), ErrorKind::usage);
  EXPECT_EQ(error_of([&] { (void)repository.files(); }).kind(), ErrorKind::usage);
}

INSTANTIATE_TEST_SUITE_P(Formats, BareTest, ::testing::Values("sha1", "sha256"),
                         [](const auto& format) { return std::string(format.param); });

// What is put back in a second checkout is as the other commit has it: mode, link, absence.
TEST(CheckOut, PutsBackFilesOfAnotherCommit)
{
  const TempRepo repo;
  namespace fs = std::filesystem;
  repo.write("script", "old");
  fs::permissions(repo / "script", fs::perms::owner_all);
  fs::create_symlink("script", repo / "link");
  repo.write("was/folder", "old");
  repo.write("kept", "old");
  const std::string before = repo.commit("before");
  repo.remove("script"), repo.remove("link"), repo.remove("was");
  for (const char* name : {"script", "link", "was", "kept", "added/file"}) repo.write(name, "new");
  const std::string now = repo.commit("now");

  const Repository repository = Repository::open(repo.path());
  const std::string folder = repo.sibling("second");
  const std::vector<std::string> files{"script", "link", "was", "was/folder", "added/file"};
  const std::string id = repository.check_out_to(folder, now, {before, files});
  EXPECT_EQ(fs::status(folder + "/script").permissions() & fs::perms::owner_all, fs::perms::owner_all);
  EXPECT_EQ(fs::read_symlink(folder + "/link"), "script");
  EXPECT_TRUE(fs::is_regular_file(folder + "/was/folder"));
  EXPECT_FALSE(fs::exists(folder + "/added/file"));
  const Repository second = Repository::open(folder);
  EXPECT_EQ(second.read("HEAD", "kept"), "new");
  EXPECT_EQ(second.resolve("HEAD"), id);
  EXPECT_TRUE(second.clean());
  EXPECT_EQ(repository.resolve("HEAD"), now);
  EXPECT_EQ(repository.check_out_to(repo.sibling("third"), now), now);
}

} // namespace
} // namespace sluice::git
