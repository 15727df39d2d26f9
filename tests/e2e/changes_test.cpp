// Projects of examples/ whose tests are observed, held to the table examples/changes.tsv: after each change exactly the
// tests that the table names are selected. Where this machine cannot observe, more may be, and the test says so.
#include "tests/support/sluice_command.h"
#include "tests/support/temp_repo.h"

#include <gmock/gmock.h>

#include <map>
#include <memory>
#include <sstream>

namespace sluice::tests {

namespace {

struct Change {
  std::string example, kind, action, path, to;
  std::vector<std::string> selected; // sorted
};

std::vector<Change> changes()
{
  std::ifstream in(SLUICE_SOURCE_DIR "/examples/changes.tsv");
  std::vector<Change> table;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream row(line);
    Change change;
    for (std::string* cell : {&change.example, &change.kind, &change.action, &change.path, &change.to})
      std::getline(row, *cell, '\t');
    for (std::string id; row >> id;)
      if (id != "-") change.selected.push_back(id);
    std::sort(change.selected.begin(), change.selected.end());
    table.push_back(change);
  }
  return table;
}

// What an example cannot do without; found by PATH.
const std::map<std::string, std::string> k_interpreters{
  {"python-shop", "python3"}, {"node-menu", "node"}, {"shell-notes", "sh"}, {"perl-report", "perl"}};

// An example that has been run once, green.
struct Observed {
  TempRepo repo;
  SluiceResult first;
  bool observes = false;

  explicit Observed(const std::string& example)
  {
    std::filesystem::copy(SLUICE_SOURCE_DIR "/examples/" + example, repo.path(),
                          std::filesystem::copy_options::recursive);
    repo.commit("The example");
    // What was written a moment before the run may have changed while it ran, for all that time stamps tell.
    usleep(50'000);
    first = Sluice(repo.path()).run();
    observes = Sluice(repo.path()).command({"doctor"}).out.find("observation ok") != std::string::npos;
  }
};

void apply(const Change& change, const TempRepo& repo)
{
  if (change.action == "edit") std::ofstream(repo / change.path, std::ios::app) << "\n";
  else if (change.action == "create") repo.write(change.path, "1\n");
  else if (change.action == "delete") repo.remove(change.path);
  else if (change.action == "rename") repo.rename(change.path, change.to);
  else FAIL() << "examples/changes.tsv: what is \"" << change.action << "\"?";
}

class ExampleChange : public testing::TestWithParam<Change> {
protected:
  static void TearDownTestSuite() { observed_.clear(); }
  static const Observed& observed()
  {
    std::unique_ptr<Observed>& at = observed_[GetParam().example];
    if (!at) at = std::make_unique<Observed>(GetParam().example);
    return *at;
  }

private:
  static std::map<std::string, std::unique_ptr<Observed>> observed_;
};

std::map<std::string, std::unique_ptr<Observed>> ExampleChange::observed_;

TEST_P(ExampleChange, SelectsWhatTheTableSays)
{
  const Change& change = GetParam();
  const std::string& program = k_interpreters.at(change.example);
  if (shell("command -v " + program).first != 0) GTEST_SKIP() << program << " is not installed";
  const Observed& project = observed();
  ASSERT_EQ(project.first.code, 0) << project.first.out << project.first.err;
  apply(change, project.repo);
  const std::vector<std::string> selected = to_run(Sluice(project.repo.path()).plan());
  project.repo.run({"reset", "-q", "--hard"});
  project.repo.run({"clean", "-q", "-fd"});
  EXPECT_THAT(selected, testing::IsSupersetOf(change.selected));
  if (!project.observes) GTEST_SKIP() << "this machine cannot observe tests (sluice doctor): more than that may run";
  EXPECT_EQ(selected, change.selected);
}

std::string name_of(const testing::TestParamInfo<Change>& parameter)
{
  std::string name = parameter.param.example + "_" + parameter.param.action + "_" + parameter.param.path;
  std::replace_if(
    name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Table, ExampleChange, testing::ValuesIn(changes()), name_of);

} // namespace

} // namespace sluice::tests
