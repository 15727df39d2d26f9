// `sluice affected` on a real build: what it answers from what is kept is what a run would reach, or more.
#include "tests/e2e/small_cmake_project.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

namespace sluice::tests {

namespace {

using testing::HasSubstr;

class Affected : public testing::Test {
protected:
  std::string affected(std::vector<std::string> words = {"--base", "HEAD~1", "--head", "HEAD"})
  {
    words.insert(words.begin(), "affected");
    const SluiceResult result = Sluice(project_.path()).command(words);
    EXPECT_EQ(result.code, 0) << result.err;
    error_ = result.err;
    return result.out;
  }
  void run()
  {
    const SluiceResult result = project_.sluice();
    ASSERT_EQ(result.code, 0) << result.out << result.err;
  }
  void change(const std::string& file, const std::string& text)
  {
    project_.write(file, text);
    project_.commit("Changes " + file);
  }

  SmallCMakeProject project_;
  std::string error_;
};

constexpr const char* k_left_uses_more =
  "#include \"common.h\"\n#include \"only_right.h\"\nint left_half(void) { return k_sum - k_right; }\n";

TEST_F(Affected, NamesTheTestsThatTheChangeReaches)
{
  run();
  change("left_half.c", "#include \"common.h\"\nint left_half(void) { return k_sum - 2; }\n");
  EXPECT_EQ(affected(), "left\n");
  EXPECT_EQ(affected({}), "left\n") << "it changed since the facts were made";
  run();
  EXPECT_EQ(affected({}), "") << "the working tree is as HEAD is, and built";
  project_.write("common.h", "enum { k_sum = 4, k_more };\n");
  EXPECT_EQ(affected({}), "left\nright\n");
  EXPECT_THAT(affected({"--json"}), HasSubstr("\"via\":\"ninja-deps\""));
}

TEST_F(Affected, SaysTheSameWithoutWhatWasKept)
{
  run();
  change("left_half.c", "#include \"common.h\"\nint left_half(void) { return k_sum - 2; }\n");
  const std::string kept = affected();
  std::filesystem::remove(project_ / ".sluice/graph");
  EXPECT_EQ(affected(), kept);
}

TEST_F(Affected, WidensForAFileThatNoFactKnowsByName)
{
  run();
  change("data.txt", "1 \n");
  EXPECT_EQ(affected(), "alone\nleft\nright\n");
  EXPECT_THAT(error_, HasSubstr("data.txt"));
}

// left_half.c uses only_right.h since the commit before; nobody has built it since, so that no fact says so.
TEST_F(Affected, CountsWhatChangedSinceTheFactsWereMade)
{
  run();
  change("left_half.c", k_left_uses_more);
  change("only_right.h", "enum { k_right = 3 };\n");
  EXPECT_EQ(affected(), "left\nright\n");
}

// The run saw a file on disk that does not use the header; the commit's does.
TEST_F(Affected, CountsWhatWasNotCommittedWhenTheFactsWereMade)
{
  change("left_half.c", k_left_uses_more);
  project_.write("left_half.c", "#include \"common.h\"\nint left_half(void) { return k_sum / 2; }\n");
  run();
  project_.write("left_half.c", k_left_uses_more);
  change("only_right.h", "enum { k_right = 3 };\n");
  EXPECT_EQ(affected(), "left\nright\n");
}

TEST_F(Affected, TakesNothingFromBeforeAnotherBuild)
{
  run();
  std::ofstream(project_ / "CMakeLists.txt", std::ios::app)
    << "add_executable(new new.c)\nadd_test(NAME new COMMAND new)\n";
  change("new.c", "int main(void) { return 0; }\n");
  run();
  change("new.c", "int main(void) { return 1 - 1; }\n");
  EXPECT_EQ(affected(), "new\n");
}

TEST_F(Affected, ADamagedGraphIsTakenForNone)
{
  run();
  change("left_half.c", "#include \"common.h\"\nint left_half(void) { return k_sum - 2; }\n");
  for (const std::string& damage : {std::string(), std::string("x"), std::string(5000, '\xff')}) {
    project_.write(".sluice/graph", damage);
    EXPECT_EQ(affected(), "left\n");
  }
}

} // namespace

} // namespace sluice::tests
