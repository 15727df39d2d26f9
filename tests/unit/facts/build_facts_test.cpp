// Real projects, configured and built by CMake with each generator. Each is built once for all tests of its suite.
#include "adapters/facts/build_facts.h"

#include "adapters/facts/cmake_model.h"
#include "tests/unit/facts/facts_fixture.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

namespace sluice::facts {
namespace {

namespace fs = std::filesystem;
using sluice::tests::TempDir;

void write_project(const TempDir& folder)
{
  folder.write("CMakeLists.txt", R"(cmake_minimum_required(VERSION 3.21)
project(x LANGUAGES CXX)
include(extra.cmake)
configure_file(conf.h.in conf.h)
add_library(core STATIC core.cpp)
target_include_directories(core PUBLIC ${CMAKE_CURRENT_SOURCE_DIR} ${CMAKE_CURRENT_BINARY_DIR})
add_library(dyn SHARED dyn.cpp)
add_custom_command(OUTPUT gen.h COMMAND ${CMAKE_COMMAND} -D SOURCE=${CMAKE_CURRENT_SOURCE_DIR} -P ${CMAKE_CURRENT_SOURCE_DIR}/gen.cmake
                   DEPENDS gen.in DEPFILE ${CMAKE_CURRENT_BINARY_DIR}/gen.d)
add_executable(app main.cpp gen.h)
target_link_libraries(app core dyn)
add_executable(lone lone.cpp)
add_custom_target(copy_data ALL COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_CURRENT_SOURCE_DIR}/data.txt data.txt
                  DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/data.txt)
install(TARGETS app)
add_subdirectory(sub)
)");
  folder.write("sub/CMakeLists.txt", "add_executable(tool tool.cpp)\ntarget_link_libraries(tool core)\n");
  folder.write("extra.cmake", "");
  folder.write("CMakePresets.json", R"({"version": 4, "include": ["more.json"]})");
  folder.write("more.json", R"({"version": 4})");
  folder.write("conf.h.in", "#define CONF 0\n");
  folder.write("gen.in", "#define GEN 0\n");
  folder.write("gen.cmake", "configure_file(${SOURCE}/gen.in gen.h COPYONLY)\nfile(TOUCH gen.h)\n"
                            "file(WRITE gen.d \"gen.h: ${SOURCE}/seen.txt\\n\")\n");
  folder.write("seen.txt", "");
  folder.write("data.txt", "data\n");
  folder.write("core.h", "int core();\n");
  folder.write("core.cpp", "#include \"core.h\"\nint core() { return 0; }\n");
  folder.write("dyn.cpp", "int dyn() { return 0; }\n");
  folder.write("lone.cpp", "int main() {}\n");
  folder.write("main.cpp", "#include \"core.h\"\n#include \"gen.h\"\n#include \"conf.h\"\nint dyn();\n"
                           "int main() { return core() + dyn() + GEN + CONF; }\n");
  folder.write("sub/tool.cpp", "#include \"core.h\"\nint main() { return core(); }\n");
}

// One project and its build folder "b", made once for a generator.
class CMakeProject {
public:
  CMakeProject(const std::string& generator, std::vector<std::string> build_options)
  {
    write_project(folder);
    request_codemodel(folder / "b");
    run(folder.path(), {"cmake", "-S", ".", "-B", "b", "-G", generator});
    std::vector<std::string> command{"cmake", "--build", "b"};
    command.insert(command.end(), build_options.begin(), build_options.end());
    run(folder.path(), command);
  }
  BuildFacts read() const { return read_build_facts(fs::canonical(folder.path()), folder / "b"); }

