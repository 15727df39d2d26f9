#include "tests/e2e/small_cmake_project.h"
#include <filesystem>

#include <gmock/gmock.h>

namespace sluice::tests {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A built and proven project for each test.
class Build : public testing::Test {
protected:
  void SetUp() override
  {
    const SluiceResult first = project_.sluice();
    ASSERT_EQ(first.code, 0) << first.out << first.err;
    ASSERT_EQ(first.outcomes.size(), 3u);
  }
  // The tests that ran, in the order of their names.
  std::vector<std::string> ran(const SluiceResult& run) const
  {
    std::vector<std::string> names;
    for (const auto& [id, outcome] : run.outcomes) names.push_back(id);
    return names;
  }
  SmallCMakeProject project_;
};

TEST_F(Build, RunsNothingWhenNothingChanged)
{
  const SluiceResult run = project_.sluice();
  EXPECT_EQ(run.code, 0) << run.out;
  EXPECT_THAT(run.started, IsEmpty());
}

// What a first run does, in the order in which it does it; and that git would take what it made.
TEST(FirstBuild, NamesItsStepsAndABuildFolderThatGitDoesNotIgnore)
{
  SmallCMakeProject project;
  const SluiceResult ignored = project.sluice();
  EXPECT_THAT(ignored.out, HasSubstr("\nconfiguring\nbuilding\nbuilt in "));
  EXPECT_EQ(ignored.err, "");
  project.remove(".gitignore");
  const std::string words =
    "git does not ignore build/, so that `git add` takes what was built: add build/ to .gitignore\n";
  EXPECT_THAT(project.sluice().err, HasSubstr(words));
  EXPECT_EQ(Sluice(project.path()).command({"run", "--quiet"}).err, "");
}

TEST_F(Build, CutsOffAfterAChangeOfComments)
{
  project_.write("left_half.c", "/* words */\n#include \"common.h\"\nint left_half(void) { return k_sum / 2; }\n");
  const SluiceResult run = project_.sluice();
  EXPECT_THAT(run.started, IsEmpty());
  EXPECT_EQ(run.planned.at("left"), "reuse cut-off");
  EXPECT_EQ(run.planned.at("right"), "reuse");
}

TEST_F(Build, RunsExactlyWhatAHeaderReaches)
{
  project_.write("only_right.h", "enum { k_right = 3 };\n");
  EXPECT_EQ(Sluice(project_.path()).plan().at("right"), "run affected");
  const SluiceResult run = project_.sluice();
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(ran(run), ElementsAre("right"));

  project_.write("only_right.h", "enum { k_right = 2 };\n");
  project_.write("common.h", "enum { k_sum = 6 };\n");
  EXPECT_THAT(ran(project_.sluice()), ElementsAre("left", "right"));
}

TEST_F(Build, WidensByNameForAFileThatNoFactKnows)
{
  std::filesystem::remove_all(project_ / ".sluice"); // what was observed proves more than facts do
  project_.sluice({"--no-observe"});
  project_.write("notes.txt", "2\n");
  const SluiceResult run = project_.sluice({"--no-observe"});
  EXPECT_THAT(ran(run), ElementsAre("alone", "left", "right"));
  EXPECT_THAT(run.out, HasSubstr("notes.txt"));
}

TEST_F(Build, SeesADataFileThatATestReads)
{
  project_.write("data.txt", "2\n");
  const SluiceResult run = project_.sluice();
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(run.outcomes.at("alone"), "failed");
}

TEST_F(Build, RunsNothingOnTheWayBack)
{
  project_.run({"checkout", "-q", "-b", "other"});
  project_.write("common.h", "enum { k_sum = 4, k_more = 1 };\n");
  project_.write("left.c", "int left_half(void);\nint main(void) { return left_half() == 3; }\n");
  project_.commit("Another");
  EXPECT_THAT(ran(project_.sluice()), ElementsAre("left"));
  project_.run({"checkout", "-q", "main"});
  EXPECT_THAT(project_.sluice().started, IsEmpty());
  project_.run({"checkout", "-q", "other"});
  EXPECT_THAT(project_.sluice({"--base", "main"}).started, IsEmpty());
}

TEST_F(Build, RunsANewTest)
{
  std::ofstream(project_ / "CMakeLists.txt", std::ios::app)
    << "add_executable(fresh fresh.c)\nadd_test(NAME fresh COMMAND fresh)\n";
  project_.write("fresh.c", "int main(void) { return 0; }\n");
  project_.commit("A new test");
  EXPECT_EQ(project_.sluice().outcomes.count("fresh"), 1u);
}

TEST_F(Build, ForgetsATestThatIsNoLongerRegistered)
{
  shell("sed -i 's/add_test(NAME ${name} COMMAND ${name})/if(NOT name STREQUAL alone)\\n&\\nendif()/' " +
        shell_quoted(project_ / "CMakeLists.txt"));
  const SluiceResult run = project_.sluice();
  EXPECT_EQ(run.code, 0) << run.out;
  EXPECT_EQ(run.planned.count("alone"), 0u);
  EXPECT_EQ(run.planned.size(), 2u);
}

TEST_F(Build, RunsNothingAfterAMessageInCMakeLists)
{
  std::ofstream(project_ / "CMakeLists.txt", std::ios::app) << "message(STATUS \"words\")\n";
  const SluiceResult run = project_.sluice();
  EXPECT_EQ(run.code, 0) << run.out;
  EXPECT_THAT(run.started, IsEmpty()) << run.out;
}

TEST_F(Build, SeesAFlagInCMakeLists)
{
  project_.write("left_half.c", "#ifndef WRONG\n#define WRONG 0\n#endif\nint left_half(void) { return 2 + WRONG; }\n");
  EXPECT_EQ(project_.sluice().code, 0);
  std::ofstream(project_ / "CMakeLists.txt", std::ios::app)
    << "target_compile_definitions(left_half PRIVATE WRONG=1)\n";
  const SluiceResult run = project_.sluice();
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(run.outcomes.at("left"), "failed");
}

TEST_F(Build, ShowsTheCompilersWordsWhenItFails)
{
  project_.write("left_half.c", "int left_half(void) { return undeclared_name; }\n");
  const SluiceResult run = project_.sluice();
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(run.status, "FAILED");
  EXPECT_THAT(run.out, HasSubstr("undeclared_name"));
  EXPECT_THAT(run.junit, HasSubstr("BuildFailed"));
}

TEST_F(Build, ShowsCMakesWordsWhenConfiguringFails)
{
  std::ofstream(project_ / "CMakeLists.txt", std::ios::app) << "message(FATAL_ERROR \"no such luck\")\n";
  const SluiceResult run = project_.sluice();
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.out, HasSubstr("no such luck"));
}

