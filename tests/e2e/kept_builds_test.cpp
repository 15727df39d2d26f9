// A build folder that is kept from one commit to the next: what it still holds, what it was told before, what is built
// in it besides the tests' programs. Each ends as a build from nothing would.
#include "tests/e2e/one_program.h"
#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

#include <filesystem>

namespace sluice::tests {

namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* k_zero = "int main(void) { return 0; }\n";
constexpr const char* k_one = "int main(void) { return 1; }\n";

// A project whose CMakeLists.txt a test writes itself; "build" is ignored, and Ninja or make builds.
class Kept : public testing::TestWithParam<const char*> {
protected:
  void SetUp() override
  {
    project_.write(".gitignore", "/build/\n/.sluice/\n");
    configure_with("");
  }
  void configure_with(const std::string& words, const std::string& more = "") const
  {
    project_.write("sluice.toml", "[build]\nconfigure = [\"cmake\", \"-S\", \".\", \"-B\", \"build\", \"-G\", \"" +
                                    std::string(GetParam()) + "\"" + words + "]\n[[tests]]\nframework = \"ctest\"\n" +
                                    more);
  }
  void lists(const std::string& text) const
  {
    project_.write("CMakeLists.txt",
                   "cmake_minimum_required(VERSION 3.20)\nproject(kept C)\nenable_testing()\n" + text);
  }
  void prove() const
  {
    project_.commit("Green");
    const SluiceResult first = run();
    ASSERT_EQ(first.code, 0) << first.out << first.err;
    ASSERT_THAT(run().started, IsEmpty());
  }
  SluiceResult run(std::vector<std::string> words = {}) const { return Sluice(project_.path()).run(std::move(words)); }
  void write_with_old_date(const std::string& file, const std::string& content) const
  {
    shell("cd " + shell_quoted(project_.path()) + " && touch -r " + file + " .git/date");
    project_.write(file, content);
    shell("cd " + shell_quoted(project_.path()) + " && touch -r .git/date " + file);
  }
  TempRepo project_;
};

INSTANTIATE_TEST_SUITE_P(Generator, Kept, testing::Values("Ninja", "Unix Makefiles"));

// What a native test opens when it runs stands in no fact, whoever else in the build uses it.
TEST_P(Kept, AllThatTheBuildMakesIsNewBeforeTestsRun)
{
  configure_with("", "[changes]\nignore = [\"*.md\"]\n");
  lists("add_library(archive STATIC archive.c)\n"
        "add_executable(tool tool.c)\n"
        "add_custom_command(OUTPUT tool.md COMMAND tool > tool.md || true DEPENDS tool)\n"
        "add_custom_target(docs ALL DEPENDS tool.md)\n"
        "add_custom_target(data ALL ${CMAKE_COMMAND} -E copy ${CMAKE_SOURCE_DIR}/data.txt data.txt)\n"
        "foreach(test archived started copied)\n"
        "  add_executable(${test} ${test}.c)\n  add_test(NAME ${test} COMMAND ${test})\nendforeach()\n");
  project_.write("archive.c", "const char text[] = \"GOOD\";\n");
  project_.write("tool.c", k_zero);
  project_.write("data.txt", "GOOD\n");
  const auto calls = [](const std::string& command) {
    return "#include <stdlib.h>\nint main(void) { return system(\"" + command + "\") != 0; }\n";
  };
  project_.write("archived.c", calls("grep -q GOOD libarchive.a"));
  project_.write("started.c", calls("./tool"));
  project_.write("copied.c", calls("grep -q GOOD data.txt"));
  prove();
  project_.write("archive.c", "const char text[] = \"EVIL\";\n");
  project_.write("tool.c", k_one);
  project_.write("data.txt", "EVIL\n");
  project_.commit("Red");
  const SluiceResult red = run({"--base", "HEAD~1"});
  EXPECT_EQ(red.outcomes.size(), 3u) << red.out;
  for (const auto& [test, outcome] : red.outcomes) EXPECT_EQ(outcome, "failed") << test;
}

// The program of a target that is gone lies where the test looks for it.
TEST_P(Kept, WhatNoStepMakesAnyMoreIsGone)
{
  lists("add_executable(app app.c)\nadd_test(NAME app COMMAND ${CMAKE_BINARY_DIR}/app)\n");
  project_.write("app.c", k_zero);
  prove();
  lists("add_test(NAME app COMMAND ${CMAKE_BINARY_DIR}/app)\n");
  project_.commit("Without its program");
  EXPECT_EQ(run({"--base", "HEAD~1"}).outcomes["app"], "not-started");
  EXPECT_EQ(run({"--all"}).code, 1);
}

// Ninja's own word on what is dead speaks of one configuration.
TEST(KeptConfigurations, WhatNoStepMakesAnyMoreIsGone)
{
  const TempRepo project;
  project.write(".gitignore", "/build/\n/.sluice/\n");
  project.write("sluice.toml",
                "[build]\nconfigure = [\"cmake\", \"-S\", \".\", \"-B\", \"build\", \"-G\", "
                "\"Ninja Multi-Config\"]\nconfiguration = \"Release\"\n[[tests]]\nframework = \"ctest\"\n");
  const auto lists = [&](const std::string& targets) {
    project.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(kept C)\nenable_testing()\n" +
                                      targets + "add_test(NAME app COMMAND ${CMAKE_BINARY_DIR}/Release/app)\n");
  };
  project.write("app.c", k_zero);
  lists("add_executable(app app.c)\n");
  project.commit("Green");
  const SluiceResult green = Sluice(project.path()).run();
  ASSERT_EQ(green.code, 0) << green.out << green.err;
  lists("");
  project.commit("Without its program");
  const SluiceResult red = Sluice(project.path()).run({"--base", "HEAD~1", "--head", "HEAD"});
  EXPECT_EQ(red.code, 1) << red.out << red.err;
}

