#include "tests/arch/tree_check.h"
#include "tests/support/temp_dir.h"

#include <fstream>
#include <gmock/gmock.h>
#include <iterator>

namespace sluice::tests {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> texts(const std::vector<Finding>& findings)
{
  std::vector<std::string> lines;
  for (const Finding& finding : findings)
    lines.push_back(finding.file + ":" + std::to_string(finding.line) + ": " + finding.what);
  return lines;
}

TEST(Layers, TheTreeKeepsItsEdges)
{
  std::ifstream file(SLUICE_SOURCE_DIR "/tests/arch/layers.txt");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const Layers layers = read_layers(text);
  ASSERT_GE(layers.folders.size(), 10u);
  for (const std::string& line : texts(check_tree(SLUICE_SOURCE_DIR, layers))) ADD_FAILURE() << line;
}

// --- the check itself: small wrong trees, each of which must be seen ------------------------------------------------

const std::string k_prose = "// What it is.\n// What it does not know.\n#pragma once\n";

class WrongTree : public ::testing::Test {
protected:
  WrongTree()
  {
    for (const char* folder : {"model", "impact", "runner", "runner/sandbox", "cli"})
      tree_.write(std::string(folder) + "/README.md", "# " + std::string(folder) + "\n\nWhat lives here.\n");
    tree_.write("model/plan.h", k_prose);
    tree_.write("runner/executor.h", k_prose);
    tree_.write("runner/run.h", k_prose);
    tree_.write("impact/CMakeLists.txt", "sluice_library(impact\n  SOURCES a.cpp\n  LINKS sluice_model\n"
                                         "  PRIVATE_LINKS Boost::headers)\n");
  }

  std::vector<std::string> findings() const
  {
    return texts(
      check_tree(tree_.path(), read_layers("folder model ->\nfolder impact -> model\nfolder runner -> model\n"
                                           "folder runner/sandbox -> model runner/executor.h\nfolder cli -> *\n"
                                           "library boost/graph/ Boost::headers : impact\n"
                                           "library fmt/ fmt::fmt : *\nsystem unistd.h sys/ : runner\n"
                                           "pure fstream : impact\nreadme tests\n")));
  }

