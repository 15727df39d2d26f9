// The commits that a squash was made of, and how many of them are read.
#include "tests/unit/git/git_fixture.h"

#include <fstream>

namespace sluice::git {

namespace {

class Squashes : public GitTest {
protected:
  void SetUp() override { repo_.commit("Base"); }
  // A history of its own.
  void fetch(const std::string& ref, int commits)
  {
    std::string stream;
    for (int i = 0; i < commits; ++i)
      stream += "commit " + ref + "\ncommitter Ada <ada@example.org> 1700100000 +0000\ndata 1\nx\n";
    std::ofstream(repo_.path() + "/stream") << stream;
    const std::string here = "git -C '" + repo_.path() + "' fast-import --quiet <'" + repo_.path() + "/stream'";
    ASSERT_EQ(std::system(here.c_str()), 0);
  }
  BehindSquashes behind(int commits)
  {
    const Repository repository = Repository::open(repo_.path());
    return repository.commits_behind(repository.changes({"HEAD~" + std::to_string(commits), "HEAD"}).commits);
  }
  TempRepo repo_;
};

TEST_F(Squashes, AreFoundWhereverRequestsAreFetched)
{
  for (const char* ref :
       {"refs/pull/1/head", "refs/merge-requests/2/head", "refs/remotes/o/pull/3/head", "refs/remotes/o/pull/4",
        "refs/remotes/o/merge-requests/5", "refs/pull/6/merge", "refs/remotes/pull/7"})
    fetch(ref, 2);
  for (const char* subject :
       {"a (#1)", "b\n\nSee merge request o/r!2", "c (#3)", "d (#4)", "e (#5)", "f (#6)", "g (#7)"})
    repo_.commit(subject);
  const BehindSquashes found = behind(7);
  EXPECT_EQ(found.commits.size(), 5u);
  for (const auto& [id, commits] : found.commits) EXPECT_EQ(commits.size(), 2u) << id;
  EXPECT_TRUE(found.unread.empty());
}

// A change of many commits that name the same long request.
TEST_F(Squashes, AreReadUpToALimitAndSayWhereItIs)
{
  fetch("refs/pull/7/head", 1'001);
  fetch("refs/pull/8/head", 1'000);
  for (int i = 0; i < 12; ++i) repo_.commit("Again (#8)");
  EXPECT_EQ(behind(12).commits.size(), 10u);
  EXPECT_EQ(behind(12).unread.size(), 2u);
  const std::string long_one = repo_.commit("Long (#7)");
  EXPECT_EQ(behind(1).unread, std::set<std::string>{long_one});
}

} // namespace

} // namespace sluice::git
