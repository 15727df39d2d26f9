// What a GoogleTest program makes its cases from decides which tests there are: files of cases, ones that are not there
// yet, folders of them. One program, changed files, both isolations.
#include "tests/support/sluice_command.h"
#include "tests/support/temp_repo.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <memory>

namespace sluice::tests {

namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;
using testing::Not;
using testing::Pair;
using testing::SizeIs;

constexpr const char* k_program = R"(#include <gtest/gtest.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>
struct One { std::string name; bool passes; };
static std::vector<One> all()
{
  std::vector<One> found;
  for (const char* file : {ROOT "/cases.txt", ROOT "/more.txt"}) {
    std::ifstream in(file);
    for (std::string name, result; in >> name >> result;) found.push_back({name, result == "passes"});
  }
  for (const auto& entry : std::filesystem::directory_iterator(ROOT "/cases.d"))
    found.push_back({entry.path().filename().string(), entry.path().filename() == "good"});
  return found;
}
class Case : public testing::TestWithParam<One> {};
TEST_P(Case, Holds) { EXPECT_TRUE(GetParam().passes); }
INSTANTIATE_TEST_SUITE_P(Files, Case, testing::ValuesIn(all()), [](const auto& info) { return info.param.name; });
)";

std::string id(const std::string& name)
{
  return "cases_test:Files/Case.Holds/" + name;
}

class Listed : public testing::TestWithParam<const char*> {
protected:
  static void SetUpTestSuite()
  {
    project_ = std::make_unique<TempRepo>();
    project_->write(".gitignore", "/build/\n");
    project_->write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(cases LANGUAGES CXX)\n"
                                      "set(CMAKE_CXX_STANDARD 17)\nfind_package(GTest REQUIRED)\n"
                                      "add_executable(cases_test cases_test.cpp)\n"
                                      "target_compile_definitions(cases_test PRIVATE ROOT=\"${CMAKE_SOURCE_DIR}\")\n"
                                      "target_link_libraries(cases_test GTest::gtest_main)\n");
    project_->write("cases_test.cpp", k_program);
    project_->write("cases.txt", "a passes\nb passes\n");
    project_->write("cases.d/good", "");
  }
  static void TearDownTestSuite() { project_.reset(); }

  void SetUp() override
  {
    if (shell("unshare --user true").first != 0) GTEST_SKIP() << "there are no user namespaces here";
    configure("");
    project_->write("cases.txt", "a passes\nb passes\n");
    for (const char* file : {"more.txt", "cases.d/bad"}) fs::remove(*project_ / file);
    project_->commit(std::string("Three cases, ") + GetParam());
    const SluiceResult first = run();
    ASSERT_EQ(first.code, 0) << first.out << first.err;
    ASSERT_THAT(run().started, IsEmpty());
  }

  static void configure(const std::string& more)
  {
    project_->write(
      "sluice.toml",
      std::string("[build]\nconfigure = [\"cmake\", \"-S\", \".\", \"-B\", \"build\", \"-G\", \"Ninja\"]\n"
                  "[[tests]]\nframework = \"gtest\"\nprograms = [\"build/cases_test\"]\nisolation = \"") +
        GetParam() + "\"\n" + more);
  }
  static SluiceResult run(std::vector<std::string> words = {})
  {
    return Sluice(project_->path()).run(std::move(words));
  }
  // The number under which the store remembers the list: another one for each time that the program was asked.
  static std::string remembered()
  {
    return shell("python3 -c \"import sqlite3; print(sqlite3.connect('" + project_->path() +
                 "/.sluice/store.db').execute('select id from remembered where purpose like \\'gtest-cases:%\\''"
                 ").fetchall())\"")
      .second;
  }

  static std::unique_ptr<TempRepo> project_;
};

std::unique_ptr<TempRepo> Listed::project_;

TEST_P(Listed, ANewCaseIsRunAndIsRed)
{
  project_->write("cases.txt", "a passes\nb passes\nc fails\n");
  const SluiceResult red = run();
  EXPECT_EQ(red.code, 1) << red.out << red.err;
  EXPECT_THAT(red.outcomes, Contains(Pair(id("c"), "failed")));
  EXPECT_THAT(red.outcomes, AllOf(Contains(Pair(id("a"), "passed")), Contains(Pair(id("b"), "passed"))))
    << "it is not its neighbours' fault";
  EXPECT_EQ(run({"--all"}).code, 1);
}

TEST_P(Listed, ACaseThatWasRemovedIsGone)
{
  project_->write("cases.txt", "a passes\n");
  const SluiceResult fewer = run();
  EXPECT_EQ(fewer.code, 0) << fewer.out << fewer.err;
  EXPECT_THAT(fewer.planned, SizeIs(2));
  EXPECT_THAT(fewer.planned, Not(Contains(Key(id("b")))));
}

TEST_P(Listed, AFileThatWasNotThereCounts)
{
  project_->write("more.txt", "d fails\n");
  const SluiceResult red = run();
  EXPECT_EQ(red.code, 1) << red.out << red.err;
  EXPECT_THAT(red.outcomes, Contains(Pair(id("d"), "failed")));
}

TEST_P(Listed, AListedFolderCounts)
{
  project_->write("cases.d/bad", "");
  const SluiceResult red = run();
  EXPECT_EQ(red.code, 1) << red.out << red.err;
  EXPECT_THAT(red.outcomes, Contains(Pair(id("bad"), "failed")));
}

TEST_P(Listed, NothingIsAskedWhileNothingChanges)
{
  const std::string before = remembered();
  EXPECT_THAT(before, HasSubstr("(")) << "the list is remembered";
  run({"--all"});
  project_->write("notes.md", "words\n");
  run();
  EXPECT_EQ(remembered(), before);
  project_->write("cases.txt", "a passes\nb passes\nc passes\n");
  EXPECT_THAT(run().started, Contains(id("c")));
  EXPECT_NE(remembered(), before);
}

// Nobody saw what the list rests on.
TEST_P(Listed, WhereNobodyWatchesItIsAskedEachTime)
{
  configure("[sandbox]\nobserve = false\n");
  ASSERT_EQ(run().code, 0);
  const std::string before = remembered();
  project_->write("cases.txt", "a passes\nb passes\nc fails\n");
  EXPECT_EQ(run({"--all"}).code, 1);
  EXPECT_EQ(run({"--all", "--no-sandbox"}).code, 1);
  EXPECT_EQ(remembered(), before);
  configure("");
  EXPECT_EQ(run({"--all", "--no-observe"}).code, 1);
  EXPECT_EQ(remembered(), before);
}

INSTANTIATE_TEST_SUITE_P(Isolation, Listed, testing::Values("case", "batch"),
                         [](const auto& each) { return std::string(each.param); });

} // namespace

} // namespace sluice::tests
