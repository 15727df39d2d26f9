// Files with a filter, which is not started here: whether they have changed is told by dates.
#include "tests/unit/git/git_fixture.h"

#include <gmock/gmock.h>

namespace sluice::git {
namespace {

using ::testing::ElementsAre;

class FilteredFiles : public GitTest {
protected:
  // As git-lfs and git-crypt do it: other bytes in git than on disk.
  FilteredFiles()
  {
    for (const char* setting :
         {"filter.up.clean=tr a-z A-Z", "filter.up.smudge=tr A-Z a-z", "filter.up.required=true"}) {
      const std::string text = setting;
      repo.run({"config", text.substr(0, text.find('=')), text.substr(text.find('=') + 1)});
    }
    repo.write(".gitattributes", "*.dat filter=up\n");
    repo.write("x.dat", "hello\n");
    repo.write("y", "1\n");
    repo.commit("base");
  }
  // git takes no file's dates for an answer whose second is that of the index.
  void write_anew() const
  {
    repo.remove("x.dat");
    repo.run({"checkout", "--", "x.dat"});
    const auto written = std::filesystem::last_write_time(repo / "x.dat");
    std::filesystem::last_write_time(repo / ".git/index", written);
  }
  Paths changed() const { return paths_of(Repository::open(repo.path()).changes({}).paths); }

  TempRepo repo;
};

TEST_F(FilteredFiles, AsGitHasWrittenThemTheyHaveNotChanged)
{
  write_anew();
  ASSERT_EQ(repo.run({"cat-file", "blob", "HEAD:x.dat"}), "HELLO");
  EXPECT_THAT(changed(), ElementsAre());
  const Repository repository = Repository::open(repo.path());
  EXPECT_TRUE(repository.clean());
  EXPECT_TRUE(by_path(repository.files()).at("x.dat").digest.absent()) << "git's id is not that of what lies there";
}

TEST_F(FilteredFiles, OfTheSameSizeWithTheDateSetBackTheyHave)
{
  write_anew();
  const auto written = std::filesystem::last_write_time(repo / "x.dat");
  repo.write("x.dat", "jello\n");
  std::filesystem::last_write_time(repo / "x.dat", written);
  EXPECT_THAT(changed(), ElementsAre("x.dat"));
}

TEST_F(FilteredFiles, ThatWereTouchedCountAsChangedUntilGitHasCompared)
{
  write_anew();
  repo.write("x.dat", "hello\n");
  std::filesystem::last_write_time(repo / "x.dat",
                                   std::filesystem::last_write_time(repo / "x.dat") - std::chrono::seconds{5});
  EXPECT_THAT(changed(), ElementsAre("x.dat"));
  EXPECT_EQ(Repository::open(repo.path()).filter_of("x.dat"), "up");
  EXPECT_EQ(Repository::open(repo.path()).filter_of("y"), "");
  repo.run({"status"});
  EXPECT_THAT(changed(), ElementsAre());
}

TEST_F(FilteredFiles, WithAnotherModeTheyHaveChanged)
{
  write_anew();
  std::filesystem::permissions(repo / "x.dat", std::filesystem::perms::owner_all);
  EXPECT_THAT(changed(), ElementsAre("x.dat"));
}

TEST_F(FilteredFiles, WhatIsStagedIsAChange)
{
  repo.write("x.dat", "other\n");
  repo.run({"add", "x.dat"});
  std::filesystem::last_write_time(repo / ".git/index", std::filesystem::last_write_time(repo / "x.dat"));
  EXPECT_THAT(changed(), ElementsAre("x.dat"));
}

TEST_F(FilteredFiles, ASecondTreeDoesNotHaveTheFiltersOfTheClone)
{
  const Repository repository = Repository::open(repo.path());
  const std::string folder = repo.sibling("second");
  repository.check_out_to(folder, repo.run({"rev-parse", "HEAD"}));
  EXPECT_EQ(Repository::open(folder).without_filter_of(repository), "x.dat has the filter up");
  repo.run_in(folder, {"config", "filter.up.smudge", "cat"});
  EXPECT_EQ(Repository::open(folder).without_filter_of(repository), "");
}

} // namespace
} // namespace sluice::git
