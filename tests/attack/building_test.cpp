// What the build of a change can do: it is the author's code and writes to the tree. It may not bend what is
// judged. Each attack is green where nothing is demanded or nothing is compared.
#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>
#include <vector>

namespace sluice::tests {

namespace {

using testing::HasSubstr;

// One CTest test, `core`, that fails when `lib` is broken. cmake/opts.cmake is a file of the build like any other.
class Building : public testing::Test {
protected:
  void SetUp() override
  {
    repo_.write(".gitignore", "/build/\n");
    repo_.write("sluice.toml", "[build]\nconfigure = [\"cmake\", \"-S\", \".\", \"-B\", \"build\", \"-G\", \"Ninja\"]\n"
                               "[[tests]]\nframework = \"ctest\"\n");
    repo_.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(small LANGUAGES NONE)\n"
                                  "enable_testing()\ninclude(cmake/opts.cmake)\n"
                                  "add_test(NAME other COMMAND sh ${CMAKE_SOURCE_DIR}/tests/other.sh)\n"
                                  "if(CORE)\n  add_test(NAME core COMMAND sh ${CMAKE_SOURCE_DIR}/tests/core.sh)\n"
                                  "endif()\n");
    repo_.write("cmake/opts.cmake", k_options);
    repo_.write("tests/core.sh", "grep -q 1 \"$(dirname \"$0\")/../lib\"\n");
    repo_.write("tests/other.sh", "exit 0\n");
    repo_.write("lib", "1\n");
    repo_.commit("A project");
    before_ = repo_.run({"rev-parse", "HEAD"});
  }
  void demand(const std::string& more = {})
  {
    repo_.write("sluice.policy.toml", "[policy]\nversion = 1\n[[suite]]\nname = \"core\"\ntests = [\"*\"]\n"
                                      "[[rule]]\nname = \"core\"\nrequire = { suites = [\"core\"]" +
                                        more + " }\n");
    repo_.commit("A policy");
    repo_.run({"checkout", "-q", "-b", "change"});
  }
  SluiceResult run(std::vector<std::string> words) { return Sluice(repo_.path()).run(std::move(words)); }
  // A summary says when they are less.
  bool has_full_sandboxes() { return run({"--all"}).out.find("sandbox  ") == std::string::npos; }
  SluiceResult judge(std::vector<std::string> more = {})
  {
    more.insert(more.begin(), {"--base", "main", "--head", "HEAD"});
    return run(std::move(more));
  }
  // At configure time, in the tree that is configured.
  static std::string executed(const std::string& script)
  {
    return std::string(k_options) + "execute_process(COMMAND sh -c [[" + script +
           "]] WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})\n";
  }
  static constexpr const char* k_options = "option(CORE \"\" ON)\n";
  TempRepo repo_;
  std::string before_;
};

TEST_F(Building, Control)
{
  demand(", base_tests = true");
  repo_.write("notes", "x\n");
  repo_.commit("A change");
  const SluiceResult result = judge();
  EXPECT_EQ(result.code, 0) << result.out << result.err;
}

// Attack: the build rewrites the test that the code breaks, after it was compared with the commit.
TEST_F(Building, ATestThatTheBuildRewrites)
{
  demand();
  repo_.write("lib", "2\n");
  repo_.write("cmake/opts.cmake", executed("echo true > tests/core.sh"));
  repo_.commit("A change");
  EXPECT_EQ(run({"--base", "main"}).code, 0) << "the working tree is judged as it is, whoever wrote it";
  repo_.run({"checkout", "-q", "tests/core.sh"});
  repo_.remove("build");

  const std::string key = repo_.sibling("key"), evidence = repo_.sibling("evidence.jsonl");
  ASSERT_EQ(Sluice(repo_.path()).command({"keygen", key}).code, 0);
  const SluiceResult result = judge({"--evidence", evidence, "--key", key + ".key"});
  EXPECT_EQ(result.code, 1) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("the build or a test has changed tests/core.sh"));
  EXPECT_TRUE(result.started.empty()) << "what was rewritten is not run either";
  EXPECT_FALSE(std::filesystem::exists(evidence));
}

// Attack: the same, and git is told that all is as it was.
TEST_F(Building, ATestThatTheBuildRewritesAndCommits)
{
  demand();
  repo_.write("lib", "2\n");
  repo_.write("cmake/opts.cmake", executed("echo true > tests/core.sh; git -c user.name=x -c user.email=x@x.org "
                                           "commit -qam x; git update-index --assume-unchanged tests/core.sh"));
  repo_.commit("A change");
  const SluiceResult result = judge();
  EXPECT_EQ(result.code, 1) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("has changed tests/core.sh"));
}

