// What a build reads without declaring it, in a build folder that is kept: scripts around CMake, presets, files that
// only commands name. Each ends as a build from nothing would.
#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

namespace sluice::tests {

namespace {

using testing::IsEmpty;

constexpr const char* k_returns_r = "int main(void) { return R; }\n";

class Undeclared : public testing::TestWithParam<const char*> {
protected:
  void SetUp() override
  {
    project_.write(".gitignore", "/build/\n/.sluice/\n");
    configure_by("\"cmake\", \"-S\", \".\", \"-B\", \"build\", \"-G\", \"" + std::string(GetParam()) + "\"");
  }
  void configure_by(const std::string& words) const
  {
    project_.write("sluice.toml", "[build]\nconfigure = [" + words + "]\n[[tests]]\nframework = \"ctest\"\n");
  }
  void lists(const std::string& text) const
  {
    project_.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(u C)\nenable_testing()\n" + text +
                                       "\nadd_test(NAME t COMMAND t)\n");
  }
  SluiceResult run(std::vector<std::string> words = {}) const { return Sluice(project_.path()).run(std::move(words)); }
  void prove() const
  {
    project_.commit("Green");
    const SluiceResult first = run();
    ASSERT_EQ(first.code, 0) << first.out << first.err;
    ASSERT_THAT(run().started, IsEmpty());
  }
  // In the working tree, and as a commit in the folder that has seen the working tree.
  void expect_red() const
  {
    SluiceResult red = run();
    EXPECT_EQ(red.code, 1) << red.out << red.err;
    project_.commit("Red");
    red = run({"--base", "HEAD~1", "--head", "HEAD"});
    EXPECT_EQ(red.code, 1) << red.out << red.err;
  }
  // A library whose symbols the linker script decides, and a test that looks for one.
  void links_with(const std::string& script, const std::string& library) const
  {
    lists(library + "\ntarget_link_options(l PRIVATE \"-Wl,--version-script," + script +
          "\")\nadd_executable(t t.c)\ntarget_link_libraries(t PRIVATE ${CMAKE_DL_LIBS})\n"
          "target_compile_definitions(t PRIVATE LIBRARY=\"$<TARGET_FILE:l>\")\nadd_dependencies(t l)");
    project_.write("l.c", "int one(void) { return 1; }\n");
    project_.write("t.c",
                   "#include <dlfcn.h>\nint main(void) { return dlsym(dlopen(LIBRARY, RTLD_NOW), \"one\") == 0; }\n");
  }
  void expect_red_after(const std::string& script) const
  {
    project_.write(script, "{ global: one; local: *; };\n");
    prove();
    project_.write(script, "{ local: *; };\n");
    expect_red();
  }
  TempRepo project_;
};

INSTANTIATE_TEST_SUITE_P(Generator, Undeclared, testing::Values("Ninja", "Unix Makefiles"));

TEST_P(Undeclared, AFileThatTheConfigureScriptReads)
{
  configure_by("\"sh\", \"ci/configure.sh\"");
  lists("add_executable(t t.c)\ntarget_compile_definitions(t PRIVATE R=${R})");
  project_.write("t.c", k_returns_r);
  project_.write("ci/configure.sh",
                 ". ci/options.sh\ncmake -S . -B build -G '" + std::string(GetParam()) + "' $OPTIONS\n");
  project_.write("ci/options.sh", "OPTIONS=-DR=0\n");
  prove();
  project_.write("ci/options.sh", "OPTIONS=-DR=1\n");
  expect_red();
}

TEST_P(Undeclared, APresetThatAnotherIncludes)
{
  configure_by("\"cmake\", \"--preset\", \"p\"");
  lists("add_executable(t t.c)\ntarget_compile_definitions(t PRIVATE R=${R})");
  project_.write("t.c", k_returns_r);
  const auto base = [&](const char* value) {
    project_.write("cmake/base.json", "{\"version\": 4, \"configurePresets\": [{\"name\": \"b\", \"hidden\": true, "
                                      "\"cacheVariables\": {\"R\": \"" +
                                        std::string(value) + "\"}}]}\n");
  };
  project_.write("CMakePresets.json", "{\"version\": 4, \"include\": [\"cmake/base.json\"], \"configurePresets\": "
                                      "[{\"name\": \"p\", \"inherits\": \"b\", \"generator\": \"" +
                                        std::string(GetParam()) + "\", \"binaryDir\": \"${sourceDir}/build\"}]}\n");
  base("0");
  prove();
  base("1");
  expect_red();
}

// The working tree keeps what a person may have set in the folder; a named head does not, also after such a run.
TEST_P(Undeclared, ADefaultThatAWorkingTreeHasKept)
{
  const auto option = [&](const char* value) {
    lists("option(BAD \"\" " + std::string(value) +
          ")\nadd_executable(t t.c)\n"
          "if(BAD)\n  target_compile_definitions(t PRIVATE R=1)\nelse()\n  target_compile_definitions(t PRIVATE "
          "R=0)\nendif()");
  };
  project_.write("t.c", k_returns_r);
  option("OFF");
  prove();
  option("ON");
  EXPECT_EQ(run().code, 0);
  project_.commit("Red");
  const SluiceResult red = run({"--base", "HEAD~1", "--head", "HEAD"});
  EXPECT_EQ(red.code, 1) << red.out << red.err;
}

TEST_P(Undeclared, AScriptOfTheLinker)
{
  links_with("${CMAKE_CURRENT_SOURCE_DIR}/cmake/l.map", "add_library(l SHARED l.c)");
  expect_red_after("cmake/l.map");
}

// It is made by the configure step, and the target lists it.
TEST_P(Undeclared, AScriptOfTheLinkerThatIsConfigured)
{
  links_with("${CMAKE_BINARY_DIR}/l.map",
             "configure_file(l.map.in l.map)\nadd_library(l SHARED l.c ${CMAKE_BINARY_DIR}/l.map)");
  expect_red_after("l.map.in");
}

// The values of a script for the cache replace none that are there.
TEST_P(Undeclared, AFileThatAScriptForTheCacheIncludes)
{
  configure_by("\"cmake\", \"-S\", \".\", \"-B\", \"build\", \"-C\", \"ci/cache.cmake\", \"-G\", \"" +
               std::string(GetParam()) + "\"");
  lists("add_executable(t t.c)\ntarget_compile_definitions(t PRIVATE R=${R})");
  project_.write("t.c", k_returns_r);
  project_.write("ci/cache.cmake", "include(${CMAKE_CURRENT_LIST_DIR}/values.cmake)\n");
  project_.write("ci/values.cmake", "set(R 0 CACHE STRING \"\")\n");
  prove();
  project_.write("ci/values.cmake", "set(R 1 CACHE STRING \"\")\n");
  project_.commit("Red");
  const SluiceResult red = run({"--base", "HEAD~1", "--head", "HEAD"});
  EXPECT_EQ(red.code, 1) << red.out << red.err;
}

TEST_P(Undeclared, DataThatIsCopiedBehindALink)
{
  lists("add_executable(t t.c)\nadd_custom_command(TARGET t POST_BUILD COMMAND ${CMAKE_COMMAND} -E copy_directory "
        "${CMAKE_SOURCE_DIR}/data $<TARGET_FILE_DIR:t>/data)");
  project_.write("t.c",
                 "#include <stdlib.h>\nint main(void) { return system(\"grep -q GOOD data/deep/x.txt\") != 0; }\n");
  project_.write("data/deep/x.txt", "GOOD\n");
  prove();
  project_.write("data/deep/x.txt", "EVIL\n");
  expect_red();
}

// Also by a name of its own folder, in a folder that the command goes to.
TEST_P(Undeclared, WhatACommandNamesButDoesNotDependOn)
{
  lists("add_custom_command(OUTPUT r.h COMMAND sh gen.sh ${CMAKE_BINARY_DIR}/r.h WORKING_DIRECTORY "
        "${CMAKE_SOURCE_DIR}/tools)\nadd_executable(t t.c r.h)\n"
        "target_include_directories(t PRIVATE ${CMAKE_BINARY_DIR})");
  project_.write("tools/gen.sh", "echo \"#define R $(cat value)\" > $1\n");
  project_.write("tools/value", "0\n");
  project_.write("t.c", "#include \"r.h\"\n" + std::string(k_returns_r));
  prove();
  project_.write("tools/value", "1\n");
  expect_red();
}

} // namespace

} // namespace sluice::tests
