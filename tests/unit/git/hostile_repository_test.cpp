// Settings and environment that could make a change invisible or make Sluice run somebody's program.
#include "adapters/git/location.h"
#include "adapters/git/plumbing.h"
#include "tests/unit/git/git_fixture.h"

#include <gmock/gmock.h>

#include <unistd.h>

namespace sluice::git {
namespace {

using ::testing::HasSubstr;

class HostileRepository : public GitTest {
protected:
  HostileRepository()
  {
    repo.write("a", "1");
    repo.write("dir/b", "1");
    base = repo.commit("base");
  }

  // A program that leaves a trace when it is started.
  std::string trap(const std::string& output = {}) const
  {
    repo.write(".git/trap", "#!/bin/sh\ntouch '" + (repo / ".git/sprung") + "'\n" + output);
    std::filesystem::permissions(repo / ".git/trap", std::filesystem::perms::owner_all);
    return repo / ".git/trap";
  }
  bool sprung() const { return std::filesystem::exists(repo / ".git/sprung"); }
  Paths changed() const { return paths_of(Repository::open(repo.path()).changes({}).paths); }

  TempRepo repo;
  std::string base;
};

// libgit2 looks names up as if a tree were sorted. Who can push a tree that is not must not make a policy invisible.
TEST_F(HostileRepository, AnUnsortedTreeHidesNoFile)
{
  std::string blob, tree;
  const std::string hex = repo.run({"rev-parse", base + ":a"});
  for (std::size_t i = 0; i + 1 < 40; i += 2) blob += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  for (const char* name : {"sluice.policy.toml", "aa", "ab", "zz", "ac"})
    tree += std::string("100644 ") + name + '\0' + blob;
  repo.write(".git/tree", tree);
  const std::string id = repo.run({"hash-object", "-t", "tree", "--literally", "-w", ".git/tree"});
  const std::string commit = repo.run({"commit-tree", "-m", "unsorted", id});
  const Repository repository = Repository::open(repo.path());
  for (const char* name : {"sluice.policy.toml", "aa", "ab", "zz", "ac"})
    EXPECT_EQ(repository.read(commit, name), "1") << name;
  EXPECT_FALSE(repository.read(commit, "nothing"));
}

// Both ways of asking: libgit2, and git itself where libgit2 cannot be believed.
class HostileName : public HostileRepository, public ::testing::WithParamInterface<bool> {
protected:
  HostileName()
  {
    repo.write("a", "2");
    head = repo.commit("head");
    repo.run({"update-ref", "refs/remotes/origin/main", base});
    repo.run({"update-ref", "-d", "refs/heads/main"});
    repo.run({"checkout", "-q", "-b", "change", head});
    if (GetParam()) ::setenv("GIT_OBJECT_DIRECTORY", (repo / ".git/objects").c_str(), 1);
  }
  ~HostileName() override { ::unsetenv("GIT_OBJECT_DIRECTORY"); }
  std::optional<std::string> resolve(const std::string& name) const
  {
    return Repository::open(repo.path()).resolve(name);
  }
  std::string refused(const std::string& name) const
  {
    const Error error = error_of([&] { resolve(name); });
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    return std::string(error.what()) + "; " + error.next();
  }
  std::string head;
};

TEST_P(HostileName, ABranchOrATagDoesNotTakeTheNameOfTheBase)
{
  ASSERT_EQ(resolve("origin/main"), base);
  for (const char* taken : {"refs/heads/origin/main", "refs/tags/origin/main", "refs/origin/main"}) {
    repo.run({"update-ref", taken, head});
    for (const char* spelt : {"origin/main", "origin/main~0", "origin/main^{commit}"}) {
      EXPECT_THAT(refused(spelt), HasSubstr(taken));
      EXPECT_THAT(refused(spelt), HasSubstr("give the full name, such as refs/remotes/origin/main"));
    }
    EXPECT_EQ(resolve("refs/remotes/origin/main"), base);
    repo.run({"update-ref", "-d", taken});
  }
  EXPECT_EQ(resolve("origin/main"), base);
}

TEST_P(HostileName, AFullNameMeansThatReferenceAndNoOther)
{
  repo.run({"update-ref", "refs/tags/refs/remotes/origin/gone", head});
  repo.run({"update-ref", "refs/tags/refs/remotes/origin/main", head});
  EXPECT_EQ(resolve("refs/remotes/origin/gone"), std::nullopt);
  EXPECT_EQ(resolve("refs/remotes/origin/main"), base);
  EXPECT_EQ(resolve("HEAD"), head);
}

TEST_P(HostileName, ABranchIsNoId)
{
  repo.run({"update-ref", "refs/heads/" + std::string(40, 'a'), head});
  EXPECT_EQ(resolve(std::string(40, 'a')), std::nullopt);
  repo.run({"update-ref", "refs/heads/" + base, head});
  EXPECT_EQ(resolve(base), base);
  const std::string brief = base.substr(0, 10);
  ASSERT_EQ(resolve(brief), base);
  repo.run({"update-ref", "refs/tags/" + brief, head});
  EXPECT_THAT(refused(brief), HasSubstr("the object " + base));
}

INSTANTIATE_TEST_SUITE_P(Git, HostileName, ::testing::Bool(),
                         [](const auto& by) { return by.param ? "ByGit" : "ByLibrary"; });

TEST_F(HostileRepository, FileSystemMonitorIsNeitherRunNorBelieved)
{
  repo.run({"config", "core.fsmonitor", trap("printf 'token\\0'\n")}); // "nothing changed since"
  repo.run({"config", "core.fsmonitorHookVersion", "2"});
  repo.run({"update-index", "--fsmonitor"});
  repo.run({"status"});
  repo.write("a", "2");
  repo.write("new", "1");
  ASSERT_TRUE(sprung()) << "git does not run the monitor: this test proves nothing";
  repo.remove(".git/sprung");
  EXPECT_EQ(changed(), (Paths{"a", "new"}));
  EXPECT_TRUE(by_path(Repository::open(repo.path()).files()).at("a").digest.absent());
  EXPECT_FALSE(sprung());
}

// Attack: a pattern of the change on which git's matching is exponential, and a deep folder for it.
TEST_F(HostileRepository, ACommandThatDoesNotEndIsEnded)
{
  std::string folder, pattern;
  for (int i = 0; i < 60; ++i) folder += "a/";
  for (int i = 0; i < 28; ++i) pattern += "**/a/";
  repo.write("u/" + folder + "c", "");
  Location location = location_of(repo / ".git", repo.path(), 20);
  const Plumbing git(location, std::chrono::milliseconds{500});
  EXPECT_EQ(git.ask({"status", "--porcelain"}).exit_code, 0) << "without the pattern it ends";
  repo.write(".gitignore", pattern + "b\n");
  const Error error = error_of([&] { git.ask({"-c", "a.b=c", "status", "--porcelain"}); });
  EXPECT_EQ(error.kind(), ErrorKind::world);
  EXPECT_THAT(error.what(), HasSubstr("git status did not end within"));
  EXPECT_THAT(error.next(), HasSubstr(".gitignore"));
  EXPECT_THAT(error_of([&] { git.without_filters({"f"}).output({"status"}); }).what(), HasSubstr("did not end"));
}

TEST_F(HostileRepository, UntrackedCacheIsNotBelieved)
{
  repo.run({"config", "core.untrackedCache", "true"});
  repo.run({"update-index", "--force-untracked-cache"});
  repo.run({"status"});
  repo.write("dir/new", "1");
  EXPECT_EQ(changed(), (Paths{"dir/new"}));
}

TEST_F(HostileRepository, FiltersAndDiffProgramsAreNotRun)
{
  repo.run({"config", "filter.evil.clean", trap("echo 1\n")});
  repo.run({"config", "filter.evil.required", "true"});
  repo.run({"config", "diff.external", trap()});
  repo.run({"config", "diff.evil.textconv", trap()});
  repo.write(".gitattributes", "* filter=evil diff=evil\n");
  repo.write("a", "2");
  const Repository repository = Repository::open(repo.path());
  EXPECT_EQ(paths_of(repository.changes({}).paths), (Paths{".gitattributes", "a"}));
  (void)repository.files();
  repo.run({"-c", "filter.evil.clean=cat", "add", "--all"});
  repo.run({"-c", "filter.evil.clean=cat", "commit", "-q", "-m", "x"});
  (void)repository.changes({base, "HEAD"});
  EXPECT_FALSE(sprung());
}

TEST_F(HostileRepository, StatusSettingsHideNothing)
{
  for (const auto& [key, value] : std::map<std::string, std::string>{{"status.showUntrackedFiles", "no"},
                                                                     {"status.renames", "false"},
                                                                     {"status.relativePaths", "true"},
                                                                     {"diff.ignoreSubmodules", "all"},
                                                                     {"core.ignoreStat", "true"},
                                                                     {"core.quotePath", "true"},
                                                                     {"diff.noprefix", "true"},
                                                                     {"diff.orderFile", "nowhere"}})
    repo.run({"config", key, value});
  repo.write("a", "2");
  repo.write("\xff", "1");
  EXPECT_EQ(changed(), (Paths{"a", "\xff"}));
}

TEST_F(HostileRepository, ASubmoduleCannotDeclareItselfClean)
{
  const TempRepo library;
  library.write("l", "1");
  library.commit("one");
  repo.run({"submodule", "add", "-q", library.path(), "lib"});
  repo.run({"config", "-f", ".gitmodules", "submodule.lib.ignore", "all"});
  repo.commit("with library");
  repo.write("lib/l", "2");
  ASSERT_EQ(git_status(repo, repo.path()), Paths{}) << "git itself does not hide it";
  EXPECT_EQ(changed(), (Paths{"lib"}));
}

class ForgedHistory : public GitTest, public ::testing::WithParamInterface<const char*> {
protected:
  ForgedHistory() : repo({std::string("--object-format=") + GetParam()})
  {
    repo.write("a", "1");
    base = repo.commit("base");
    repo.write("a", "2");
    head = repo.commit("two");
  }
  void expect_the_truth() const
  {
    const ChangeSet set = Repository::open(repo.path()).changes({base, head});
    EXPECT_EQ(set.merge_base, base);
    EXPECT_EQ(paths_of(set.paths), (Paths{"a"}));
    EXPECT_EQ(set.commits.size(), 1u);
    EXPECT_TRUE(set.incomplete.empty());
    EXPECT_EQ(Repository::open(repo.path()).changes({{}, head}).base, base);
  }
  TempRepo repo;
  std::string base, head;
};

TEST_P(ForgedHistory, ReplacedObjectsAreNotBelieved)
{
  const std::string head_tree = repo.run({"rev-parse", head + "^{tree}"});
  repo.run({"replace", head, base});
  repo.run({"replace", head_tree, base + "^{tree}"});
  ASSERT_EQ(repo.run({"diff-tree", "-r", base, head}), "") << "git itself does not believe it";
  expect_the_truth();
}

TEST_P(ForgedHistory, GraftsAreNotBelieved)
{
  repo.write(".git/info/grafts", head + "\n"); // it has no parent any more
  ASSERT_EQ(repo.run({"-c", "advice.graftFileDeprecated=false", "rev-list", "--count", head}), "1");
  expect_the_truth();
}

INSTANTIATE_TEST_SUITE_P(Formats, ForgedHistory, ::testing::Values("sha1", "sha256"),
                         [](const auto& format) { return std::string(format.param); });

TEST_F(HostileRepository, AnotherRepositorysHookEnvironmentIsNotOurs)
{
  const TempRepo other;
  other.commit("other");
  const Variable git_dir("GIT_DIR", other / ".git");
  const Variable work_tree("GIT_WORK_TREE", other.path());
  const Variable index("GIT_INDEX_FILE", other / ".git/index");
  const Variable literal("GIT_ICASE_PATHSPECS", "1");
  repo.write("a", "2");
  const Repository repository = Repository::open(repo.path());
  EXPECT_EQ(repository.root(), repo.path());
  EXPECT_EQ(paths_of(repository.changes({}).paths), (Paths{"a"}));
  EXPECT_EQ(repository.resolve("HEAD"), base);
}

// `git commit -a` and `git commit FILE` call the hook with an index that is not yet the repository's.
TEST_F(HostileRepository, TheOwnHooksIndexIsHonoured)
{
  repo.write("ignored.o", "1");
  repo.write(".git/info/exclude", "*.o\n");
  std::filesystem::copy_file(repo / ".git/index", repo / ".git/next-index");
  {
    const Variable index("GIT_INDEX_FILE", repo / ".git/next-index");
    repo.run({"--version"});
  }
  const std::string next = "GIT_INDEX_FILE=" + (repo / ".git/next-index");
  ASSERT_EQ(std::system(("cd " + tests::shell_quoted(repo.path()) + " && " +
                         tests::shell_quoted(next).insert(0, "env ") + " git add -f ignored.o")
                          .c_str()),
            0);
  const Variable git_dir("GIT_DIR", repo / ".git");
  const Variable index("GIT_INDEX_FILE", repo / ".git/next-index");
  EXPECT_EQ(changed(), (Paths{"ignored.o"}));
  EXPECT_EQ(by_path(Repository::open(repo.path()).files()).count("ignored.o"), 1u);
}

TEST_F(HostileRepository, AnotherUsersRepositoryIsRefusedWithTheRemedy)
{
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a folder to another user";
  ASSERT_EQ(::chown(repo.path().c_str(), 12345, 12345), 0);
  ASSERT_EQ(::chown((repo / ".git").c_str(), 12345, 12345), 0);
  const Error error = error_of([&] { Repository::open(repo / "dir"); });
  EXPECT_EQ(error.kind(), ErrorKind::world);
  EXPECT_THAT(error.what(), HasSubstr("belongs to another user"));
  EXPECT_THAT(error.next(), HasSubstr("git config --global --add safe.directory"));
}

} // namespace
} // namespace sluice::git
