#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

namespace sluice::tests {

namespace {

using testing::HasSubstr;

// What only the run's own suite `sluice.gate` adds to the counters: run_completed and verdict.
constexpr int k_gate_cases = 2;

class Reports : public testing::Test {
protected:
  std::string file(const std::string& name) const { return project_.sibling(name); }
  std::string read(const std::string& name) const
  {
    std::ifstream in(file(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  ShellProject project_;
};

TEST_F(Reports, JunitCountsWhatTheEventsSay)
{
  project_.test("two", "exit 1\n");
  project_.test("three", "kill -9 $$\n");
  const SluiceResult run = project_.run({"--junit", file("r.xml")});
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(junit_count(run.junit, "tests"), 3 + k_gate_cases) << run.junit;
  EXPECT_EQ(junit_count(run.junit, "failures"), 1 + 1) << "one test and the verdict";
  EXPECT_EQ(junit_count(run.junit, "errors"), 1);
  EXPECT_EQ(run.junit, read("r.xml"));
}

TEST_F(Reports, JunitIsWellFormedWhateverATestPrints)
{
  if (shell("command -v xmllint").first != 0) GTEST_SKIP() << "there is no xmllint";
  project_.test("two", "printf '\\377\\033[2J]]></testsuite>&lt;\\000\\001'; exit 1\n");
  const SluiceResult run = project_.run();
  EXPECT_EQ(run.code, 1);
  const auto [code, words] = shell("xmllint --noout " + shell_quoted(run.folder + "/junit.xml"));
  EXPECT_EQ(code, 0) << words;
}

TEST_F(Reports, AnyReportOfARunIsMadeAgainByteForByte)
{
  project_.test("two", "echo words; exit 1\n");
  const SluiceResult run = project_.run();
  const SluiceResult report = project_.sluice().command({"report", "latest", "--junit", file("again.xml")});
  EXPECT_EQ(report.code, 1) << "the exit code of the run";
  EXPECT_EQ(read("again.xml"), run.junit);
}

TEST_F(Reports, AReportInsideTheTreeIsNoChangeOfTheTree)
{
  EXPECT_EQ(project_.run({"--junit", "report.xml"}).code, 0);
  const SluiceResult second = project_.run({"--junit", "report.xml"});
  EXPECT_EQ(second.status, "PASSED");
  EXPECT_THAT(second.started, testing::IsEmpty());
}

// Every way to end without a verdict, at a place where an earlier run left a green report.
TEST_F(Reports, ARunThatCannotGoOnLeavesNoGreenReport)
{
  const std::string green = [&] {
    project_.run({"--junit", file("report.xml")});
    return read("report.xml");
  }();
  ASSERT_EQ(junit_count(green, "failures") + junit_count(green, "errors"), 0);
  const auto leaves_red = [&](std::vector<std::string> words) {
    project_.write("report.xml", green);
    const SluiceResult result = project_.sluice().command(words);
    const std::string left = read("report.xml");
    return result.code == 2 && junit_count(left, "failures") + junit_count(left, "errors") > 0;
  };
  const std::string report = file("report.xml");
  EXPECT_TRUE(leaves_red({"run", "--junit", report, "--base", "no-such-revision"}));
  EXPECT_TRUE(leaves_red({"run", "--junit=" + report, "--misspelt"}));
  EXPECT_TRUE(leaves_red({"run", "--junit", report, "--filter", "((("}));
  project_.write("sluice.toml", "misspelt = 1\n");
  EXPECT_TRUE(leaves_red({"run", "--junit", report}));
}

TEST_F(Reports, AVerdictThatCannotBeToldLeavesNoGreenReport)
{
  const std::string report = file("report.xml"), other = file("other.xml");
  const SluiceResult run =
    project_.run({"--junit", report, "--report", "junit-strict=" + other, "--audit", project_.path()});
  EXPECT_EQ(run.code, 5) << run.err;
  for (const std::string& xml : {read("report.xml"), read("other.xml"), run.junit})
    EXPECT_GT(junit_count(xml, "failures") + junit_count(xml, "errors"), 0) << xml;
}

TEST_F(Reports, AreQuietWhenAllIsGreen)
{
  project_.run();
  for (const std::vector<std::string>& more : {std::vector<std::string>{}, {"--all"}}) {
    std::vector<std::string> words = {"run", "--quiet"};
    words.insert(words.end(), more.begin(), more.end());
    const SluiceResult run = project_.sluice().command(words);
    EXPECT_EQ(run.code, 0);
    EXPECT_LT(run.out.size() + run.err.size(), 300u) << run.out << run.err;
    EXPECT_THAT(run.out, HasSubstr("PASSED"));
  }
}

TEST_F(Reports, AreQuietForAnAgentOrACiService)
{
  const SluiceResult run = project_.sluice().with("CI", "true").command({"run"});
  EXPECT_LT(run.out.size(), 300u) << run.out;
  EXPECT_THAT(run.out, HasSubstr("PASSED"));
}

TEST_F(Reports, NameEveryFailureAlsoWhenQuiet)
{
  project_.test("two", "echo the words of the test; exit 1\n");
  const SluiceResult run = project_.sluice().command({"run", "--quiet"});
  EXPECT_THAT(run.out, testing::AllOf(HasSubstr(ShellProject::id("two")), HasSubstr("exit code 1")));
}

TEST_F(Reports, PlanDecidesWhatARunThenDoes)
{
  project_.run();
  project_.test("two", "true\n");
  const Decisions planned = project_.sluice().plan();
  EXPECT_EQ(to_run(planned), to_run(project_.run().planned));
}

TEST_F(Reports, WhyNotShowsTheRunThatProvedATest)
{
  const SluiceResult run = project_.run();
  const std::string id = std::filesystem::path(run.folder).filename().string();
  ASSERT_FALSE(id.empty());
  EXPECT_THAT(project_.sluice().command({"why-not", ShellProject::id("one")}).out, HasSubstr(id));
}

TEST_F(Reports, LatestIsTheRunThatStartedLast)
{
  for (int i = 0; i < 6; ++i) {
    project_.test("two", i % 2 ? "exit 1\n" : "exit 0\n");
    const int code = project_.run().code;
    ASSERT_EQ(project_.sluice().command({"report", "latest"}).code, code) << "run " << i;
  }
}

} // namespace

} // namespace sluice::tests
