// Ways to have the tests of the base pass although the code is broken.
#include "tests/attack/required_suite.h"

#include <chrono>
#include <cstdio>
#include <map>

namespace sluice::tests {

namespace {

using testing::HasSubstr;

class OldTests : public Required {
protected:
  void SetUp() override
  {
    Required::SetUp();
    project_.TempRepo::run({"checkout", "-q", "main"});
    project_.write("src/value", "1\n");
    project_.test("one", "grep -q 1 src/value\n");
    project_.commit("Code with a test");
    rules("[policy]\n", "suites = [\"core\"], base_tests = true");
  }
};

TEST_F(OldTests, Control)
{
  project_.write("src/other", "1\n");
  project_.commit("A change");
  const SluiceResult run = project_.run({"--base", "main", "--head", "HEAD"});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
}

TEST_F(OldTests, ATestThatWasBentToTheNewCode)
{
  project_.write("src/value", "2\n");
  project_.test("one", "grep -q 2 src/value\n");
  expect_caught("the change and its tests changed together");
}

TEST_F(OldTests, ATestThatWasMadeToDoNothing)
{
  project_.write("src/value", "2\n");
  project_.test("one", "exit 0\n");
  expect_caught("t:cases/one.sh: as it was at the base: failed: exit code 1\n"); // and no mark for the line's end
}

TEST_F(OldTests, ATestThatWasDeletedWithTheCodeThatItTests)
{
  project_.write("src/value", "2\n");
  project_.remove("cases/one.sh");
  expect_caught("is gone");
}

// Honest: what the rule allows of the suite it allows of the suite as it was.
TEST_F(OldTests, ATestThatTheRuleAllowsNotToPass)
{
  using namespace std::chrono;
  const auto then = floor<days>(system_clock::now()) + days{20};
  const year_month_day until{then};
  char date[32];
  std::snprintf(date, sizeof date, "%04d-%02u-%02u", static_cast<int>(until.year()),
                static_cast<unsigned>(until.month()), static_cast<unsigned>(until.day()));
  project_.TempRepo::run({"checkout", "-q", "main"});
  configure("core", "cases/*.sh",
            "[[quarantine]]\ntests = [\"t:cases/one.sh\"]\nreason = \"fails at times\"\nuntil = " + std::string(date) +
              "\n");
  project_.test("one", "exit 1\n");
  const auto judged = [&](const std::string& require) {
    rules("[policy]\n", "suites = [\"core\"], " + require);
    project_.write("src/other", require);
    project_.commit("A change");
    return project_.run({"--base", "main", "--head", "HEAD"});
  };
  const SluiceResult allowed = judged("base_tests = true, quarantine = true");
  EXPECT_EQ(allowed.code, 0) << allowed.out << allowed.err;
  EXPECT_EQ(judged("base_tests = true, skips = true").code, 3);
}

// Honest: a repository with a filter (git-lfs, git-crypt), checked out afresh as CI does. Where only the clone's own
// configuration knows the filter, a second tree has what git stores, and it is said that it cannot be judged.
TEST_F(OldTests, FilesWithAFilter)
{
  for (const auto& [key, program] :
       {std::pair("clean", "tr a-z A-Z"), std::pair("smudge", "tr A-Z a-z"), std::pair("required", "true")})
    project_.TempRepo::run({"config", std::string("filter.up.") + key, program});
  project_.TempRepo::run({"checkout", "-q", "main"});
  project_.write(".gitattributes", "*.dat filter=up\n");
  project_.write("src/x.dat", "hello\n");
  project_.test("one", "grep -q hello src/x.dat\n");
  project_.commit("A file with a filter");
  const auto judged = [&](const std::string& require) {
    rules("[policy]\n", "suites = [\"core\"]" + require);
    project_.write("src/other", require + "\n");
    project_.commit("A change");
    project_.remove("src/x.dat");
    project_.TempRepo::run({"checkout", "-q", "--", "src/x.dat"});
    return project_.run({"--base", "main", "--head", "HEAD"});
  };
  const SluiceResult fresh = judged("");
  EXPECT_EQ(fresh.code, 0) << fresh.out << fresh.err;
  const SluiceResult beside = judged(", base_tests = true");
  EXPECT_EQ(beside.code, 3) << beside.out << beside.err;
  EXPECT_THAT(beside.out, HasSubstr("src/x.dat has the filter up, which only this clone's configuration knows"));
  project_.write("src/x.dat", "hello\n");
  const SluiceResult touched = project_.run({"--base", "main", "--head", "HEAD"});
  EXPECT_EQ(touched.code, 2);
  EXPECT_THAT(touched.err, HasSubstr("src/x.dat, which has the filter up, was touched after git had written it"));
  project_.write("src/x.dat", "jello\n");
  EXPECT_EQ(project_.run({"--base", "main", "--head", "HEAD"}).code, 2);
}

// The configuration says how tests are run: that of the change would run nothing.
TEST_F(OldTests, TestsThatTheConfigurationOfTheChangeDoesNotRun)
{
  project_.write("src/value", "2\n");
  project_.write("sluice.toml", "[[tests]]\nname = \"t\"\nframework = \"command\"\nfiles = [\"cases/*.sh\"]\n"
                                "command = [\"sh\", \"-c\", \"exit 0\", \"{file}\"]\nlabels = [\"core\"]\n");
  expect_caught("t:cases/one.sh: as it was at the base: failed");
}

TEST_F(OldTests, TestsThatTheConfigurationOfTheChangeGivesOtherPrograms)
{
  project_.write("src/value", "2\n");
  project_.write("bin/grep", "#!/bin/sh\nexit 0\n");
  std::filesystem::permissions(project_ / "bin/grep", std::filesystem::perms::owner_all);
  configure("core", "cases/*.sh", "environment = { PATH = \"bin:/usr/bin:/bin\" }\n");
  expect_caught("t:cases/one.sh: as it was at the base: failed");
}

// Attack: what a test runner reads leaves the tests out. The script stands for a runner that obeys such a file.
TEST_F(OldTests, TestsThatAConfigurationOfTheirRunnerLeavesOut)
{
  for (const auto& [file, text] : std::map<std::string, std::pair<std::string, std::string>>{
         {"setup.cfg", {"[metadata]\nname = p\n", "[metadata]\nname = p\n[tool:pytest]\naddopts = --collect-only\n"}},
         {"pyproject.toml", {"[project]\n", "[project]\n[tool.pytest.ini_options]\naddopts = \"--collect-only\"\n"}},
         {"package.json", {"{}", R"({"scripts": {"test": "--collect-only"}})"}},
         {"jest.config.js", {"", "// --collect-only"}},
         {".mocharc.yml", {"", "# --collect-only"}},
         {"sub/CTestCustom.cmake", {"", "# --collect-only"}},
         {".cargo/config.toml", {"", "# --collect-only"}},
         {"bunfig.toml", {"", "# --collect-only"}},
         {"spec/spec_helper.rb", {"", "# --collect-only"}},
         {"vitest.config.mts", {"", "// --collect-only"}}}) {
    project_.TempRepo::run({"checkout", "-q", "main"});
    project_.write("src/value", "1\n");
    project_.write(file, text.first);
    project_.test("one", "grep -q -e --collect-only " + file + " && exit 0\ngrep -q 1 src/value\n");
    project_.commit("A runner that reads " + file);
    project_.TempRepo::run({"checkout", "-q", "-B", "change"});
    project_.write("src/value", "2\n");
    project_.write(file, text.second);
    expect_caught("t:cases/one.sh: as it was at the base: failed");
  }
}

// Attack: the test is the same in git and another on disk. In UTF-7 "|| exit 1" and the end of its line are gone.
TEST_F(OldTests, ATestThatGitWritesInAnotherEncoding)
{
  project_.TempRepo::run({"checkout", "-q", "main"});
  project_.test("one", "grep -qx 1 src/value || exit 1\necho ok\n");
  project_.commit("Code with a test");
  project_.TempRepo::run({"checkout", "-q", "-B", "change"});
  project_.write("src/value", "2\n");
  project_.write(".gitattributes", "cases/*.sh working-tree-encoding=UTF-7\n");
  project_.commit("A change");
  project_.remove("cases");
  project_.TempRepo::run({"checkout", "-q", "--", "cases"});
  expect_caught("t:cases/one.sh: as it was at the base: failed");
}

// Attack: the rule that guards the tests looks at changed paths, and git says that the test has not changed.
TEST_F(OldTests, AGuardedTestThatGitWritesInAnotherWay)
{
  rules("[policy]\n", "suites = [\"core\"] }\n[[rule]]\nname = \"guarded\"\nwhen = { paths = [\"cases/**\"] }\n"
                      "require = { approvals = 1");
  project_.write(".gitattributes", "cases/*.sh eol=crlf\n");
  expect_caught("0 of 1 approvals");
}

// An honest change: new code with the dependency that it needs.
TEST_F(OldTests, ANewDependencyStays)
{
  for (const auto& [file, text] : std::map<std::string, std::pair<std::string, std::string>>{
         {"setup.cfg", {"[options]\n[tool:pytest]\n", "[options]\ninstall_requires = other\n[tool:pytest]\n"}},
         {"pyproject.toml", {"[tool.pytest]\n", "[tool.pytest]\n[project]\ndependencies = [\"other\"]\n"}},
         {"package.json", {R"({"jest": {}})", R"({"jest": {}, "dependencies": {"other": "1"}})"}}}) {
    project_.TempRepo::run({"checkout", "-q", "main"});
    project_.remove("src/new");
    project_.write(file, text.first);
    project_.test("one", "test ! -e src/new || grep -q other " + file + "\n");
    project_.commit("A project with " + file);
    project_.TempRepo::run({"checkout", "-q", "-B", "change"});
    project_.write("src/new", "other\n");
    project_.write(file, text.second);
    project_.commit("A change");
    const SluiceResult run = project_.run({"--base", "main", "--head", "HEAD"});
    EXPECT_EQ(run.code, 0) << file << run.out << run.err;
  }
}

// Honest changes: a script that is started by its mode, and a build file that a new source needs.
TEST_F(OldTests, WhatIsPutBackKeepsItsMode)
{
  project_.TempRepo::run({"checkout", "-q", "main"});
  project_.write("sluice.toml", "[[tests]]\nname = \"t\"\nframework = \"command\"\nfiles = [\"cases/*.sh\"]\n"
                                "command = [\"./{file}\"]\nlabels = [\"core\"]\n");
  for (const char* name : {"one", "two"}) {
    project_.test(name, "#!/bin/sh\nexit 0\n");
    std::filesystem::permissions(project_ / ("cases/" + std::string(name) + ".sh"), std::filesystem::perms::owner_all);
  }
  project_.commit("Scripts that are programs");
  project_.TempRepo::run({"checkout", "-q", "-B", "change"});
  project_.test("one", "#!/bin/sh\n# as before\nexit 0\n");
  project_.write("CMakeLists.txt", "# a new source\n");
  project_.commit("A change");
  const SluiceResult run = project_.run({"--base", "main", "--head", "HEAD"});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_THAT(shell("cat " + shell_quoted(run.folder + "/events.ndjson")).second,
              HasSubstr("1 files put back; as changed: CMakeLists.txt"));
}

TEST_F(OldTests, WhatIsNotCommittedIsNotReplayed)
{
  project_.write("src/value", "2\n");
  project_.test("one", "exit 0\n");
  EXPECT_EQ(project_.run({"--base", "main"}).code, 3);
}

} // namespace

} // namespace sluice::tests