// Attack: the base's test is put back in a second tree, and the build rewrites it only there.
TEST_F(Building, ATestOfTheBaseThatTheBuildRewrites)
{
  demand(", base_tests = true");
  repo_.write("lib", "2\n");
  repo_.write("tests/core.sh", "exit 0\n");
  repo_.write("cmake/opts.cmake", executed("case $PWD in */.sluice/*) echo true > tests/core.sh;; esac"));
  repo_.commit("A change");
  EXPECT_EQ(run({"--base", before_, "--head", "HEAD"}).code, 0) << "undefended";
  const SluiceResult result = judge();
  EXPECT_EQ(result.code, 3) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("the build has changed tests/core.sh"));
}

// Attack: one change leaves a setting in the build folder that hides a required test, and takes itself back, so that it
// is the base; what is remembered of the base then lacks the test that the next change breaks.
TEST_F(Building, AListOfTheBaseMadeInABentBuildFolder)
{
  demand();
  repo_.write("cmake/opts.cmake", "set(CORE OFF CACHE BOOL \"\" FORCE)\n");
  repo_.commit("Bend it");
  EXPECT_EQ(judge().code, 3);
  repo_.write("cmake/opts.cmake", k_options);
  repo_.commit("Take it back");
  judge();
  repo_.write("lib", "2\n");
  repo_.commit("Break it");
  SluiceResult result = judge();
  EXPECT_EQ(result.code, 1) << result.out << result.err;
  EXPECT_EQ(result.outcomes["core"], "failed");
}

// --- walls

struct BuildAttack {
  const char* name;
  const char* script;
  const char* said; // by the script, when it got through
};

// Runs at configure time, as all of them do, and leaves in the build folder what it has got hold of.
class BuildingWalls : public Building, public testing::WithParamInterface<BuildAttack> {
protected:
  void SetUp() override
  {
    Building::SetUp();
    ASSERT_EQ(run({}).code, 0);
    if (!has_full_sandboxes()) GTEST_SKIP() << "this machine has no full sandboxes";
    ::setenv("SLUICE_SIGNING_KEY", "its secret", 1);
    ::setenv("GITHUB_TOKEN", "another secret", 1);
    ::setenv("HOME", repo_.sibling("home").c_str(), 1);
    std::filesystem::create_directories(repo_.sibling("home") + "/.ssh");
    std::ofstream(repo_.sibling("home") + "/.ssh/id") << "its secret\n";
    repo_.write("lib", "1 \n");
    repo_.write("cmake/opts.cmake",
                executed(std::string("{ ") + GetParam().script + "; echo has run; } > build/stolen 2>&1"));
  }
  void TearDown() override
  {
    ::unsetenv("SLUICE_SIGNING_KEY");
    ::unsetenv("GITHUB_TOKEN");
    ::setenv("HOME", home_.c_str(), 1);
  }
  std::string stolen(std::vector<std::string> words)
  {
    const SluiceResult result = run(std::move(words));
    EXPECT_EQ(result.code, 0) << result.out << result.err;
    const std::string text = repo_.read("build/stolen");
    EXPECT_THAT(text, HasSubstr("has run"));
    return text;
  }
  std::string home_ = std::getenv("HOME") ? std::getenv("HOME") : "/";
};

TEST_P(BuildingWalls, Hold)
{
  EXPECT_THAT(stolen({}), testing::Not(HasSubstr(GetParam().said)));
}

TEST_P(BuildingWalls, AreNeeded)
{
  EXPECT_THAT(stolen({"--no-sandbox"}), HasSubstr(GetParam().said));
}

INSTANTIATE_TEST_SUITE_P(
  Building, BuildingWalls,
  testing::Values(
    BuildAttack{"TheStoreIsRead", "ls .sluice", "runs"},
    BuildAttack{"TheStoreIsWritten", "echo x > .sluice/forged && echo was written", "was written"},
    BuildAttack{"AHookIsLeftInGit", "git config core.fsmonitor ./evil && git config core.fsmonitor", "evil"},
    BuildAttack{"TheIndexIsForged", "git update-index --assume-unchanged lib && git ls-files -v lib", "h lib"},
    BuildAttack{"ATokenIsReadOfTheEnvironment", "env", "another secret"},
    BuildAttack{"TheSigningKeyIsReadOfSluice", "cat /proc/[0-9]*/environ", "its secret"},
    BuildAttack{"KeysAreReadAtHome", "cat $HOME/.ssh/id", "its secret"},
    BuildAttack{"SluiceIsSeen", "cat /proc/[0-9]*/comm", "sluice"}),
  [](const auto& each) { return std::string(each.param.name); });

