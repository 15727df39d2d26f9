// Rules about what a change reaches and which tests it touches, where programs are compiled: names say nothing there,
// the build does.
#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

namespace sluice::tests {

namespace {

using testing::HasSubstr;

class Native : public testing::Test {
protected:
  void SetUp() override
  {
    project_.write(".gitignore", "/build/\n/.sluice/\n");
    project_.write("sluice.toml",
                   "[build]\nconfigure = [\"cmake\", \"-S\", \".\", \"-B\", \"build\", \"-G\", \"Ninja\"]\n"
                   "[[tests]]\nframework = \"ctest\"\n");
    project_.write("CMakeLists.txt",
                   "cmake_minimum_required(VERSION 3.20)\nproject(native C)\nenable_testing()\n"
                   "include(flags.cmake)\nadd_library(add add.c)\nadd_executable(tool tool.c)\n"
                   "foreach(n one two three four)\n  add_executable(${n} checks/${n}.c)\n"
                   "  target_link_libraries(${n} add)\n  add_test(NAME ${n} COMMAND ${n})\nendforeach()\n");
    project_.write("flags.cmake", "set(K 1)\n");
    project_.write("add.c", "int add(int a, int b) { return a + b; }\n");
    project_.write("tool.c", "int main(void) { return 0; }\n");
    for (const char* name : {"one", "two", "three", "four"})
      project_.write("checks/" + std::string(name) + ".c",
                     "int add(int, int);\nint main(void) { return add(2, 2) != 4; }\n");
  }
  void guard(const std::string& policy)
  {
    project_.write("sluice.policy.toml", "[policy]\nundeclared = \"human\"\n" + policy);
    project_.commit("A policy");
    ASSERT_EQ(Sluice(project_.path()).run({"--base", "HEAD", "--head", "HEAD"}).code, 0);
    project_.run({"checkout", "-q", "-b", "change"});
  }
  void expect_refused(const std::string& words)
  {
    project_.commit("A change");
    const SluiceResult run = Sluice(project_.path()).run({"--base", "main", "--head", "HEAD"});
    EXPECT_EQ(run.code, 3) << run.out << run.err;
    EXPECT_THAT(run.out, HasSubstr(words));
  }
  void expect_green()
  {
    project_.commit("A change");
    const SluiceResult run = Sluice(project_.path()).run({"--base", "main", "--head", "HEAD"});
    EXPECT_EQ(run.code, 0) << run.out << run.err;
  }
  TempRepo project_;
};

constexpr const char* k_unreached =
  "[[rule]]\nname = \"r\"\nwhen = { unreached = true }\nrequire = { reason = true }\n";
constexpr const char* k_wide = "[[rule]]\nname = \"r\"\nwhen = { blast_radius = 30 }\nrequire = { reason = true }\n";

// Attack: a program that no test starts is known to the build, and so to a fact.
TEST_F(Native, AProgramThatNoTestReachesIsUnreached)
{
  guard(k_unreached);
  project_.write("tool.c", "int main(void) { return 7; }\n");
  expect_refused("path tool.c is reached by no test");
}

// Honest: what tests are linked from is reached.
TEST_F(Native, ALibraryOfTestsIsReached)
{
  guard(k_unreached);
  project_.write("add.c", "int add(int a, int b) { return b + a; }\n");
  expect_green();
}

// Attack: a flag builds every program anew, though no source has changed.
TEST_F(Native, WhatConfiguresTheBuildReachesEverything)
{
  guard(k_wide);
  project_.write("flags.cmake", "add_compile_definitions(M=1000)\n");
  expect_refused("4 of 4 tests are reached");
}

// Honest: one of four tests is no more than 30 %.
TEST_F(Native, ASourceOfOneTestReachesThatOne)
{
  guard(k_wide);
  project_.write("checks/one.c", "int add(int, int);\nint main(void) { return add(2, 3) != 5; }\n");
  expect_green();
}

// Attack: broken code, and a test that agrees with it; the test's source is called like any other.
TEST_F(Native, ATestThatIsBentWithItsCode)
{
  const char* const suite = "[[suite]]\nname = \"core\"\ntests = [\"*\"]\n";
  const auto bend = [&] {
    project_.write("add.c", "int add(int a, int b) { return a - b; }\n");
    for (const char* name : {"one", "two", "three", "four"})
      project_.write("checks/" + std::string(name) + ".c",
                     "int add(int, int);\nint main(void) { return add(2, 2) != 0; }\n");
  };
  guard(suite + std::string("[[rule]]\nname = \"r\"\nwhen = { tests_with_code = true }\nrequire = { reason = true }\n"
                            "[[rule]]\nname = \"b\"\nrequire = { suites = [\"core\"], base_tests = true }\n"));
  bend();
  expect_refused("change together");
  const SluiceResult again = Sluice(project_.path()).run({"--base", "main", "--head", "HEAD"});
  EXPECT_THAT(again.out, HasSubstr("the tests of the base do not pass"));
}

// Attack: what tests compare with is called like nothing in particular; the suite names it.
TEST_F(Native, AFileThatTheSuiteNamesIsATest)
{
  project_.write("expected/sums", "4\n");
  guard("[[suite]]\nname = \"core\"\ntests = [\"*\"]\nfiles = [\"expected/**\"]\n"
        "[[rule]]\nname = \"r\"\nwhen = { kinds = [\"test\"] }\nrequire = { reason = true }\n");
  project_.write("expected/sums", "0\n");
  expect_refused("path expected/sums is test");
}

} // namespace

} // namespace sluice::tests
