// What shortens the list of a build's tests: a variable of the caller, or what an earlier build has left.
#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

namespace sluice::tests {

namespace {

using testing::HasSubstr;

// Tests by CTest; nothing is compiled.
class Listings : public testing::Test {
protected:
  void SetUp() override
  {
    project_.write(".gitignore", "/build/\n/.sluice/\n");
    project_.write("sluice.toml",
                   "[build]\nconfigure = [\"cmake\", \"-S\", \".\", \"-B\", \"build\", \"-G\", \"Ninja\"]\n"
                   "[[tests]]\nframework = \"ctest\"\n");
    project_.write("sluice.policy.toml",
                   "[policy]\nundeclared = \"human\"\n[[suite]]\nname = \"core\"\ntests = [\"*\"]\n"
                   "[[rule]]\nname = \"strict\"\nrequire = { suites = [\"core\"] }\n");
    list({"one"});
    project_.commit("One test");
  }
  void list(const std::vector<std::string>& tests, const std::string& more = "")
  {
    std::string text = "cmake_minimum_required(VERSION 3.20)\nproject(lists NONE)\nenable_testing()\n" + more;
    for (const std::string& test : tests) {
      project_.write("checks/" + test + ".sh", "grep -q right ../code\n");
      text += "add_test(NAME " + test + " COMMAND sh ${CMAKE_SOURCE_DIR}/checks/" + test +
              ".sh WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/checks)\n";
    }
    project_.write("code", "right\n");
    project_.write("CMakeLists.txt", text);
  }
  void branch(const std::string& name, const std::string& from) { project_.run({"checkout", "-q", "-b", name, from}); }
  SluiceResult judge() { return Sluice(project_.path()).run({"--base", "main", "--head", "HEAD"}); }
  void with_a_fresh_build_folder() { std::filesystem::remove_all(project_ / "build"); }
  TempRepo project_;
};

// Attack: the caller's environment tells test tools to list fewer tests, and the build asks them.
TEST_F(Listings, VariablesThatSteerTestToolsDoNotReachBuilds)
{
  branch("change", "main");
  list({"one"}, "if(NOT DEFINED ENV{GTEST_FILTER} AND NOT DEFINED ENV{CTEST_ANY} AND NOT DEFINED ENV{PYTEST_ADDOPTS})\n"
                "  add_test(NAME two COMMAND false)\nendif()\n");
  project_.commit("A test that fails");
  for (const char* name : {"GTEST_FILTER", "CTEST_ANY", "PYTEST_ADDOPTS"}) {
    for (const bool walled : {true, false}) {
      with_a_fresh_build_folder();
      std::vector<std::string> words{"--base", "main", "--head", "HEAD"};
      if (!walled) words.emplace_back("--no-sandbox");
      const SluiceResult run = Sluice(project_.path()).with(name, "*").run(words);
      EXPECT_EQ(run.code, 1) << name << " " << walled << "\n" << run.out << run.err;
    }
  }
}

// Attack: a build leaves what hides a test that a colleague's open request brings; the author then sends that request's
// tree, so that the short list would be remembered for it, waits until it is merged, and takes the test out.
TEST_F(Listings, WhatABuildHasLeftShortensNoListThatIsKept)
{
  branch("poison", "main");
  list({"one"}, "file(WRITE ${CMAKE_BINARY_DIR}/CTestCustom.cmake \"set(CTEST_CUSTOM_TESTS_IGNORE secret)\\n\")\n");
  project_.commit("Poison");
  ASSERT_EQ(judge().code, 0);
  branch("honest", "main");
  list({"one", "secret"});
  project_.commit("A test");
  ASSERT_EQ(judge().code, 0); // the author's copy of it: the same tree in the same folder
  with_a_fresh_build_folder();
  ASSERT_EQ(judge().code, 0);
  project_.run({"checkout", "-q", "main"});
  project_.run({"merge", "-q", "--ff-only", "honest"});

  with_a_fresh_build_folder();
  branch("deletion", "main");
  list({"one"});
  project_.remove("checks/secret.sh");
  project_.commit("Deletion");
  const SluiceResult run = judge();
  EXPECT_EQ(run.code, 3) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("rule \"strict\": suite \"core\""));
}

// Honest: a run in a folder of its own spares the next change the listing of its base.
TEST_F(Listings, AListMadeInAFreshFolderIsKept)
{
  branch("first", "main");
  list({"one", "two"});
  project_.commit("Two");
  ASSERT_EQ(judge().code, 0);
  project_.run({"checkout", "-q", "main"});
  project_.run({"merge", "-q", "--ff-only", "first"});
  branch("second", "main");
  list({"one", "two", "three"});
  project_.commit("Three");
  const SluiceResult run = judge();
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_THAT(run.out, testing::Not(HasSubstr("building the base")));
  std::filesystem::remove_all(project_ / ".sluice");
  EXPECT_THAT(judge().out, HasSubstr("building the base")) << "what is not remembered is built";
}

} // namespace

} // namespace sluice::tests
