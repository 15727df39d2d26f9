// The tree in which the base's tests meet the new code, from the side of a change whose code is run by its build.
#include "tests/attack/required_suite.h"

#include <csignal>
#include <filesystem>

namespace sluice::tests {

namespace {

using testing::HasSubstr;

// build.sh runs gen.sh, which is code like any other, and "compiles" the test by way of the folder $1, a cache.
class SecondTree : public Required {
protected:
  void SetUp() override
  {
    Required::SetUp();
    std::filesystem::create_directories(home_ + "/.cache");
    project_.TempRepo::run({"checkout", "-q", "main"});
  }
  void start(const std::string& cache)
  {
    project_.TempRepo::run({"checkout", "-q", "-f", "main"});
    project_.write("sluice.toml", "[build]\ndirectory = \"build\"\ncommand = [\"sh\", \"build.sh\", \"" + cache +
                                    "\"]\n[[tests]]\nname = \"t\"\nframework = \"command\"\n"
                                    "command = [\"sh\", \"build/test\"]\nlabels = [\"core\"]\ntimeout = \"60s\"\n");
    project_.write("build.sh", "mkdir -p build \"$1\" && sh gen.sh \"$1\" || exit 1\n"
                               "test -e \"$1/test\" || cp test.sh \"$1/test\"\ncp \"$1/test\" build/test\n");
    project_.write("gen.sh", "exit 0\n");
    project_.write("test.sh", "grep -q 1 value\n");
    project_.write("value", "1\n");
    project_.write(".gitignore", "/build/\n");
    project_.write("sluice.policy.toml", policy("[policy]\n", "suites = [\"core\"], base_tests = true"));
    project_.commit("A build");
    project_.TempRepo::run({"checkout", "-q", "-B", "change"});
    project_.write("value", "2\n");
  }
  SluiceResult judge()
  {
    project_.commit("A change");
    return project_.sluice().with("HOME", home_).run({"--base", "main", "--head", "HEAD"});
  }
  const std::string home_ = project_.sibling("home");
};

TEST_F(SecondTree, Control)
{
  start(home_ + "/.cache/objects");
  EXPECT_EQ(judge().code, 1);
  project_.write("value", "11\n");
  const SluiceResult run = judge();
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_TRUE(std::filesystem::exists(home_ + "/.cache/objects/test")) << "builds of the change keep theirs";
}

// Attack: what the change's own build leaves in a cache, or in a folder that all builds share, is what the base's test
// is made of next.
TEST_F(SecondTree, ACacheThatTheBuildOfTheChangeHasPoisoned)
{
  const std::string name = "sluice-" + std::filesystem::path(home_).parent_path().filename().string();
  for (const std::string& cache : {home_ + "/.cache/objects", "/tmp/" + name, "/var/tmp/" + name, "/dev/shm/" + name}) {
    SCOPED_TRACE(cache);
    start(cache);
    project_.write("gen.sh", "case $PWD in */.sluice/*) exit 0 ;; esac\necho exit 0 > \"$1/test\"\n");
    const SluiceResult run = judge();
    if (run.out.find("sandbox  ") != std::string::npos) GTEST_SKIP() << "this machine has no full sandboxes";
    EXPECT_EQ(run.code, 3) << run.out << run.err;
    EXPECT_THAT(run.out, HasSubstr("t: as it was at the base: failed"));
    EXPECT_EQ(run.outcomes.at("t"), "passed") << "no attack";
    std::filesystem::remove_all(cache);
  }
  EXPECT_EQ(shell("ls " + (project_ / ".sluice") + " | grep -c '^places'").second, "0\n");
}

// Attack: the build writes what directs the base's tests, or stands in for what they load, beside them: in a file that
// the base does not have, or has git ignore.
TEST_F(SecondTree, WhatTheBuildLeavesAmongTheTests)
{
  const std::string name = "checks/__pycache__/value.cpython-311.pyc";
  for (const std::string& file :
       {std::string("conftest.py"), std::string("checks/conftest.py"), std::string("pytest.ini"),
        std::string(".cargo/config.toml"), std::string("checks/test_more.sh"), name}) {
    SCOPED_TRACE(file);
    std::filesystem::remove_all(home_ + "/.cache/none");
    start(home_ + "/.cache/none");
    project_.TempRepo::run({"checkout", "-q", "-f", "main"});
    project_.write("test.sh", "test -e " + file + " || grep -q 1 value\n");
    project_.write("checks/readme", "of the tests\n");
    project_.write(".gitignore", "/build/\n__pycache__/\nconftest.py\n");
    project_.commit("A runner that obeys " + file);
    project_.TempRepo::run({"checkout", "-q", "-B", "change"});
    project_.write("value", "2\n");
    const std::string folder = std::filesystem::path(file).parent_path();
    project_.write("gen.sh", "mkdir -p ./" + folder + " && echo x > " + file + "\n");
    const SluiceResult run = judge();
    EXPECT_EQ(run.code, 3) << run.out << run.err;
    EXPECT_EQ(run.outcomes.at("t"), "passed") << "no attack";
    if (file == name) EXPECT_THAT(run.out, HasSubstr("t: as it was at the base: failed"));
    else EXPECT_THAT(run.out, HasSubstr("the build has left " + file));
    shell("cd " + project_.path() + " && git clean -qfdx -e .sluice");
  }
}

// Ctrl-C while the base's tests run ends the run, and says nothing of the change.
TEST_F(SecondTree, IsInterrupted)
{
  start(home_ + "/.cache/none");
  project_.TempRepo::run({"checkout", "-q", "-f", "main"});
  const std::string begun = project_.sibling("begun");
  project_.write("sluice.toml", project_.read("sluice.toml") + "[sandbox]\nisolate = false\n");
  project_.write("test.sh", "case $PWD in */.sluice/*) echo x > " + begun + "; sleep 60 ;; esac\n");
  project_.commit("A test that takes long the second time");
  project_.TempRepo::run({"checkout", "-q", "-B", "change"});
  project_.write("value", "11\n");
  project_.commit("A change");
  RunningSluice running = project_.sluice().start({"run", "--plain", "--base", "main", "--head", "HEAD"});
  ASSERT_TRUE(appears(begun));
  running.signal(SIGINT);
  const SluiceResult run = running.wait();
  EXPECT_EQ(run.code, 130) << run.out << run.err;
  EXPECT_EQ(run.status, "FAILED");
}

// Honest: what a build makes beside sources is no matter, nor is what lies in folders of its own.
TEST_F(SecondTree, WhatABuildMayLeave)
{
  start(home_ + "/.cache/none");
  project_.TempRepo::run({"checkout", "-q", "-f", "main"});
  project_.write("tests/a.c", "int a;\n");
  project_.write(".gitignore", "/build/\n/node_modules/\n/.venv/\n*.o\n");
  project_.write("gen.sh",
                 "mkdir -p node_modules/x/test .venv/lib/tests out/tests\necho {} > node_modules/x/package.json\n"
                 "touch node_modules/x/test/a.test.js .venv/lib/tests/conftest.py out/tests/test_a.py tests/a.o "
                 "tests/a_test tests/made.h version.py\n");
  project_.commit("A build that leaves things");
  project_.TempRepo::run({"checkout", "-q", "-B", "change"});
  project_.write("value", "11\n");
  const SluiceResult run = judge();
  EXPECT_EQ(run.code, 0) << run.out << run.err;
}

// Attack: a pass that rests on bytecode which the build has made of other code is shown for the code itself.
TEST_F(SecondTree, BytecodeThatIsNotOfItsSource)
{
  const std::string name = "__pycache__/value.cpython-311.pyc";
  start(home_ + "/.cache/none");
  project_.remove("sluice.policy.toml");
  project_.write(".gitignore", "/build/\n__pycache__/\n");
  project_.write("test.sh", "if test -e " + name + "; then grep -q 1 " + name + "; else grep -q 1 value.py; fi\n");
  project_.write("value.py", "2\n");
  project_.write("gen.sh", "mkdir -p __pycache__ && echo 1 > " + name + "\n");
  project_.commit("A forgery");
  ASSERT_EQ(project_.run({"--base", "HEAD"}).code, 0);
  EXPECT_EQ(project_.run({"--base", "HEAD"}).code, 0) << "it is there, and was seen";
  project_.write("gen.sh", "exit 0\n");
  project_.remove("__pycache__");
  project_.commit("The code alone");
  const SluiceResult run = project_.run({"--base", "HEAD"});
  EXPECT_EQ(run.code, 1) << run.out << run.err;
}

} // namespace

} // namespace sluice::tests
