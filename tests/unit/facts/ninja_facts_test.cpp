// What becomes of ninja's edges, on small manifests that ninja itself has built.
#include "tests/unit/facts/facts_fixture.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace sluice::facts {
namespace {

namespace fs = std::filesystem;
using sluice::tests::TempDir;

// Sources in the repository, the build folder in "b".
class NinjaProject {
public:
  explicit NinjaProject(const std::string& manifest) { write(manifest); }

  void write(const std::string& manifest) { folder.write("b/build.ninja", manifest); }
  void build(const std::string& target = "all") { run(folder / "b", {"ninja", target}); }
  BuildFacts read() const { return read_build_facts(fs::canonical(folder.path()), folder / "b"); }

  TempDir folder;
};

const std::string k_compile =
  "rule cc\n  command = c++ -MD -MF $out.d -c $in -o $out\n  depfile = $out.d\n  deps = gcc\n"
  "rule link\n  command = c++ $in -o $out\n"
  "rule cp\n  command = cp $in $out\n";

TEST(NinjaFacts, HeadersComeFromTheDepsLogAndOrderOnlyInputsAreNone)
{
  NinjaProject project(k_compile + "build gen.h: cp ../gen.in\nbuild note: cp ../note.in\n"
                                   "build a.o: cc ../a.cpp || gen.h note\nbuild a: link a.o\nbuild all: phony a\n");
  project.folder.write("gen.in", "#define X 0\n");
  project.folder.write("note.in", "");
  project.folder.write("a.cpp", "#include \"b/gen.h\"\n#include \"h.h\"\nint main() { return X; }\n");
  project.folder.write("h.h", "");
  project.build();
  const BuildFacts facts = project.read();
  EXPECT_EQ(facts.gaps, std::vector<std::string>());
  EXPECT_EQ(facts.unbuilt, std::vector<std::string>());
  EXPECT_TRUE(has_edge(facts, "h.h", "b/a.o", FactSource::ninja_deps));
  EXPECT_TRUE(has_edge(facts, "a.cpp", "b/a.o", FactSource::ninja_graph));
  EXPECT_TRUE(reached(facts, "gen.in").contains("b/a"));
  EXPECT_EQ(reached(facts, "note.in"), std::set<std::string>{"b/note"});
  EXPECT_TRUE(is_group(facts, "b/all"));
  EXPECT_FALSE(is_group(facts, "b/a"));
}

TEST(NinjaFacts, NeverBuiltAndBuiltWithoutRecordAreUnbuilt)
{
  NinjaProject project(k_compile + "build a.o: cc ../a.cpp\nbuild c.o: cc ../a.cpp\nbuild all: phony a.o\n");
  project.folder.write("a.cpp", "#include \"h.h\"\n");
  project.folder.write("h.h", "");
  project.build();
  EXPECT_EQ(project.read().unbuilt, std::vector<std::string>{"b/c.o"});
  // Built by somebody else since: what it included then is not in the log.
  const auto later = fs::last_write_time(project.folder / "b/a.o") + std::chrono::seconds(5);
  fs::last_write_time(project.folder / "b/a.o", later);
  const BuildFacts facts = project.read();
  EXPECT_EQ(facts.unbuilt, (std::vector<std::string>{"b/a.o", "b/c.o"}));
  EXPECT_TRUE(has_edge(facts, "h.h", "b/a.o", FactSource::ninja_deps)) << "a superset is kept";
  fs::remove(project.folder / "b/a.o");
  EXPECT_TRUE(contains(project.read().unbuilt, "b/a.o"));
}

TEST(NinjaFacts, LostDepsLogLeavesNoObjectKnown)
{
  NinjaProject project(k_compile + "build a.o: cc ../a.cpp\nbuild all: phony a.o\n");
  project.folder.write("a.cpp", "");
  project.build();
  fs::remove(project.folder / "b/.ninja_deps");
  EXPECT_EQ(project.read().unbuilt, std::vector<std::string>{"b/a.o"});
}

TEST(NinjaFacts, EveryOutputOfAStepHasItsHeaders)
{
  NinjaProject project("rule two\n  command = cat $in > a; cp a b; cp a c; echo 'a: ../in ../seen' > d\n"
                       "  depfile = d\n  deps = gcc\n"
                       "build a b | c: two ../in\nbuild all: phony a\n");
  project.folder.write("in", "");
  project.folder.write("seen", "");
  project.build();
  const BuildFacts facts = project.read();
  for (const char* output : {"b/a", "b/b", "b/c"}) {
    EXPECT_TRUE(has_edge(facts, "seen", output, FactSource::ninja_deps)) << output;
    EXPECT_NE(recipe(facts, output), "") << output;
  }
}

TEST(NinjaFacts, DepfileWithoutDepsIsReadFromTheDisk)
{
  NinjaProject project("rule r\n  command = cp $in $out && echo '$out: ../sp\\ ace' > $out.d\n  depfile = $out.d\n"
                       "build a: r ../in\nbuild n: r ../in\nbuild all: phony a\n");
  project.folder.write("in", "");
  project.folder.write("sp ace", "");
  project.build();
  const BuildFacts facts = project.read();
  EXPECT_TRUE(has_edge(facts, "sp ace", "b/a", FactSource::depfile));
  EXPECT_EQ(facts.unbuilt, std::vector<std::string>{"b/n"});
}

TEST(NinjaFacts, DyndepFileAddsInputs)
{
  NinjaProject project(
    "rule r\n  command = cp ../in $out\nbuild a: r || dd\n  dyndep = dd\n"
    "rule d\n  command = printf 'ninja_dyndep_version = 1\\nbuild a | a2: dyndep | ../late\\n' > $out\n"
    "build dd: d\nbuild all: phony a\n");
  project.folder.write("in", "");
  project.folder.write("late", "");
  EXPECT_TRUE(contains(project.read().unbuilt, "b/a"));
  project.folder.write("b/dd", "ninja_dyndep_version = 1\nbuild a | a2: dyndep | ../late\n");
  const BuildFacts facts = project.read();
  EXPECT_FALSE(contains(facts.unbuilt, "b/a"));
  EXPECT_TRUE(reached(facts, "late").contains("b/a"));
  EXPECT_TRUE(reached(facts, "late").contains("b/a2"));
}

TEST(NinjaFacts, RegenerationIsConfigureAndReachesNothingElse)
{
  NinjaProject project("rule cp\n  command = cp $in $out\nrule gen\n  command = touch $out\n  generator = 1\n"
                       "build stamp: gen ../glob\nbuild build.ninja: gen ../configure.in | stamp\n"
                       "build odd: gen ../data\nbuild user: cp odd\n");
  const BuildFacts facts = project.read();
  EXPECT_TRUE(has_edge(facts, "configure.in", "b/build.ninja", FactSource::configure));
  EXPECT_TRUE(has_edge(facts, "glob", "b/stamp", FactSource::configure));
  EXPECT_TRUE(contains(facts.configure_inputs, "configure.in"));
  EXPECT_TRUE(contains(facts.configure_inputs, "glob"));
  // A generator rule that makes something which the build uses is a step like any other.
  EXPECT_FALSE(contains(facts.configure_inputs, "data"));
  EXPECT_TRUE(reached(facts, "data").contains("b/user"));
}

TEST(NinjaFacts, RecipeChangesWithTheCommandAndItsResponseFile)
{
  const auto manifest = [](const std::string& flag, const std::string& content) {
    return "rule r\n  command = tool $flag @rsp\n  rspfile = rsp\n  rspfile_content = $content\n"
           "build a: r\n  flag = " +
           flag + "\n  content = " + content + "\nbuild b: r\n";
  };
  NinjaProject project(manifest("-O1", "x"));
  const BuildFacts first = project.read();
  project.write(manifest("-O2", "x"));
  const BuildFacts flag = project.read();
  project.write(manifest("-O1", "y"));
  const BuildFacts content = project.read();
  EXPECT_NE(recipe(first, "b/a"), recipe(flag, "b/a"));
  EXPECT_NE(recipe(first, "b/a"), recipe(content, "b/a"));
  EXPECT_EQ(recipe(first, "b/b"), recipe(flag, "b/b"));
}

TEST(NinjaFacts, LinkedSourceIsReachedFromTheLinkAndFromTheFile)
{
  NinjaProject project("rule cp\n  command = cp $in $out\nbuild a: cp ../link\n");
  project.folder.write("real", "");
  fs::create_symlink("real", project.folder / "link");
  const BuildFacts facts = project.read();
  EXPECT_TRUE(reached(facts, "link").contains("b/a"));
  EXPECT_TRUE(reached(facts, "real").contains("b/a"));
}

TEST(NinjaFacts, LogsLieInTheFolderThatBuilddirNames)
{
  NinjaProject project("builddir = logs\n" + k_compile + "build a.o: cc ../a.cpp\nbuild all: phony a.o\n");
  project.folder.write("a.cpp", "#include \"h.h\"\n");
  project.folder.write("h.h", "");
  project.build();
  EXPECT_TRUE(has_edge(project.read(), "h.h", "b/a.o", FactSource::ninja_deps));
}

TEST(NinjaFacts, TargetsAreWhatNinjaUnderstands)
{
  NinjaProject project("rule cp\n  command = cp $in $out\nbuild sub/a: cp ../in\nbuild ../out$ side: cp ../in\n"
                       "build all: phony sub/a ../out$ side\n");
  project.folder.write("in", "");
  const BuildFacts facts = project.read();
  const std::string root = fs::canonical(project.folder.path());
  const auto targets =
    targets_of(facts, root, project.folder / "b", {"b/sub/a", "out side", "b/all", "in", "b/unknown"});
  EXPECT_EQ(targets, (std::vector<std::string>{"../out side", "all", "sub/a"}));
  for (const std::string& target : targets) project.build(target);
  EXPECT_TRUE(fs::exists(project.folder / "out side"));
}

} // namespace
} // namespace sluice::facts