  TempDir folder;
};

// What holds whatever the generator; `bin` is where programs are made.
void expect_the_usual(const BuildFacts& facts, const std::string& bin)
{
  EXPECT_EQ(facts.gaps, std::vector<std::string>());
  const std::string app = "b/" + bin + "app";
  const std::string tool = "b/sub/" + bin + "tool";
  const std::string lone = "b/" + bin + "lone";
  for (const char* file : {"main.cpp", "core.h", "core.cpp", "gen.in", "seen.txt", "dyn.cpp", "b/conf.h"}) {
    EXPECT_TRUE(reached(facts, file).contains(app)) << file;
  }
  for (const char* file : {"core.h", "core.cpp", "sub/tool.cpp"}) {
    EXPECT_TRUE(reached(facts, file).contains(tool)) << file;
    EXPECT_FALSE(reached(facts, file).contains(lone)) << file;
  }
  EXPECT_FALSE(reached(facts, "gen.in").contains(tool));
  for (const char* file :
       {"CMakeLists.txt", "sub/CMakeLists.txt", "extra.cmake", "conf.h.in", "CMakePresets.json", "more.json"}) {
    EXPECT_TRUE(contains(facts.configure_inputs, file)) << file;
    EXPECT_EQ(reached(facts, file), std::set<std::string>()) << file;
  }
  EXPECT_NE(recipe(facts, app), "");
}

class NinjaBuild : public testing::Test {
protected:
  static void SetUpTestSuite() { project = std::make_unique<CMakeProject>("Ninja", std::vector<std::string>{}); }
  static void TearDownTestSuite() { project.reset(); }
  static inline std::unique_ptr<CMakeProject> project;
};

TEST_F(NinjaBuild, KnowsTheProject)
{
  const BuildFacts facts = project->read();
  EXPECT_EQ(facts.generator, "Ninja");
  EXPECT_EQ(facts.unbuilt, std::vector<std::string>());
  expect_the_usual(facts, "");
}

TEST_F(NinjaBuild, GroupsAreCMakesOwnAndNeverAProjectsCustomTarget)
{
  const BuildFacts facts = project->read();
  for (const char* group : {"b/all", "b/install", "b/CMakeFiles/install.util", "b/clean", "b/tool", "b/copy_data"}) {
    EXPECT_TRUE(is_group(facts, group)) << group;
  }
  // Its command may bring a file that tests read: it must stay visible as something that the file reaches.
  EXPECT_FALSE(is_group(facts, "b/CMakeFiles/copy_data"));
  EXPECT_TRUE(reached(facts, "data.txt").contains("b/CMakeFiles/copy_data"));
  EXPECT_FALSE(is_group(facts, "CMakeLists.txt"));
  EXPECT_FALSE(is_group(facts, "b/app"));
}

TEST_F(NinjaBuild, AgreesWithNinjaOnEveryRecordedHeader)
{
  const BuildFacts facts = project->read();
  const std::string judged = run(project->folder / "b", {"ninja", "-t", "deps"});
  const std::string root = fs::canonical(project->folder.path()).string() + "/";
  std::istringstream lines(judged);
  std::string line;
  std::string output;
  std::size_t records = 0;
  while (std::getline(lines, line)) {
    if (line.starts_with("    ")) {
      std::string input = line.substr(4);
      if (!input.starts_with('/')) input.insert(0, "b/");
      if (input.starts_with(root)) input.erase(0, root.size());
      EXPECT_TRUE(has_edge(facts, input, output, FactSource::ninja_deps)) << input << " -> " << output;
      ++records;
    } else if (const std::size_t colon = line.find(": #deps"); colon != std::string::npos) {
      output = "b/" + line.substr(0, colon);
    }
  }
  EXPECT_GT(records, 10u);
}

TEST_F(NinjaBuild, TargetsCanBeBuilt)
{
  const BuildFacts facts = project->read();
  const std::string root = fs::canonical(project->folder.path());
  const auto targets = targets_of(facts, root, project->folder / "b", {"b/app", "b/sub/tool", "b/gen.h", "core.h"});
  EXPECT_EQ(targets, (std::vector<std::string>{"app", "gen.h", "sub/tool"}));
  std::vector<std::string> command{"cmake", "--build", "b", "--target"};
  command.insert(command.end(), targets.begin(), targets.end());
  run(project->folder.path(), command);
}

TEST_F(NinjaBuild, FolderNamedThroughALinkIsTheSame)
{
  TempDir elsewhere;
  fs::create_symlink(fs::canonical(project->folder.path()), elsewhere / "alias");
  const BuildFacts facts = read_build_facts(fs::canonical(project->folder.path()), elsewhere / "alias/b");
  expect_the_usual(facts, "");
}

TEST(NinjaMultiConfig, KnowsEveryConfiguration)
{
  const CMakeProject project("Ninja Multi-Config", {"--config", "Release"});
  const BuildFacts facts = project.read();
  EXPECT_EQ(facts.generator, "Ninja Multi-Config");
  expect_the_usual(facts, "Release/");
  EXPECT_TRUE(reached(facts, "main.cpp").contains("b/Debug/app"));
  EXPECT_TRUE(contains(facts.unbuilt, "b/CMakeFiles/app.dir/Debug/main.cpp.o"));
  EXPECT_FALSE(contains(facts.unbuilt, "b/CMakeFiles/app.dir/Release/main.cpp.o"));
  const auto targets = targets_of(facts, fs::canonical(project.folder.path()), project.folder / "b", {"b/Release/app"});
  EXPECT_EQ(targets, std::vector<std::string>{"Release/app"});
  run(project.folder.path(), {"cmake", "--build", "b", "--config", "Release", "--target", targets.at(0)});
}

class MakefileBuild : public testing::Test {
protected:
  static void SetUpTestSuite()
  {
    project = std::make_unique<CMakeProject>("Unix Makefiles", std::vector<std::string>{});
  }
  static void TearDownTestSuite() { project.reset(); }
  static inline std::unique_ptr<CMakeProject> project;
};

TEST_F(MakefileBuild, KnowsTheProject)
{
  const BuildFacts facts = project->read();
  EXPECT_EQ(facts.generator, "Unix Makefiles");
  EXPECT_EQ(facts.unbuilt, std::vector<std::string>());
  expect_the_usual(facts, "");
  EXPECT_TRUE(has_edge(facts, "core.h", "b/CMakeFiles/app.dir/main.cpp.o", FactSource::depfile));
  EXPECT_FALSE(is_group(facts, "b/CMakeFiles/copy_data"));
}

TEST_F(MakefileBuild, TargetsAreCMakesNames)
{
  const BuildFacts facts = project->read();
  const auto targets = targets_of(facts, fs::canonical(project->folder.path()), project->folder / "b",
                                  {"b/app", "b/sub/tool", "b/CMakeFiles/core.dir/core.cpp.o", "core.h"});
  EXPECT_EQ(targets, (std::vector<std::string>{"app", "core", "tool"}));
  run(project->folder.path(), {"cmake", "--build", "b", "--target", "app", "core", "tool"});
}

TEST_F(MakefileBuild, RecipeChangesWithFlagsAndOnlyThere)
{
  const BuildFacts before = project->read();
  const std::string file = "b/CMakeFiles/lone.dir/flags.make";
  const std::string flags = project->folder.read(file);
  project->folder.write(file, flags + "CXX_FLAGS = -O3\n");
  const BuildFacts after = project->read();
  project->folder.write(file, flags);
  EXPECT_NE(recipe(before, "b/CMakeFiles/lone.dir/lone.cpp.o"), recipe(after, "b/CMakeFiles/lone.dir/lone.cpp.o"));
  EXPECT_EQ(recipe(before, "b/CMakeFiles/app.dir/main.cpp.o"), recipe(after, "b/CMakeFiles/app.dir/main.cpp.o"));
}

TEST_F(MakefileBuild, MissingDepfileMakesTheProgramUnbuilt)
{
  const std::string file = "b/CMakeFiles/app.dir/main.cpp.o.d";
  const std::string content = project->folder.read(file);
  fs::remove(project->folder / file);
  const BuildFacts facts = project->read();
  project->folder.write(file, content);
  EXPECT_TRUE(contains(facts.unbuilt, "b/app"));
  EXPECT_FALSE(contains(facts.unbuilt, "b/sub/tool"));
}

TEST_F(MakefileBuild, WithoutTheCodeModelThereIsAGap)
{
  fs::rename(project->folder / "b/.cmake", project->folder / "away");
  const BuildFacts facts = project->read();
  fs::rename(project->folder / "away", project->folder / "b/.cmake");
  EXPECT_FALSE(facts.gaps.empty());
}

TEST(BuildFacts, FolderThatIsAbsentOrNotConfiguredIsAGap)
{
  TempDir folder;
  fs::create_directories(folder / "b");
  for (const char* name : {"b", "absent"}) {
    const BuildFacts facts = read_build_facts(folder.path(), folder / name);
    EXPECT_EQ(facts.generator, "");
    EXPECT_TRUE(facts.facts.edges.empty());
    ASSERT_EQ(facts.gaps.size(), 1u);
    EXPECT_NE(facts.gaps[0].find(name), std::string::npos);
  }
  folder.write("b/CMakeCache.txt", "CMAKE_GENERATOR:INTERNAL=Ninja\n"); // configured half
  EXPECT_EQ(read_build_facts(folder.path(), folder / "b").gaps.size(), 1u);
}

TEST(BuildFacts, RequestingTheCodeModelTwiceChangesNothing)
{
  TempDir folder;
  request_codemodel(folder / "b");
  const std::string query = folder / "b/.cmake/api/v1/query/client-sluice/query.json";
  const auto written = fs::last_write_time(query);
  request_codemodel(folder / "b");
  EXPECT_EQ(fs::last_write_time(query), written);
}

TEST(CMakeCache, EntryIsFoundByItsWholeName)
{
  const std::string cache = "// c\nCMAKE_GENERATOR_X:INTERNAL=no\r\nCMAKE_GENERATOR:INTERNAL=Ninja=1\r\n";
  EXPECT_EQ(cache_entry(cache, "CMAKE_GENERATOR"), "Ninja=1");
  EXPECT_EQ(cache_entry(cache, "CMAKE"), std::nullopt);
}

} // namespace
} // namespace sluice::facts
