// What an ordinary user's tests may not read, list or enter: it is an input like others, and never ends the run.
#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace sluice::tests {

namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

namespace fs = std::filesystem;

// The project belongs to a user who is not root, and so does each run.
class Unreadable : public testing::Test {
protected:
  void SetUp() override
  {
    if (shell("unshare --user true").first != 0) GTEST_SKIP() << "there are no user namespaces here";
    if (::geteuid() == 0 && shell("setpriv --reuid 12345 --regid 12345 --clear-groups true").first != 0)
      GTEST_SKIP() << "setpriv cannot make an ordinary user of root here";
    project_.remove("cases/one.sh");
    project_.remove("cases/two.sh");
    project_.write(".gitignore", "/.sluice/\n*.ignored\n/closed/\n");
    project_.write("secret.ignored", "secret\n");
    project_.write("closed/file", "secret\n");
  }
  void TearDown() override { allow("closed", "0755"); }

  // Exit code and output of the command of Sluice.
  std::pair<int, std::string> ask(const std::string& words) const
  {
    const std::string folder = fs::path(project_.path()).parent_path().string();
    const std::string as_user =
      ::geteuid() == 0
        ? "setpriv --reuid 12345 --regid 12345 --clear-groups env PATH=/usr/bin:/bin HOME='" + folder + "' "
        : "";
    return shell("cd '" + project_.path() + "' && " + as_user + "'" + folder + "/sluice' " + words);
  }
  void allow(const std::string& name, const std::string& mode) const
  {
    shell("chmod " + mode + " '" + (project_ / name) + "'");
  }
  void give_away() const
  {
    const std::string folder = fs::path(project_.path()).parent_path().string();
    ASSERT_EQ(shell("cp '" SLUICE_BINARY_PATH "' '" + folder + "/sluice'").first, 0);
    if (::geteuid() == 0) shell("chown -R 12345:12345 '" + folder + "'");
    shell("sleep 0.1"); // what has just changed proves nothing
  }
  std::vector<std::string> selected() const
  {
    std::vector<std::string> tests;
    const nlohmann::json plan = nlohmann::json::parse(ask("plan --json 2> /dev/null").second);
    for (const nlohmann::json& test : plan["tests"])
      if (test["decision"] == "run") tests.push_back(test["id"]);
    return tests;
  }
  ShellProject project_;
};

TEST_F(Unreadable, IsAnInputAndDoesNotEndTheRun)
{
  project_.test("reads", "! cat secret.ignored && ! cat /etc/shadow\n");
  project_.test("enters", "! test -e closed/file\n");
  project_.test("lists", "! ls closed\n");
  project_.commit("Tests that are kept out");
  allow("secret.ignored", "0000");
  allow("closed", "0000");
  give_away();
  const auto [code, out] = ask("run --plain");
  ASSERT_EQ(code, 0) << out;
  EXPECT_THAT(selected(), IsEmpty()) << out;
  allow("secret.ignored", "0644");
  EXPECT_THAT(selected(), ElementsAre(ShellProject::id("reads")));
  allow("closed", "0755");
  EXPECT_THAT(selected(),
              ElementsAre(ShellProject::id("enters"), ShellProject::id("lists"), ShellProject::id("reads")));
  EXPECT_EQ(ask("run --plain").first, 1);
}

// Three runs, and in the folder of the oldest what its tests have left when it was killed.
class OldRuns : public Unreadable {
protected:
  void SetUp() override
  {
    Unreadable::SetUp();
    if (IsSkipped()) return;
    project_.test("one", "exit 0\n");
    project_.commit("A test");
    give_away();
    for (int run = 0; run < 3; ++run) ASSERT_EQ(ask("run --all --quiet").first, 0);
    runs_ = run_folders(project_.path());
    ASSERT_EQ(runs_.size(), 3u);
    fs::create_directories(left());
    std::ofstream(left() + "/file") << "left\n";
  }
  std::string left() const { return runs_.front() + "/scratch/left"; }
  std::vector<std::string> runs_;
};

TEST_F(OldRuns, AreForgottenWithFoldersThatATestHasClosed)
{
  give_away();
  fs::permissions(left(), fs::perms::none);
  const auto [code, words] = ask("cache gc --keep-runs 1");
  EXPECT_EQ(code, 0) << words;
  EXPECT_EQ(run_folders(project_.path()), std::vector<std::string>{runs_.back()}) << words;
}

TEST_F(OldRuns, AreForgottenThoughOneCannotBe)
{
  if (::geteuid() != 0) GTEST_SKIP() << "only root can leave files that the user may not remove";
  const auto [code, words] = ask("cache gc --keep-runs 1"); // what lies there is root's
  EXPECT_EQ(code, 0) << words;
  EXPECT_THAT(words, testing::HasSubstr("cannot remove " + runs_.front()));
  EXPECT_THAT(words, testing::HasSubstr("removed 1 run"));
  EXPECT_TRUE(fs::exists(left() + "/file"));
  EXPECT_FALSE(fs::exists(runs_[1]));
}

} // namespace

} // namespace sluice::tests