// The processes whose command line has `token`.
std::vector<pid_t> processes_with(const std::string& token)
{
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "cmdline");
    const std::string line{std::istreambuf_iterator<char>(file), {}};
    if (line.find(token) != std::string::npos) found.push_back(std::atoi(entry.path().filename().c_str()));
  }
  return found;
}

// Attack: the terminal of the caller is made to type a command, which its shell runs when Sluice has ended.
TEST_F(Building, ATerminalIsOutOfReach)
{
  if (!has_full_sandboxes()) GTEST_SKIP() << "this machine has no full sandboxes";
  repo_.write("cmake/opts.cmake", executed("(exec 3<>/dev/tty && echo reached) > build/tty 2>&1"));
  for (const bool walls : {true, false}) {
    repo_.remove("build");
    const std::string sluice = std::string(SLUICE_BINARY_PATH) + " run" + (walls ? "" : " --no-sandbox");
    EXPECT_EQ(shell("cd " + repo_.path() + " && script -qec '" + sluice + "' /dev/null < /dev/null").first, 0);
    EXPECT_EQ(repo_.read("build/tty").find("reached") == std::string::npos, walls) << repo_.read("build/tty");
  }
}

// Attack: the build says that a file of somebody else is its output, which is removed to have it made again.
TEST_F(Building, AnOutputThatIsNone)
{
  const std::string victim = repo_.sibling("victim");
  std::ofstream(victim) << "mine\n";
  const std::string rules = "rule r\n  command = true\nbuild o " + victim + " .sluice/store.db kept: r ../src\n";
  repo_.write("sluice.toml", "[build]\ncommand = [\"ninja\", \"-C\", \"build\"]\n"
                             "[[tests]]\nframework = \"command\"\nname = \"t\"\nfiles = [\"tests/other.sh\"]\n"
                             "command = [\"sh\", \"{file}\"]\n");
  repo_.write("src", "1\n");
  repo_.write("build/build.ninja", rules);
  repo_.write("build/kept", "made\n");
  repo_.commit("A build of its own");
  ASSERT_EQ(run({}).code, 0);
  repo_.write("src", "2\n");
  std::filesystem::last_write_time(repo_.path() + "/src",
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(24));
  EXPECT_EQ(run({}).code, 0);
  EXPECT_TRUE(std::filesystem::exists(victim));
  EXPECT_FALSE(std::filesystem::exists(repo_.path() + "/build/kept")) << "or nothing was removed at all";
}