  TempDir tree_;
};

TEST_F(WrongTree, IsRightAtFirst)
{
  tree_.write("impact/a.cpp", "#include \"model/plan.h\"\n#include <boost/graph/x.hpp>\n#include <vector>\n");
  tree_.write("runner/sandbox/b.cpp", "#include \"runner/executor.h\"\n#include <fmt/format.h>\n");
  tree_.write("cli/main.cpp", "#include \"runner/run.h\"\n#include \"impact/../model/plan.h\"\n");
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(WrongTree, AForbiddenIncludeIsNamedWithFileAndLine)
{
  tree_.write("impact/a.cpp", "// x\n#include \"model/plan.h\"\n  #  include \"runner/run.h\"\n");
  tree_.write("model/b.h", k_prose + "#include \"impact/graph.h\"\n");
  tree_.write("impact/graph.h", k_prose);
  EXPECT_THAT(findings(), ElementsAre("impact/a.cpp:3: \"runner/run.h\": impact may not include runner",
                                      "model/b.h:4: \"impact/graph.h\": model may not include impact"));
}

TEST_F(WrongTree, AnEdgeToOneHeaderIsNoEdgeToItsFolder)
{
  tree_.write("runner/sandbox/b.cpp", "#include \"runner/run.h\"\n");
  EXPECT_THAT(findings(),
              ElementsAre("runner/sandbox/b.cpp:1: \"runner/run.h\": runner/sandbox may not include runner"));
}

TEST_F(WrongTree, AnIncludeIsNamedFromTheRoot)
{
  tree_.write("impact/graph.h", k_prose);
  tree_.write("impact/a.cpp", "#include \"graph.h\"\n");
  EXPECT_THAT(findings(), ElementsAre("impact/a.cpp:1: \"graph.h\" is no file of the tree, named from its root"));
}

TEST_F(WrongTree, ALibraryStaysWithItsOwnerAndOutOfHeaders)
{
  tree_.write("runner/a.cpp", "#include <boost/graph/x.hpp>\n#include <unistd.h>\n");
  tree_.write("impact/a.cpp", "#include <sys/wait.h>\n#include <boost/beast.hpp>\n#include <fstream>\n");
  tree_.write("impact/b.h", k_prose + "#include <boost/graph/x.hpp>\n");
  EXPECT_THAT(findings(), ElementsAre("impact/a.cpp:1: <sys/wait.h>: impact does not touch the system",
                                      "impact/a.cpp:2: <boost/beast.hpp> has no owner in layers.txt",
                                      "impact/a.cpp:3: <fstream>: impact has no input and output",
                                      "impact/b.h:4: <boost/graph/x.hpp> is a library's header in a header of ours",
                                      "runner/a.cpp:1: <boost/graph/x.hpp> belongs to impact, not to runner"));
}

TEST_F(WrongTree, WhatThrowsUnexpectedlyIsNamed)
{
  tree_.write("runner/a.cpp", "void f()\n{\n  fmt::print(stderr, \"x\");\n}\n");
  tree_.write("runner/b.cpp", "void f()\n{\n  for (const auto& e : fs::directory_iterator(p, failed)) use(e);\n}\n");
  EXPECT_THAT(findings(), ElementsAre(::testing::StartsWith("runner/a.cpp:3: printing to standard error throws"),
                                      ::testing::StartsWith("runner/b.cpp:3: ++ throws")));
}

TEST_F(WrongTree, LinksAreTheEdges)
{
  tree_.write("impact/CMakeLists.txt", "sluice_library(impact\n  SOURCES a.cpp\n  LINKS sluice_runner # no\n"
                                       "  PRIVATE_LINKS Boost::headers PkgConfig::sqlite3)\n");
  EXPECT_THAT(findings(), ElementsAre("impact/CMakeLists.txt:0: impact does not link model, which layers.txt lists",
                                      "impact/CMakeLists.txt:3: impact may not link sluice_runner",
                                      "impact/CMakeLists.txt:4: impact does not own PkgConfig::sqlite3"));
}

TEST_F(WrongTree, HeadersOpenWithProseAndFilesAreShort)
{
  std::string lines;
  for (int i = 0; i < 401; ++i) lines += "int x;\n";
  tree_.write("model/a.cpp", lines);
  tree_.write("model/b.cpp", "// Length: one table.\n" + lines);
  tree_.write("model/c.h", "#pragma once\n");
  tree_.write("tests/d.h", "#pragma once\n");
  tree_.write("tests/e.h", "// One line.\n#pragma once\n");
  EXPECT_THAT(
    findings(),
    ElementsAre("model/a.cpp:401: is longer than 400 lines and no \"// Length:\" comment says why",
                "model/c.h:1: does not open with two to eight lines of prose: what it is, what it does not know",
                "tests:0: has no README.md",
                "tests/d.h:1: does not open with two to eight lines of prose: what it is, what it does not know"));
}

TEST_F(WrongTree, EveryFolderIsDeclared)
{
  tree_.write("cli/extra/a.cpp", "#include \"model/plan.h\"\n"); // belongs to cli
  std::filesystem::remove(tree_ / "impact/README.md");
  EXPECT_THAT(findings(), ElementsAre("impact:0: has no README.md"));
}

TEST_F(WrongTree, AReadmeBeginsWithItsFolder)
{
  tree_.write("cli/README.md", "");
  tree_.write("impact/README.md", "\n# impact\n");
  tree_.write("model/README.md", "#model\n");
  tree_.write("runner/sandbox/README.md", "# sandbox\n");
  EXPECT_THAT(findings(), ElementsAre("cli/README.md:1: does not begin with \"# cli\"",
                                      "impact/README.md:1: does not begin with \"# impact\"",
                                      "model/README.md:1: does not begin with \"# model\"",
                                      "runner/sandbox/README.md:1: does not begin with \"# runner/sandbox\""));
}

TEST_F(WrongTree, APageThatACommentNamesIsThere)
{
  tree_.write("docs/formats/plan.md", "# Plan\n");
  const std::string there = "docs/formats/plan.md", gone = "docs/formats/gone.md";
  tree_.write("model/a.h", "// What it is (" + there + ").\n// Not " + gone + ".\n#pragma once\n");
  tree_.write("model/a.cpp", "const char* f() { return \"docs/a.md\"; } // data\n");
  EXPECT_THAT(findings(), ElementsAre("model/a.h:2: docs/formats/gone.md is no page of the tree"));
}

TEST(LayersFile, WhatIsNoRuleIsNamedWithItsLine)
{
  for (const char* text :
       {"\nfolder model\n", "\nfolder a b ->\n", "\nlibrary x : y\n", "\nfolder a ->\nfolder a ->\n"})
    EXPECT_THROW((void)read_layers(text), std::runtime_error) << text;
  EXPECT_NO_THROW((void)read_layers("# only a comment\n\n"));
}

} // namespace
} // namespace sluice::tests