TEST_P(Kept, AGtestProgramThatNoStepMakesIsNotBuilt)
{
  configure_with("", "[[tests]]\nname = \"g\"\nframework = \"gtest\"\nprograms = [\"build/left\"]\n");
  lists("add_executable(app app.c)\nadd_test(NAME app COMMAND app)\n");
  project_.write("app.c", k_zero);
  std::filesystem::create_directory(project_ / "build");
  std::filesystem::copy_file("/bin/true", project_ / "build/left");
  project_.commit("A program that somebody left");
  const SluiceResult red = run();
  EXPECT_EQ(red.outcomes.at("g:left:(not built)"), "not-started") << red.out;
  EXPECT_THAT(red.out, HasSubstr("no step makes it"));
}

TEST_P(Kept, AGtestGlobMatchesWhatIsBuiltFirst)
{
  configure_with("", "[[tests]]\nname = \"g\"\nframework = \"gtest\"\nprograms = [\"build/*_test\"]\n");
  project_.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(kept CXX)\nenable_testing()\n"
                                   "find_package(GTest REQUIRED)\nadd_executable(a_test a.cpp)\n"
                                   "target_link_libraries(a_test GTest::gtest_main)\n");
  project_.write("a.cpp", "#include <gtest/gtest.h>\nTEST(A, b) {}\n");
  project_.commit("Never built");
  const SluiceResult first = run();
  EXPECT_EQ(first.code, 0) << first.out << first.err;
  EXPECT_THAT(first.started, ElementsAre("g:a_test:A.b"));
}

TEST_P(Kept, AnotherConfigureCommandIsCarriedOut)
{
  configure_with(", \"-DR=0\"");
  lists("add_executable(app app.c)\ntarget_compile_definitions(app PRIVATE R=${R})\nadd_test(NAME app COMMAND app)\n");
  project_.write("app.c", "int main(void) { return R; }\n");
  prove();
  configure_with(", \"-DR=1\"");
  project_.commit("Another value");
  EXPECT_EQ(run({"--base", "HEAD~1"}).code, 1);
}

TEST_P(Kept, AnotherPresetIsCarriedOut)
{
  const auto preset = [&](const char* value) {
    project_.write("CMakePresets.json",
                   std::string("{\"version\": 3, \"configurePresets\": [{\"name\": \"p\", \"generator\": \"") +
                     GetParam() + "\", \"binaryDir\": \"${sourceDir}/build\", \"cacheVariables\": {\"R\": \"" + value +
                     "\"}}]}\n");
  };
  project_.write("sluice.toml",
                 "[build]\nconfigure = [\"cmake\", \"--preset\", \"p\"]\n[[tests]]\nframework = \"ctest\"\n");
  lists("add_executable(app app.c)\ntarget_compile_definitions(app PRIVATE R=${R})\nadd_test(NAME app COMMAND app)\n");
  project_.write("app.c", "int main(void) { return R; }\n");
  preset("0");
  prove();
  preset("1");
  EXPECT_EQ(run().code, 1);
}