TEST_F(Build, FollowsARenamedSource)
{
  project_.rename("left_half.c", "left_part.c");
  shell("sed -i 's/left_half.c/left_part.c/' " + shell_quoted(project_ / "CMakeLists.txt"));
  EXPECT_EQ(project_.sluice().code, 0);
  project_.write("left_part.c", "int left_half(void) { return 7; }\n");
  EXPECT_THAT(ran(project_.sluice()), ElementsAre("left"));
}

TEST_F(Build, ADeletedHeaderIsABrokenBuild)
{
  project_.remove("only_right.h");
  EXPECT_EQ(project_.sluice().code, 1);
}

TEST_F(Build, RunsANewTestAndForgetsARemovedOne)
{
  const std::string lists = "add_executable(fresh fresh.c)\nadd_test(NAME fresh COMMAND fresh)\n";
  std::ofstream(project_ / "CMakeLists.txt", std::ios::app) << lists;
  project_.write("fresh.c", "int main(void) { return 0; }\n");
  project_.commit("A new test");
  EXPECT_EQ(project_.sluice().outcomes.count("fresh"), 1u);
  project_.run({"revert", "--no-edit", "HEAD"});
  const SluiceResult run = project_.sluice();
  EXPECT_EQ(run.code, 0) << run.out;
  EXPECT_EQ(run.planned.count("fresh"), 0u);
}

} // namespace

} // namespace sluice::tests