// Attack: links wait where a report is written first.
TEST_F(Building, LinksWhereAReportWillBe)
{
  const std::string victim = repo_.sibling("victim"), outside = repo_.sibling("outside");
  std::ofstream(victim) << "mine\n";
  std::filesystem::create_directories(outside);
  repo_.write("cmake/opts.cmake",
              executed("perl -e 'symlink(\"" + victim + "\", \"report.xml.$_.tmp\") for 1..33000'"));
  EXPECT_EQ(run({"--junit", repo_.path() + "/report.xml"}).code, 0);
  EXPECT_TRUE(std::filesystem::is_symlink(repo_.path() + "/report.xml.32768.tmp")) << "or no link was there";
  EXPECT_TRUE(std::filesystem::is_regular_file(std::filesystem::symlink_status(repo_.path() + "/report.xml")));
  std::ifstream file(victim);
  EXPECT_EQ((std::string{std::istreambuf_iterator<char>(file), {}}), "mine\n");

  std::filesystem::create_directory_symlink(outside, repo_.path() + "/reports");
  const SluiceResult result = run({"--junit", repo_.path() + "/reports/report.xml"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("reports/report.xml would be written through a link out of the tree"));
}

// Attack: the file of the key that signs evidence is read.
TEST_F(Building, TheFileOfTheSigningKey)
{
  if (!has_full_sandboxes()) GTEST_SKIP() << "this machine has no full sandboxes";
  const std::string key = repo_.sibling("key"), evidence = repo_.sibling("evidence.jsonl");
  ASSERT_EQ(Sluice(repo_.path()).command({"keygen", key}).code, 0);
  repo_.write("tests/other.sh", "! grep -q PRIVATE " + key + ".key\n");
  repo_.write("cmake/opts.cmake", executed("cat " + key + ".key > build/stolen"));
  repo_.commit("A change");
  const SluiceResult result = judge({"--evidence", evidence, "--key", key + ".key"});
  EXPECT_EQ(result.code, 0) << result.out << result.err;
  EXPECT_EQ(repo_.read("build/stolen"), "");
  repo_.remove("build");
  EXPECT_EQ(run({"--no-sandbox", "--all"}).code, 1) << "undefended: the test finds it";
  EXPECT_THAT(repo_.read("build/stolen"), HasSubstr("PRIVATE"));
}

// Attack: the same in the tree in which the base's tests are put beside the change, whose code is built there as well.
TEST_F(Building, TheFileOfTheSigningKeyInTheTreeOfTheBasesTests)
{
  if (!has_full_sandboxes()) GTEST_SKIP() << "this machine has no full sandboxes";
  const std::string key = repo_.sibling("key"), loot = repo_.sibling("loot"), stolen = loot + "/key";
  std::filesystem::create_directory(loot);
  repo_.write("sluice.toml", "[build]\nconfigure = [\"cmake\", \"-S\", \".\", \"-B\", \"build\", \"-G\", \"Ninja\"]\n"
                             "writable = [\"" +
                               loot + "\"]\n[[tests]]\nframework = \"ctest\"\n");
  demand(", base_tests = true");
  ASSERT_EQ(Sluice(repo_.path()).command({"keygen", key}).code, 0);
  repo_.write("tests/core.sh", "grep -q 1 \"$(dirname \"$0\")/../lib\" # as before\n");
  repo_.write("cmake/opts.cmake", executed("case $PWD in */.sluice/*) cat " + key + ".key > " + stolen + ";; esac"));
  repo_.commit("A change");
  const SluiceResult result = judge({"--evidence", repo_.sibling("evidence.jsonl"), "--key", key + ".key"});
  EXPECT_EQ(result.code, 0) << result.out << result.err;
  ASSERT_TRUE(std::filesystem::exists(stolen)) << "or nothing was built there";
  std::ifstream file(stolen);
  EXPECT_EQ((std::string{std::istreambuf_iterator<char>(file), {}}), "");
}

// Attack: what a build leaves goes on while its tests are judged, and is found by whatever comes after.
TEST_F(Building, WhatItLeaves)
{
  if (!has_full_sandboxes()) GTEST_SKIP() << "this machine has no full sandboxes";
  const std::string home = repo_.sibling("home"), before = std::getenv("HOME") ? std::getenv("HOME") : "/";
  const std::string left = home + "/.local/bin/git", token = "left-by-" + std::to_string(::getpid());
  std::filesystem::create_directories(home);
  ::setenv("HOME", home.c_str(), 1);
  repo_.write("cmake/opts.cmake",
              executed("mkdir -p $HOME/.local/bin && echo x > $HOME/.local/bin/git; setsid sh -c ': " + token +
                       "; sleep 300' >/dev/null 2>&1 </dev/null &"));
  for (const bool walls : {true, false}) {
    repo_.remove("build");
    const SluiceResult result = walls ? run({}) : run({"--no-sandbox"});
    EXPECT_EQ(result.code, 0) << result.out << result.err;
    EXPECT_EQ(std::filesystem::exists(left), !walls);
    const std::vector<pid_t> processes = processes_with(token);
    EXPECT_EQ(processes.empty(), walls);
    for (const pid_t process : processes) ::kill(-::getpgid(process), SIGKILL);
  }
  ::setenv("HOME", before.c_str(), 1);
}

// Attack: a test rewrites another, where the tree may be written.
TEST(Writing, ATestThatRewritesWhatIsJudged)
{
  const ShellProject project;
  project.configure(ShellProject::k_writable_tree);
  project.test("one", "echo 'exit 0' >cases/two.sh\n");
  project.commit("A change");
  EXPECT_EQ(project.run({"--all"}).code, 0) << "undefended: the working tree is judged as it is";
  project.write("cases/two.sh", "exit 0 # as committed\n");
  project.commit("Another");
  const SluiceResult run = project.run({"--head", "HEAD", "--all"});
  EXPECT_EQ(run.code, 1) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("has changed cases/two.sh"));
}

} // namespace

} // namespace sluice::tests