// CMake keeps the first default that it saw; a verdict about commits does not.
TEST_P(Kept, AnotherDefaultCountsWhereCommitsAreJudged)
{
  const auto defaults = [&](const char* value) {
    lists("set(R " + std::string(value) +
          " CACHE STRING \"\")\nadd_executable(app app.c)\n"
          "target_compile_definitions(app PRIVATE R=${R})\nadd_test(NAME app COMMAND app)\n");
  };
  defaults("0");
  project_.write("app.c", "int main(void) { return R; }\n");
  prove();
  defaults("1");
  project_.commit("Another default");
  EXPECT_EQ(run({"--base", "HEAD~1", "--head", "HEAD"}).code, 1);
}

TEST_P(Kept, WhatTheConfigureStepReadsCountsWithAnOldDate)
{
  lists("include(value.cmake)\nadd_executable(app app.c)\ntarget_compile_definitions(app PRIVATE R=${R})\n"
        "add_test(NAME app COMMAND app)\n");
  project_.write("value.cmake", "set(R 0)\n");
  project_.write("app.c", "int main(void) { return R; }\n");
  prove();
  write_with_old_date("value.cmake", "set(R 1)\n");
  EXPECT_EQ(run().code, 1);
}

// Its program opens it or not: without it the test is not started.
TEST_P(Kept, ARequiredFileThatIsGoneIsMissed)
{
  lists("add_executable(app app.c)\nadd_test(NAME app COMMAND app)\n"
        "set_tests_properties(app PROPERTIES REQUIRED_FILES ${CMAKE_SOURCE_DIR}/needed.txt)\n");
  project_.write("app.c", k_zero);
  project_.write("needed.txt", "");
  prove();
  project_.remove("needed.txt");
  EXPECT_EQ(run().outcomes["app"], "not-started");
}

// Ninja knows nothing of what a script does besides calling it.
TEST_P(Kept, ACommandOfTheProjectsOwnIsAlwaysCalled)
{
  project_.write("sluice.toml", "[build]\nconfigure = [\"cmake\", \"-S\", \".\", \"-B\", \"build\", \"-G\", \"" +
                                  std::string(GetParam()) +
                                  "\"]\ncommand = [\"sh\", \"build.sh\"]\n"
                                  "[[tests]]\nframework = \"ctest\"\n");
  lists("add_executable(app app.c)\nadd_test(NAME app COMMAND app)\n");
  project_.write("build.sh", "cmake --build build && cp data.in build/data\n");
  project_.write("data.in", "good\n");
  project_.write("app.c", "#include <stdlib.h>\nint main(void) { return system(\"grep -q good data\") != 0; }\n");
  prove();
  project_.write("data.in", "evil\n");
  EXPECT_EQ(run().code, 1);
}

// What is asked is what the tests need; what the command makes may be another thing.
TEST(KeptNinja, ACommandWithTargetsOfItsOwnIsAlwaysCalled)
{
  TempRepo project;
  project.write(".gitignore", "/build/\n/.sluice/\n");
  project.write("sluice.toml", "[build]\nconfigure = [\"cmake\", \"-S\", \".\", \"-B\", \"build\", \"-G\", \"Ninja\"]\n"
                               "command = [\"ninja\", \"-C\", \"build\", \"all\", \"extra\"]\n[[tests]]\n"
                               "framework = \"ctest\"\n");
  project.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(kept C)\nenable_testing()\n"
                                  "add_executable(app app.c)\nadd_test(NAME app COMMAND app)\n"
                                  "add_executable(extra EXCLUDE_FROM_ALL extra.c)\n");
  project.write("app.c", "#include <stdlib.h>\nint main(void) { return system(\"./extra\") != 0; }\n");
  project.write("extra.c", k_zero);
  project.commit("A test that starts it");
  ASSERT_EQ(Sluice(project.path()).run().code, 0);
  ASSERT_THAT(Sluice(project.path()).run().started, IsEmpty());
  project.write("extra.c", k_one);
  EXPECT_EQ(Sluice(project.path()).run().code, 1);
}

