// What takes the place of something that a test used: found before it in a search path, put where it was written,
// built anew with the same code. The test asked for the old one only, by whatever name.
#include "tests/e2e/one_program.h"
#include "tests/support/shell_project.h"

#include <filesystem>

namespace sluice::tests {

namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

class StandIns : public testing::Test {
protected:
  void SetUp() override
  {
    if (shell("unshare --user true").first != 0) GTEST_SKIP() << "there are no user namespaces here";
  }
};

// tests/test_a.py is green with what lies in src, and red once `stands_in` is found before it.
struct Shadow {
  const char* found;     // what it imports, in the last folder of the module path
  const char* line;      // how
  const char* stands_in; // the new file, in an earlier one
  const char* files;     // the glob of test files
};

class PythonProject : public ShellProject {
public:
  PythonProject(const std::string& files, const std::string& first_lines)
  {
    remove("cases");
    write(".gitignore", "/.sluice/\n__pycache__/\n");
    use_command({"python3", "-B", "{file}"}, files);
    write("tests/test_a.py", first_lines);
    write("tests/test_b.py", "\n");
  }
  void use_command(const std::vector<std::string>& words, const std::string& files) const
  {
    std::string command;
    for (const std::string& word : words)
      command += (command.empty() ? "\"" : ", \"") + (word == "python3" ? python() : word) + "\"";
    write("sluice.toml", "[[tests]]\nname = \"t\"\nframework = \"command\"\nfiles = [\"" + files + "\"]\ncommand = [" +
                           command + "]\n");
  }
  // Itself, where what is called so is a script that looks for it.
  static const std::string& python()
  {
    static const std::string path = tests::shell("python3 -c 'import sys; print(sys.executable, end=\"\")'").second;
    return path;
  }
  void prove()
  {
    commit("Tests");
    const SluiceResult first = this->ShellProject::run();
    ASSERT_EQ(first.code, 0) << first.out << first.err;
    ASSERT_THAT(to_run(sluice().plan()), IsEmpty());
  }
  std::vector<std::string> selected_after_commit()
  {
    commit("Another file");
    return to_run(sluice().plan());
  }
};

TEST_F(StandIns, ANewFileIsFoundBeforeWhatPythonFound)
{
  const Shadow shadows[] = {
    {"src/test_helpers.py", "test_helpers", "tests/test_helpers.py", "tests/test_*.py"},
    {"src/test_helpers/__init__.py", "test_helpers", "tests/test_helpers.py", "tests/test_*.py"},
    {"src/test_helpers/values.py", "test_helpers.values", "tests/test_helpers.py", "tests/test_*.py"},
    {"src/test_helpers/data.txt", "test_helpers", "tests/test_helpers.py", "tests/test_*.py"},
    {"src/test_helpers.py", "test_helpers", "tests/test_helpers/__init__.py", "tests/test_*"},
    {"src/test_helpers.py", "test_helpers", "tests/test_helpers.so", "tests/test_*"},
    {"src/test_helpers.py", "test_helpers", "tests/test_helpers.pyc", "tests/test_*"},
    {"src/conftest.py", "conftest", "tests/conftest.py", "tests/*.py"},
    {"README", "unittest", "tests/unittest.py", "tests/*.py"},
  };
  for (const Shadow& shadow : shadows) {
    SCOPED_TRACE(std::string(shadow.stands_in) + " for " + shadow.found);
    PythonProject project(shadow.files,
                          "import sys; sys.path.append('src')\nimport " + std::string(shadow.line) + "\n");
    project.write(shadow.found, "");
    project.prove();
    project.write("tests/test_c.py", "\n");
    EXPECT_THAT(project.selected_after_commit(), ElementsAre("t:tests/test_c.py"));
    project.write(shadow.stands_in, "raise SystemExit(1)\n");
    EXPECT_THAT(project.selected_after_commit(), Contains("t:tests/test_a.py"));
    EXPECT_EQ(project.ShellProject::run().outcomes["t:tests/test_a.py"], "failed");
  }
}

// A test that is started by its module's name may be another one of that name.
TEST_F(StandIns, ANewTestFileIsFoundBeforeATestOfItsName)
{
  PythonProject project("**/test_*.py", "\n");
  project.use_command(
    {"python3", "-B", "-c", "import sys; sys.path += ['one', 'tests']; __import__(sys.argv[1])", "{name}"},
    "**/test_*.py");
  project.write("one/keep", "");
  project.prove();
  project.write("one/test_a.py", "raise SystemExit(1)\n");
  EXPECT_THAT(project.selected_after_commit(), Contains("t:tests/test_a.py"));
}

// What is given a folder takes each test file that is in it.
TEST_F(StandIns, ANewTestFileIsOneMoreOfItsPackage)
{
  for (const char* const folder : {"tests", "test_a"}) {
    const std::string cases = "import unittest\nclass Case(unittest.TestCase):\n  def test(self): ";
    PythonProject project("*/test_*.py", cases + "pass\n");
    project.use_command({"python3", "-B", "-m", "unittest", "discover", "-s", "{package}"}, "*/test_*.py");
    project.remove("tests/test_b.py");
    if (std::string(folder) != "tests") project.rename("tests", folder);
    project.prove();
    project.write(std::string(folder) + "/test_new.py", cases + "self.fail()\n");
    EXPECT_THAT(project.selected_after_commit(), ElementsAre("t:" + std::string(folder)));
    EXPECT_EQ(project.ShellProject::run().code, 1);
  }
}

TEST_F(StandIns, ANewFileIsFoundBeforeWhatPytestFound)
{
  if (shell("python3 -m pytest --version").first != 0) GTEST_SKIP() << "there is no pytest here";
  PythonProject project("tests/test_*.py", "import sys; sys.path.append('src')\nimport test_helpers\n"
                                           "def test_one(): assert test_helpers.good\n");
  project.use_command({"python3", "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "{file}"}, "tests/test_*.py");
  project.write("tests/test_b.py", "def test_two(): pass\n");
  project.write("src/test_helpers/__init__.py", "good = True\n");
  project.prove();
  project.write("tests/test_c.py", "def test_three(): pass\n");
  EXPECT_THAT(project.selected_after_commit(), ElementsAre("t:tests/test_c.py"));
  ASSERT_EQ(project.ShellProject::run().code, 0);
  project.write("tests/test_helpers.py", "good = False\ndef test_four(): pass\n");
  EXPECT_THAT(project.selected_after_commit(), Contains("t:tests/test_a.py"));
}

// A tool in Python that judges by date, started by a test of pytest: git tells both that a source is another.
TEST_F(StandIns, AToolOfPytestThatJudgesByDate)
{
  if (shell("python3 -m pytest --version").first != 0) GTEST_SKIP() << "pytest is not installed";
  const PythonProject project("tests/test_*.py",
                              "import subprocess, sys\ndef test_a():\n  assert subprocess.run([sys.executable, "
                              "'tests/check.py']).returncode == 0\n");
  project.use_command({"python3", "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "{file}"}, "tests/test_*.py");
  project.write("tests/test_b.py", "def test_two(): pass\n");
  project.write("tests/check.py",
                "import os, sys\nsys.exit(os.stat('src/foo.py').st_mtime > os.stat('product').st_mtime)\n");
  project.write("src/foo.py", "V = '1.2.3'\n");
  project.write("product", "p\n");
  project.commit("A tool");
  shell("cd " + shell_quoted(project.path()) + " && touch -d '-2 hours' src/foo.py && touch -d '-1 hour' product");
  const SluiceResult green = project.ShellProject::run();
  ASSERT_EQ(green.code, 0) << green.out << green.err;
  project.write("src/foo.py", "V = '1.2.4'\n");
  const SluiceResult red = project.ShellProject::run();
  EXPECT_EQ(red.code, 1) << red.out << red.err;
}

// Others ask for each name of their search path, and what they do not find is an input.
TEST_F(StandIns, OtherLanguagesLookForEachName)
{
  struct Language {
    const char* program;
    const char* script;
    const char* found;
    const char* stands_in;
    const char* good;
    const char* bad;
  };
  const Language languages[] = {
    {"perl", "perl -Ione -Itwo -MWanted -e 1", "two/Wanted.pm", "one/Wanted.pm", "1;\n", "die;\n"},
    {"perl", "perl -Itwo -MWanted -e 1", "two/Wanted.pm", "two/Wanted.pmc", "1;\n", "die;\n"},
    {"ruby", "ruby -Ione -Itwo -rwanted -e 1", "two/wanted.rb", "one/wanted.rb", "\n", "exit 1\n"},
    {"node", "NODE_PATH=one:two node -e 'require(\"wanted\")'", "two/wanted.js", "one/wanted/index.js", "\n",
     "process.exit(1)\n"},
    {"node", "node -e 'require(\"./two/wanted\")'", "two/wanted/index.js", "two/wanted.js", "\n", "process.exit(1)\n"},
  };
  std::string missing;
  for (const Language& language : languages) {
    SCOPED_TRACE(std::string(language.script) + " and then " + language.stands_in);
    if (shell("command -v " + std::string(language.program)).first != 0) {
      missing += std::string(" ") + language.program;
      continue;
    }
    ShellProject project;
    project.write("one/keep", "");
    project.write(language.found, language.good);
    project.test("one", std::string(language.script) + "\n");
    project.commit("A module");
    const SluiceResult first = project.run();
    ASSERT_EQ(first.code, 0) << first.out << first.err;
    ASSERT_THAT(to_run(project.sluice().plan()), IsEmpty());
    project.write(language.stands_in, language.bad);
    project.commit("Another one");
    EXPECT_THAT(to_run(project.sluice().plan()), ElementsAre(ShellProject::id("one")));
    EXPECT_EQ(project.run().code, 1);
  }
  if (!missing.empty()) GTEST_SKIP() << "not here:" << missing;
}

// What a test only writes to can be in its way all the same.
TEST_F(StandIns, WhatIsOnlyOverwrittenIsAnInputByItsKind)
{
  ShellProject project;
  for (const char* name : {"folder", "dangling", "cut", "moved", "gone", "tool"}) project.write(name, "old\n");
  shell("chmod 755 " + shell_quoted(project / "tool"));
  project.test("one", "echo hi > folder\n");
  project.test("two", "echo hi > dangling\n");
  project.test("cut", "truncate -s 0 cut\n");
  project.test("moved", "echo hi > new && mv new moved && test -f moved\n");
  project.test("gone", "rm gone\n");
  project.test("tool", "printf '#!/bin/sh\\nexit 0\\n' > tool && ./tool\n");
  project.commit("Tests");
  const SluiceResult first = project.run();
  ASSERT_EQ(first.code, 0) << first.out << first.err;
  for (const char* name : {"folder", "dangling"}) project.write(name, "other\n");
  project.commit("Its content does not matter");
  EXPECT_THAT(to_run(project.sluice().plan()), IsEmpty());
  for (const char* name : {"folder", "dangling", "cut", "moved", "gone"}) project.remove(name);
  for (const char* name : {"folder/keep", "cut/keep", "moved/keep", "gone/keep"}) project.write(name, "");
  std::filesystem::create_symlink("nowhere/at/all", project / "dangling");
  shell("chmod 644 " + shell_quoted(project / "tool"));
  project.commit("Others in their places");
  EXPECT_EQ(to_run(project.sluice().plan()).size(), 6u);
  const SluiceResult run = project.run();
  for (const char* name : {"one", "two", "cut", "gone", "moved", "tool"})
    EXPECT_EQ(run.outcomes.at(ShellProject::id(name)), "failed") << name;
}

// Two programs with one library. Both are linked anew with other names of functions and the same code.
TEST_F(StandIns, AnotherProgramReadsOfALibraryWhatTheLoaderDoesNotMap)
{
  OneProgram project("add_library(half SHARED half.c)\nadd_executable(asks asks.c)\nadd_executable(own own.c)\n"
                     "target_link_libraries(app half)\ntarget_link_libraries(asks half)\n"
                     "add_test(NAME asks COMMAND asks)\nadd_test(NAME own COMMAND own)\n",
                     "int half(int);\nint main(void) { return half(4) != 2; }\n");
  const auto write_with = [&](const std::string& name) {
    const std::string function = "static __attribute__((noinline)) int " + name + "(int x) { return x / 2; }\n";
    project.write("half.c", function + "int half(int x) { return " + name + "(x); }\n");
    project.write("own.c", "#include <stdlib.h>\n" + function + "int main(void) { return " + name +
                             "(2) != 1 || system(\"grep -q in_[h]alves own\") != 0; }\n");
  };
  write_with("in_halves");
  project.write("asks.c",
                "#include <stdlib.h>\nint half(int);\n"
                "int main(void) { return half(4) != 2 || system(\"grep -q in_[h]alves libhalf.so\") != 0; }\n");
  project.prove();
  write_with("by_twos__");
  project.commit("Other names");
  const SluiceResult run = project.sluice({"--base", "HEAD~1"});
  EXPECT_EQ(run.code, 1) << run.out << run.err;
  EXPECT_EQ(run.outcomes.at("asks"), "failed");
  EXPECT_EQ(run.outcomes.at("own"), "failed");
  EXPECT_THAT(run.started, Not(Contains("app"))) << "it ran no other program";
}

} // namespace

} // namespace sluice::tests
