// The projects of examples/, held to the table examples/expected.tsv. Each is built once for this program.
#include "tests/support/sluice_command.h"
#include "tests/support/temp_repo.h"

#include <gmock/gmock.h>
#include <set>

#include <memory>
#include <sstream>

namespace sluice::tests {

namespace {

using Table = std::map<std::string, std::string>;

Table expected(const std::string& example)
{
  std::ifstream in(SLUICE_SOURCE_DIR "/examples/expected.tsv");
  Table table;
  for (std::string line; std::getline(in, line);) {
    std::istringstream row(line);
    std::string name, test, outcome;
    std::getline(row, name, '\t');
    std::getline(row, test, '\t');
    std::getline(row, outcome, '\t');
    if (name == example) table[test] = outcome;
  }
  return table;
}

// What a run did with each test of its listing, in the words of the table.
Table outcomes_of(const SluiceResult& run)
{
  Table table;
  for (const auto& [id, decision] : run.planned) table[id] = decision == "skip disabled" ? "disabled" : "not-run";
  for (const auto& [id, outcome] : run.outcomes) table[id] = outcome;
  return table;
}

bool is_red(const std::string& outcome)
{
  return outcome != "passed" && outcome != "skipped" && outcome != "disabled";
}

bool builds(const std::string& example)
{
  return std::ifstream(SLUICE_SOURCE_DIR "/examples/" + example + "/CMakeLists.txt").good();
}

struct Built {
  TempRepo repo;
  SluiceResult first;

  explicit Built(const std::string& example)
  {
    std::filesystem::copy(SLUICE_SOURCE_DIR "/examples/" + example, repo.path(),
                          std::filesystem::copy_options::recursive);
    repo.commit("The example");
    first = Sluice(repo.path()).run();
  }
};

class Example : public testing::TestWithParam<const char*> {
protected:
  static void TearDownTestSuite() { built_.clear(); }
  static const Built& built()
  {
    std::unique_ptr<Built>& at = built_[GetParam()];
    if (!at) at = std::make_unique<Built>(GetParam());
    return *at;
  }

private:
  static std::map<std::string, std::unique_ptr<Built>> built_;
};

std::map<std::string, std::unique_ptr<Built>> Example::built_;

TEST_P(Example, FirstRunShowsWhatTheTableSays)
{
  EXPECT_EQ(outcomes_of(built().first), expected(GetParam())) << built().first.out << built().first.err;
}

TEST_P(Example, ExitCodeIsRedIfAnyTestIs)
{
  bool red = false;
  for (const auto& [id, outcome] : expected(GetParam())) red = red || is_red(outcome);
  EXPECT_EQ(built().first.code, red ? 1 : 0);
}

TEST_P(Example, JunitCountsWhatTheTableSays)
{
  int listed = 0, red = 0, skipped = 0;
  for (const auto& [id, outcome] : expected(GetParam())) {
    listed += outcome == "disabled" ? 0 : 1;
    red += is_red(outcome) ? 1 : 0;
    skipped += outcome == "skipped" ? 1 : 0;
  }
  const std::string& xml = built().first.junit;
  const int gate = builds(GetParam()) ? 3 : 2; // run_completed, verdict, and build where there is something to build
  EXPECT_EQ(junit_count(xml, "tests"), listed + gate);
  EXPECT_EQ(junit_count(xml, "failures") + junit_count(xml, "errors"), red + (red ? 1 : 0)) << "the verdict is a case";
  EXPECT_EQ(shell("grep -c '<skipped' " + shell_quoted(built().first.folder + "/junit.xml")).second,
            std::to_string(skipped) + "\n");
  EXPECT_EQ(shell("xmllint --noout " + shell_quoted(built().first.folder + "/junit.xml")).first, 0);
}

// What passed in a process that then crashed or left has to pass again: nothing confirmed it.
const std::set<std::string> k_passed_before_a_crash{"Endings.Passes", "Hanging.PassesBefore",
                                                    "Output.EndsWithoutNewline", "Output.IsNotUtf8"};

// It stands on the users of its fixture, which could not run.
constexpr std::string_view k_cleans_what_was_never_used = "broken.stop";

TEST_P(Example, SecondRunExecutesOnlyWhatDidNotPass)
{
  Table table = expected(GetParam());
  std::vector<std::string> again;
  for (const auto& [id, decision] : Sluice(built().repo.path()).plan())
    if (decision.starts_with("run") && table.at(id) == "passed" && decision != "run fixture" &&
        !k_passed_before_a_crash.contains(id) && id != k_cleans_what_was_never_used)
      again.push_back(id);
  EXPECT_THAT(again, testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Projects, Example,
                         testing::Values("checkout", "outcomes", "python-shop", "node-menu", "shell-notes",
                                         "perl-report"),
                         [](const auto& parameter) {
                           std::string name = parameter.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(Examples, LeaveNoProcessBehind)
{
  EXPECT_EQ(shell("pgrep -f 'sluice-test-[^/]*/repo/build/output_test'").second, "");
}

} // namespace

} // namespace sluice::tests