// Written by hand, and included by what is asked whether there is anything to do.
TEST(KeptNinja, AnIncludedManifestCounts)
{
  TempRepo project;
  project.write(".gitignore", "/build/*\n!/build/build.ninja\n/.sluice/\n");
  project.write("sluice.toml", "[build]\ndirectory = \"build\"\ncommand = [\"ninja\", \"-C\", \"build\"]\n[[tests]]\n"
                               "name = \"s\"\nframework = \"command\"\nfiles = [\"s.sh\"]\n"
                               "command = [\"sh\", \"{file}\"]\n");
  project.write("build/build.ninja", "include ../rules.ninja\nbuild a: cc ../a.c\n");
  project.write("rules.ninja", "rule cc\n  command = cc -DR=0 -o $out $in\n");
  project.write("a.c", "int main(void) { return R; }\n");
  project.write("s.sh", "./build/a\n");
  project.commit("Rules of its own");
  ASSERT_EQ(Sluice(project.path()).run().code, 0);
  ASSERT_THAT(Sluice(project.path()).run().started, IsEmpty());
  project.write("rules.ninja", "rule cc\n  command = cc -DR=1 -o $out $in\n");
  EXPECT_EQ(Sluice(project.path()).run().code, 1);
}

// What a test leaves for another is compared before it is made.
TEST(KeptWrites, AProofThatTheRunItselfOvertookIsRed)
{
  ShellProject project;
  project.configure(ShellProject::k_writable_tree);
  project.write(".gitignore", "/.sluice/\n/out\n");
  project.write("source.txt", "good\n");
  project.test("one", "cat source.txt > out\n");
  project.test("two", "grep -q good out\n");
  project.commit("One writes, the other reads");
  for (int i = 0; i < 3; ++i) project.run({"-j", "1"});
  ASSERT_THAT(project.run().started, IsEmpty());
  project.write("source.txt", "evil\n");
  const SluiceResult first = project.run();
  EXPECT_EQ(first.code, 1) << first.out;
  EXPECT_THAT(first.out, HasSubstr("have changed what t:cases/two.sh rests on"));
  EXPECT_EQ(project.run().outcomes[ShellProject::id("two")], "failed");
}

// Green alone, red among others: not until it is green among them is it green.
TEST(KeptOrder, ATestThatFailsAmongOthersFailsAgain)
{
  TempRepo project;
  project.write(".gitignore", "/build/\n/.sluice/\n");
  project.write("sluice.toml", "[build]\nconfigure = [\"cmake\", \"-S\", \".\", \"-B\", \"build\", \"-G\", \"Ninja\"]\n"
                               "[[tests]]\nframework = \"gtest\"\nprograms = [\"build/a_test\"]\n");
  project.write("CMakeLists.txt",
                "cmake_minimum_required(VERSION 3.20)\nproject(order CXX)\nfind_package(GTest REQUIRED)\n"
                "add_executable(a_test a.cpp)\ntarget_link_libraries(a_test GTest::gtest_main)\n");
  const std::string source = "#include <gtest/gtest.h>\nstatic int seen = 0;\nTEST(A, first) { seen = 1; }\n"
                             "TEST(A, second) { EXPECT_EQ(seen, 0); }\n";
  project.write("a.cpp", source);
  project.commit("One spoils it for the other");
  const std::string second = "a_test:A.second";
  for (const char* option : {"--plain", "--rerun-failed", "--plain"}) {
    const SluiceResult run = Sluice(project.path()).run({option});
    EXPECT_EQ(run.code, std::string(option) == "--rerun-failed" ? 0 : 1) << run.out;
  }
  EXPECT_THAT(Sluice(project.path()).plan(), Contains(testing::Pair("a_test:A.first", "run neighbour")));
  project.write("a.cpp", "#include <gtest/gtest.h>\nTEST(A, first) {}\nTEST(A, second) {}\n");
  EXPECT_EQ(Sluice(project.path()).run().code, 0);
  EXPECT_THAT(Sluice(project.path()).run().started, IsEmpty());
}

} // namespace

} // namespace sluice::tests
