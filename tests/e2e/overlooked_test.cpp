// What a build tool overlooks, because it looks at dates or because no fact names it.
#include "tests/e2e/one_program.h"

#include <filesystem>
#include <fstream>

namespace sluice::tests {

namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const char* const k_good = "int main(void) { return 0; }\n";
const char* const k_bad = "int main(void) { return 1; }\n";

// Someone saves main.c each time that it has just been compiled, as long as there is something in `edits`.
class SavedMeanwhile : public OneProgram {
public:
  SavedMeanwhile()
    : OneProgram("set_target_properties(app PROPERTIES C_COMPILER_LAUNCHER \"sh;${CMAKE_SOURCE_DIR}/launcher.sh\")\n",
                 k_good)
  {
    write(".gitignore", "/build/\n/edits/\n");
    write("launcher.sh", "\"$@\" || exit\nedit=$(ls ../edits/* 2> /dev/null | head -n 1)\n[ -n \"$edit\" ] || exit 0\n"
                         "cat \"$edit\" > ../main.c\nrm \"$edit\"\nsleep 0.1\n"
                         "while [ \"$1\" != -o ]; do shift; done\ntouch \"$2\"\n");
  }
};

TEST(SavedWhileBuilding, IsBuiltAgain)
{
  SavedMeanwhile project;
  project.prove();
  project.write("main.c", "int main(void) { return 0 * 7; }\n");
  project.write("edits/1", k_bad);
  const SluiceResult run = project.sluice();
  EXPECT_EQ(project.read("main.c"), k_bad);
  EXPECT_EQ(run.code, 1) << run.out << run.err;
  project.write("main.c", k_good);
  EXPECT_EQ(project.sluice().code, 0);
  EXPECT_THAT(events_of(project.sluice()), Not(HasSubstr("build_started")));
}

TEST(SavedWhileBuilding, IsBuiltAgainThoughItIsTheFirstBuild)
{
  SavedMeanwhile project;
  project.write("edits/1", k_bad);
  project.commit("One program");
  EXPECT_EQ(project.sluice().code, 1);
}

TEST(SavedWhileBuilding, TimeAndAgainIsBuiltByTheNextRun)
{
  SavedMeanwhile project;
  project.prove();
  project.write("main.c", "int main(void) { return 0 * 7; }\n");
  project.write("edits/1", "int main(void) { return 0 * 8; }\n");
  project.write("edits/2", k_bad);
  EXPECT_EQ(project.sluice().code, 0);
  EXPECT_EQ(project.read("main.c"), k_bad);
  const SluiceResult next = project.sluice();
  EXPECT_EQ(next.code, 1) << next.out << next.err;
}

// What a link leads to is old, and so is the link to whoever follows it.
class Links : public OneProgram {
public:
  using OneProgram::OneProgram;
  void link(const std::string& name, const std::string& target) const
  {
    remove(name);
    std::filesystem::create_symlink(target, *this / name);
  }
  // Red since the last run, green and without work on the way back.
  void expect_red()
  {
    commit("Another link");
    const SluiceResult run = sluice({"--base", "HEAD~1"});
    EXPECT_EQ(run.code, 1) << run.out << run.err;
    EXPECT_EQ(run.outcomes.count("app"), 1u) << run.out;
    this->run({"checkout", "-q", "HEAD~1"});
    EXPECT_EQ(sluice().code, 0);
    EXPECT_THAT(events_of(sluice()), Not(HasSubstr("build_started")));
  }
};

TEST(Link, OfASourceThatLeadsElsewhereIsCompiled)
{
  Links project("target_sources(app PRIVATE value.c)\n", "int value(void);\nint main(void) { return value(); }\n");
  project.write("good.c", "int value(void) { return 0; }\n");
  project.write("bad.c", "int value(void) { return 1; }\n");
  project.link("value.c", "good.c");
  project.prove();
  project.link("value.c", "bad.c");
  project.expect_red();
}

TEST(Link, OfAHeaderThatLeadsElsewhereIsCompiledIn)
{
  Links project("", "#include \"conf.h\"\nint main(void) { return BAD; }\n");
  project.write("second/bad.h", "#define BAD 1\n");
  project.link("conf.h", "second/conf.h");
  project.prove();
  project.link("conf.h", "second/bad.h");
  project.expect_red();
}

TEST(Link, ThatALinkLeadsToIsCompiledIn)
{
  Links project("", "#include \"conf.h\"\nint main(void) { return BAD; }\n");
  project.write("second/bad.h", "#define BAD 1\n");
  project.link("now.h", "second/conf.h");
  project.link("conf.h", "now.h");
  project.prove();
  project.link("now.h", "second/bad.h");
  project.expect_red();
}

TEST(Link, OfAFolderThatLeadsElsewhereHasWhatIsInItCompiledIn)
{
  Links project("target_include_directories(app PRIVATE inc)\n",
                "#include \"conf.h\"\nint main(void) { return BAD; }\n");
  project.write("third/conf.h", "#define BAD 1\n");
  project.link("inc", "second");
  project.prove();
  project.link("inc", "third");
  project.expect_red();
}

TEST(Link, OfAFolderThatComesToStandInFrontHasWhatIsInItCompiledIn)
{
  for (const char* generator : {"Ninja", "Unix Makefiles"}) {
    Links project("target_include_directories(app PRIVATE zero second)\n",
                  "#include \"deep/conf.h\"\nint main(void) { return BAD; }\n");
    project.use_generator(generator);
    project.write("second/deep/conf.h", "#define BAD 0\n");
    project.write("third/deep/conf.h", "#define BAD 1\n");
    project.prove();
    project.link("zero", "third");
    project.commit("A link");
    EXPECT_EQ(project.sluice({"--base", "HEAD~1"}).code, 1) << generator;
  }
}

// `__has_include` is answered by what was reached through the link.
TEST(Link, OfAFolderThatIsGoneIsNotRememberedInWhatWasCompiled)
{
  Links project("target_include_directories(app PRIVATE zero second)\n",
                "#if __has_include(\"opt.h\")\n#define BAD 0\n#else\n#define BAD 1\n#endif\n"
                "int main(void) { return BAD; }\n");
  project.write("third/opt.h", "");
  project.link("zero", "third");
  project.prove();
  project.remove("zero");
  project.expect_red();
}

// A project whose test failed in the last run, with what it failed for kept aside with its dates.
class PutBack : public OneProgram {
public:
  explicit PutBack(const std::string& file, const std::string& bad, const std::string& lists = "",
                   const std::string& generator = "Ninja")
    : OneProgram(lists, k_good), file_(file), good_(read(file))
  {
    use_generator(generator);
    write("other.c", "");
    write("second/bad.c", k_bad);
    prove();
    write(file, bad);
    EXPECT_EQ(sluice().code, 1);
    std::filesystem::rename(*this / file, sibling("kept"));
    write(file, good_ + "\n");
  }
  void put_back() const { std::filesystem::rename(sibling("kept"), *this / file_); }
  void build_by_hand() const
  {
    const auto [code, words] = tests::shell("cmake --build " + shell_quoted(*this / "build") + " 2>&1");
    ASSERT_EQ(code, 0) << words;
  }

private:
  std::string file_, good_;
};

TEST(PutBack, AfterABuildByHandIsBuilt)
{
  for (const char* generator : {"Ninja", "Unix Makefiles"}) {
    PutBack project("main.c", k_bad, "", generator);
    project.build_by_hand();
    project.put_back();
    const SluiceResult run = project.sluice();
    EXPECT_EQ(run.code, 1) << run.out << run.err;
  }
}

TEST(PutBack, AfterABuildThatFailedIsBuilt)
{
  PutBack project("main.c", k_bad, "target_sources(app PRIVATE other.c)\n");
  project.write("other.c", "no C\n");
  EXPECT_EQ(project.sluice().code, 1);
  project.write("other.c", "");
  project.put_back();
  EXPECT_EQ(project.sluice().outcomes["app"], "failed");
}

TEST(PutBack, IntoWhatWasConfiguredByHandIsConfigured)
{
  PutBack project("CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(one LANGUAGES C)\n"
                                    "enable_testing()\nadd_executable(app second/bad.c)\n"
                                    "add_test(NAME app COMMAND app)\n");
  project.build_by_hand();
  project.put_back();
  EXPECT_EQ(project.sluice().outcomes["app"], "failed");
}

// Configuring again gives them their mode again, and with it a newer change of status than what was made from them.
TEST(PutBack, AreNotTheFilesThatConfiguringMakes)
{
  OneProgram project("configure_file(made.h.in made.h)\ntarget_include_directories(app PRIVATE ${CMAKE_BINARY_DIR})\n",
                     "#include \"made.h\"\nint main(void) { return BAD; }\n");
  project.write("made.h.in", "#define BAD 0\n");
  project.prove();
  const auto object = std::filesystem::path(project / "build/CMakeFiles/app.dir/main.c.o");
  const auto date = std::filesystem::last_write_time(object);
  project.write("new.txt", "no fact knows it, so the project is configured again\n");
  EXPECT_EQ(project.sluice().code, 0);
  EXPECT_EQ(std::filesystem::last_write_time(object), date);
}

TEST(PutBack, IsNotWhatIsBuiltByHandInTheOrdinaryWay)
{
  PutBack project("main.c", k_bad);
  project.build_by_hand();
  const SluiceResult run = project.sluice();
  EXPECT_EQ(run.code, 0);
  EXPECT_THAT(events_of(run), Not(HasSubstr("build_started")));
}

// Archives that the linker finds by its search path are not named in the build graph.
TEST(Library, ThatOnlyAnOptionNamesIsLinkedAgain)
{
  OneProgram project("target_link_directories(app PRIVATE ${CMAKE_SOURCE_DIR}/lib)\n"
                     "target_link_libraries(app PRIVATE -lvalue)\n",
                     "int value(void);\nint main(void) { return value(); }\n");
  const auto make = [&](const std::string& value) {
    const std::string folder = project.sibling("made");
    return tests::shell("mkdir -p " + folder + " " + shell_quoted(project / "lib") + " && cd " + folder +
                        " && echo 'int value(void) { return " + value +
                        "; }' > value.c && cc -c value.c && rm -f l.a && " + "ar rc l.a value.o && cp l.a " +
                        shell_quoted(project / "lib/libvalue.a"))
      .first;
  };
  ASSERT_EQ(make("0"), 0);
  project.prove();
  ASSERT_EQ(make("1"), 0);
  project.commit("Another library");
  EXPECT_EQ(project.sluice({"--base", "HEAD~1"}).code, 1);
}

class Assembly : public OneProgram {
public:
  Assembly()
    : OneProgram("enable_language(ASM)\ntarget_sources(app PRIVATE value.S)\n"
                 "target_include_directories(app PRIVATE .)\n",
                 "extern int value;\nint main(void) { return value; }\n")
  {
    write("value.S", ".data\n.globl value\nvalue:\n.include \"first.inc\"\n"
                     ".section .note.GNU-stack,\"\",@progbits\n");
    write("first.inc", ".include \"second.inc\"\n");
    write("second.inc", ".long 0\n");
  }
};

TEST(Assembler, ReadsWhatIsIncludedByADirective)
{
  Assembly project;
  project.prove();
  project.expect_seen("first.inc", ".long 1\n");
  project.expect_seen("second.inc", ".long 1\n");
}

// The step that names the file is made again by itself, and the other one has to be.
TEST(Assembler, ReadsWhatAnotherStepNames)
{
  Assembly project;
  project.write("other.S", "#include \"second.inc\"\n.section .note.GNU-stack,\"\",@progbits\n");
  std::ofstream(project / "CMakeLists.txt", std::ios::app) << "target_sources(app PRIVATE other.S)\n";
  project.prove();
  project.expect_seen("second.inc", ".long 1\n");
}

// A folder `sub` that is a repository of its own: known to git or not.
class Nested : public OneProgram {
public:
  enum class Kind { submodule, unknown };
  Nested(Kind kind, const std::string& lists, const std::string& source) : OneProgram(lists, source)
  {
    inner_.write("readme", "");
    inner_.commit("Something");
    const std::string verb = kind == Kind::submodule ? "submodule add -q " : "clone -q ";
    EXPECT_EQ(tests::shell("cd " + shell_quoted(path()) + " && git -c protocol.file.allow=always " + verb +
                           shell_quoted(inner_.path()) + " sub 2>&1")
                .first,
              0);
  }
  // A repository that git does not know cannot be added.
  void prove_uncommitted() const
  {
    const SluiceResult first = sluice();
    ASSERT_EQ(first.code, 0) << first.out << first.err;
    EXPECT_THAT(sluice().started, IsEmpty());
  }

private:
  TempRepo inner_;
};

const char* const k_weak = "__attribute__((weak)) int bad(void) { return 0; }\nint main(void) { return bad(); }\n";
const char* const k_glob = "file(GLOB more sub/*.c)\ntarget_sources(app PRIVATE ${more})\n";

TEST(Submodule, HasItsNewHeadersCompiledIn)
{
  Nested project(Nested::Kind::submodule, "target_include_directories(app PRIVATE sub second)\n",
                 "#include \"conf.h\"\nint main(void) { return BAD; }\n");
  project.prove();
  project.write("sub/conf.h", "#define BAD 1\n");
  EXPECT_EQ(project.sluice().code, 1);
  project.remove("sub/conf.h");
  EXPECT_EQ(project.sluice().code, 0);
  project.write("sub/conf.h", "#define BAD 1\n");
  project.run_in(project / "sub", {"add", "--all"});
  project.run_in(project / "sub", {"commit", "-q", "-m", "A header"});
  project.commit("Another commit of the submodule");
  EXPECT_EQ(project.sluice({"--base", "HEAD~1"}).code, 1);
}

TEST(Submodule, ThatHasChangesHasMoreOfThemFound)
{
  for (const Nested::Kind kind : {Nested::Kind::submodule, Nested::Kind::unknown}) {
    Nested project(kind, k_glob, k_weak);
    project.write("sub/changed", "");
    project.prove_uncommitted();
    project.write("sub/bad.c", "int bad(void) { return 1; }\n");
    EXPECT_EQ(project.sluice().code, 1);
    project.remove("sub/bad.c");
    EXPECT_EQ(project.sluice().code, 0);
    EXPECT_THAT(events_of(project.sluice()), Not(HasSubstr("build_started")));
  }
}

TEST(Submodule, IsPartOfTheTreeForTestsThatNobodyWatches)
{
  for (const Nested::Kind kind : {Nested::Kind::submodule, Nested::Kind::unknown}) {
    Nested project(kind, "", k_good);
    project.write("sub/value", "0\n");
    project.write("sluice.toml", "[[tests]]\nframework = \"command\"\nname = \"app\"\n"
                                 "command = [\"sh\", \"test.sh\"]\n");
    project.write("test.sh", "grep -q 0 sub/value\n");
    EXPECT_EQ(project.sluice({"--no-observe"}).code, 0);
    EXPECT_THAT(project.sluice({"--no-observe"}).started, IsEmpty());
    project.write("sub/value", "1\n");
    EXPECT_EQ(project.sluice({"--no-observe"}).code, 1);
  }
}

} // namespace

} // namespace sluice::tests
