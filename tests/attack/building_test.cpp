// What the build of a change can do: it is the author's code and runs as the calling user, outside of every sandbox. It
// may not bend what is judged. Each attack is green where nothing is demanded or nothing is compared.
#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

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
  EXPECT_EQ(run({"--base", before_, "--head", "HEAD"}).code, 0) << "undefended";
  const SluiceResult result = judge();
  EXPECT_EQ(result.code, 3) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("was in the suite at the base and is gone"));
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
