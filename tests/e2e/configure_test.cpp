// What the configure step reads and no build step does.
#include "tests/e2e/one_program.h"

#include <fstream>

namespace sluice::tests {

namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(Configure, IsTheWholeBuildOfAProjectWithNothingToCompile)
{
  TempRepo repo;
  repo.write(".gitignore", "/build/\n");
  repo.write("sluice.toml", "[build]\nconfigure = [\"cmake\", \"-S\", \".\", \"-B\", \"build\", \"-G\", \"Ninja\"]\n"
                            "[[tests]]\nframework = \"ctest\"\n");
  repo.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(scripts LANGUAGES NONE)\n"
                               "enable_testing()\nadd_test(NAME one COMMAND sh -c true)\n");
  repo.commit("A test and nothing to compile");
  const SluiceResult first = Sluice(repo.path()).run();
  EXPECT_EQ(first.code, 0) << first.out << first.err;
  EXPECT_EQ(first.outcomes.at("one"), "passed");
  EXPECT_EQ(Sluice(repo.path()).run().code, 0);
}

const char* const k_search = "target_include_directories(app PRIVATE first second)\n";

TEST(Configure, HappensAgainForAFileThatItReads)
{
  OneProgram project("file(READ value.txt value)\ntarget_compile_definitions(app PRIVATE BAD=${value})\n");
  project.prove();
  project.expect_seen("value.txt", "1");
}

TEST(Configure, HappensAgainForAFileThatAGlobFinds)
{
  OneProgram project("file(GLOB more t/*.c)\ntarget_sources(app PRIVATE ${more})\n",
                     "__attribute__((weak)) int bad(void) { return 0; }\nint main(void) { return bad(); }\n");
  project.prove();
  project.expect_seen("t/b.c", "int bad(void) { return 1; }\n");
}

TEST(Configure, HappensAgainWhenAFileOfAGlobIsGone)
{
  OneProgram project("file(GLOB more t/*.c)\ntarget_sources(app PRIVATE ${more})\n",
                     "__attribute__((weak)) int bad(void) { return 1; }\nint main(void) { return bad(); }\n");
  project.write("t/b.c", "int bad(void) { return 0; }\n");
  project.prove();
  project.remove("t/b.c");
  const SluiceResult run = project.sluice();
  EXPECT_EQ(run.code, 1) << run.out;
  EXPECT_EQ(run.outcomes.count("app"), 1u) << run.out;
}

TEST(Configure, HappensAgainForWhatACommandReads)
{
  OneProgram project("execute_process(COMMAND cat ${CMAKE_SOURCE_DIR}/value.txt OUTPUT_VARIABLE value)\n"
                     "target_compile_definitions(app PRIVATE BAD=${value})\n");
  project.prove();
  project.expect_seen("value.txt", "1");
}

// A build that came to no end leaves a folder that is of neither tree.
TEST(Configure, HappensAgainAfterABuildThatFailedHalfWay)
{
  OneProgram project("file(READ value.txt value)\ntarget_compile_definitions(app PRIVATE BAD=${value})\n");
  project.prove();
  project.write("value.txt", "1");
  project.write("main.c", "int main(void) { return BAD; } no C\n");
  EXPECT_EQ(project.sluice().code, 1);
  project.write("value.txt", "0");
  project.run({"reset", "-q", "--hard"});
  const SluiceResult run = project.sluice({"--all"});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_THAT(events_of(project.sluice()), Not(HasSubstr("build_started")));
}

TEST(Configure, DoesNotHappenAgainForWhatSluiceTomlDismisses)
{
  OneProgram project("target_compile_definitions(app PRIVATE BAD=0)\n");
  std::ofstream(project / "sluice.toml", std::ios::app) << "[changes]\nignore = [\"*.md\"]\n";
  project.prove();
  project.write("notes.md", "words\n");
  EXPECT_THAT(events_of(project.sluice()), Not(HasSubstr("build_started")));
  project.write("notes.txt", "words\n");
  const SluiceResult run = project.sluice();
  EXPECT_THAT(run.started, IsEmpty()) << run.out;
  EXPECT_THAT(events_of(run), HasSubstr("build_started"));
  EXPECT_THAT(events_of(project.sluice()), Not(HasSubstr("build_started")));
}

TEST(Configure, ThePlanSaysThatItWillHappenAgain)
{
  OneProgram project("target_compile_definitions(app PRIVATE BAD=0)\n");
  project.prove();
  project.write("notes.txt", "words\n");
  EXPECT_THAT(Sluice(project.path()).command({"plan", "--verbose"}).out, HasSubstr("configured again"));
}

TEST(Shadowing, AHeaderThatComesToStandInFrontIsCompiledIn)
{
  OneProgram project(k_search, "#include \"conf.h\"\nint main(void) { return BAD; }\n");
  project.prove();
  project.expect_seen("first/conf.h", "#define BAD 1\n");
}

TEST(Shadowing, AHeaderThatIsAskedForIsCompiledIn)
{
  OneProgram project(k_search, "#if __has_include(\"opt.h\")\n#include \"opt.h\"\n#else\n#define BAD 0\n#endif\n"
                               "int main(void) { return BAD; }\n");
  project.prove();
  project.expect_seen("second/opt.h", "#define BAD 1\n");
}

// A table of numbers may end with what puts in another.
TEST(Shadowing, WhatALongSourceAsksForIsCompiledIn)
{
  OneProgram project(k_search, "#if __has_include(\"opt.h\")\n#include \"opt.h\"\n#else\n#define BAD 0\n#endif\n"
                               "int main(void) { return BAD; }\n" +
                                 std::string(5 << 20, '\n'));
  project.prove();
  project.expect_seen("second/opt.h", "#define BAD 1\n");
}

TEST(Shadowing, WhatAnAssemblerPutsInIsBuiltAgain)
{
  OneProgram project("target_link_options(app PRIVATE -no-pie)\ntarget_compile_options(app PRIVATE -fno-pie "
                     "-Wa,-I${CMAKE_SOURCE_DIR})\n",
                     "__asm__(\".data\\n.globl value\\nvalue: .incbin \\\"value.txt\\\"\\n.text\\n\");\n"
                     "extern char value;\nint main(void) { return value != '0'; }\n");
  project.prove();
  project.expect_seen("value.txt", "1");
}

TEST(BuildInputs, HaveEverythingBuiltAgain)
{
  OneProgram project("set_source_files_properties(main.c PROPERTIES COMPILE_OPTIONS "
                     "@${CMAKE_SOURCE_DIR}/options)\n");
  project.write("options", "-DBAD=0\n");
  project.write("sluice.toml", "[build]\nconfigure = [\"cmake\", \"-S\", \".\", \"-B\", \"build\", \"-G\", \"Ninja\"]\n"
                               "inputs = [\"/options\"]\n[[tests]]\nframework = \"ctest\"\n");
  project.prove();
  project.expect_seen("options", "-DBAD=1\n");
}

} // namespace

} // namespace sluice::tests
