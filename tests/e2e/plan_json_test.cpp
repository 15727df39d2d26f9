#include "tests/support/shell_project.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace sluice::tests {

namespace {

using nlohmann::json;

// docs/formats/plan.md, as a reader of `sluice plan --json` relies on it.
class PlanJson : public testing::Test {
protected:
  json plan(std::vector<std::string> words = {})
  {
    words.insert(words.begin(), {"plan", "--json"});
    const SluiceResult result = project_.sluice().command(words);
    EXPECT_EQ(result.code, 0) << result.err;
    return json::parse(result.out);
  }
  static std::vector<std::string> kinds(const json& plan)
  {
    std::vector<std::string> kinds;
    for (const json& path : plan["change"]["paths"])
      kinds.push_back(path["kind"].get<std::string>() + " " + path["path"].get<std::string>());
    return kinds;
  }
  ShellProject project_;
};

TEST_F(PlanJson, HasEveryFieldOfItsPage)
{
  const json plan = this->plan();
  EXPECT_EQ(plan["v"], 1);
  for (const char* field : {"change", "blast_radius", "escalations", "dismissed", "counts", "tests"})
    EXPECT_TRUE(plan.contains(field)) << field;
  EXPECT_TRUE(plan["change"]["working_tree"].get<bool>());
  EXPECT_EQ(plan["counts"], (json{{"tests", 2}, {"run", 2}, {"reuse", 0}, {"skip", 0}}));
  EXPECT_EQ(plan["blast_radius"]["all_tests"], 2);
}

TEST_F(PlanJson, NamesTheProofOfWhatIsReused)
{
  const SluiceResult run = project_.run();
  const json plan = this->plan();
  ASSERT_EQ(plan["tests"].size(), 2u);
  for (const json& test : plan["tests"]) {
    EXPECT_EQ(test["decision"], "reuse");
    EXPECT_EQ(test["proof"]["run"], std::filesystem::path(run.folder).filename().string());
    EXPECT_EQ(test["proof"]["inputs"].get<std::string>().size(), 64u);
  }
}

TEST_F(PlanJson, NamesEachKindOfChange)
{
  project_.write("same.txt", "the same words, enough of them to be recognised\n");
  project_.write("gone.txt", "other words\n");
  project_.commit("Files");
  project_.rename("same.txt", "moved.txt");
  project_.remove("gone.txt");
  project_.write("new.txt", "new\n");
  project_.test("one", "true\n");
  project_.commit("All kinds");
  EXPECT_THAT(
    kinds(plan({"--base", "HEAD~1"})),
    testing::UnorderedElementsAre("modified cases/one.sh", "deleted gone.txt", "renamed moved.txt", "added new.txt"));
}

TEST_F(PlanJson, ShowsHowAChangeReachesATest)
{
  project_.run();
  project_.test("one", "true\n");
  const json plan = this->plan();
  const json& test = plan["tests"][0];
  EXPECT_EQ(test["id"], ShellProject::id("one"));
  EXPECT_EQ(test["cause"], "affected");
  EXPECT_EQ(test["subject"], "cases/one.sh");
  EXPECT_EQ(test["path"].front()["name"], "cases/one.sh");
  EXPECT_EQ(test["path"].back()["name"], ShellProject::id("one"));
}

TEST_F(PlanJson, CountsWhatItLists)
{
  project_.run();
  project_.test("one", "true\n");
  const json plan = this->plan({"--filter", "two"});
  std::map<std::string, int> counts;
  for (const json& test : plan["tests"]) ++counts[test["decision"]];
  EXPECT_EQ(plan["counts"]["run"], counts["run"]);
  EXPECT_EQ(plan["counts"]["reuse"], counts["reuse"]);
  EXPECT_EQ(plan["counts"]["skip"], 1);
}

} // namespace

} // namespace sluice::tests
