// Changes after which nothing of the tree says that there was a test, or what ran it: rules look at the base, too.
#include "tests/attack/required_suite.h"

#include <functional>
#include <map>

namespace sluice::tests {

namespace {

using testing::HasSubstr;

constexpr const char* k_guard = "[[rule]]\nname = \"eyes\"\nwhen = { WHEN }\nrequire = { approvals = 1 }\n";

class Unlisted : public Required {
protected:
  // Test one asks `value`, which every change breaks.
  void SetUp() override
  {
    Required::SetUp();
    project_.TempRepo::run({"checkout", "-q", "main"});
    project_.write("value", "1\n");
    project_.test("one", "grep -q 1 value\n");
  }
  void guard(const std::string& when)
  {
    std::string rule = k_guard;
    start("[policy]\nversion = 1\n" + rule.replace(rule.find("WHEN"), 4, when));
  }
  // What there is so far is judged by this, but not from `before_`.
  void start(const std::string& policy)
  {
    project_.remove("sluice.policy.toml");
    before_ = project_.commit("Code with a test");
    project_.write("sluice.policy.toml", policy);
    project_.commit("A policy");
    start_again();
  }
  void start_again()
  {
    project_.TempRepo::run({"checkout", "-q", "-f", "-B", "change", "main"});
    project_.write("value", "2\n");
  }
};

// Attack: the only test of what is broken goes, by any way but an edit.
TEST_F(Unlisted, ATestThatGoes)
{
  const std::map<std::string, std::function<void()>> ways{
    {"deleted", [&] { project_.remove("cases/one.sh"); }},
    {"renamed away", [&] { project_.rename("cases/one.sh", "one.sh"); }},
    {"off the list",
     [&] {
       project_.test("one", "exit 0\n");
       configure("core", "cases/two.sh");
     }},
  };
  for (const char* when : {"kinds = [\"test\"]", "tests_with_code = true"}) {
    project_.TempRepo::run({"checkout", "-q", "main"});
    guard(when);
    for (const auto& [way, go] : ways) {
      SCOPED_TRACE(std::string(when) + ": " + way);
      start_again();
      go();
      expect_caught("0 of 1 approvals");
    }
  }
}

// Attack: code that is put on the list of tests is code that nobody looks at.
TEST_F(Unlisted, CodeThatBecomesATest)
{
  project_.write("tools/deploy", "exit 0\n");
  guard("kinds = [\"source\"], paths = [\"tools/*\"]");
  project_.write("tools/deploy", "# other words\nexit 0\n");
  project_.write("value", "1\n");
  project_.write("sluice.toml", project_.read("sluice.toml") +
                                  "[[tests]]\nname = \"tools\"\nframework = \"command\"\nfiles = [\"tools/deploy\"]\n"
                                  "command = [\"sh\", \"{file}\"]\n");
  expect_caught("0 of 1 approvals");
}

// Honest: neither rule asks for anything where tests stay as they are.
TEST_F(Unlisted, Control)
{
  guard(
    "kinds = [\"test\"] }\nrequire = { approvals = 1 }\n[[rule]]\nname = \"more\"\nwhen = { tests_with_code = true");
  project_.write("value", "11\n");
  project_.write("README.md", "words\n");
  project_.commit("A change");
  const SluiceResult run = project_.run({"--base", "main", "--head", "HEAD"});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
}

// Attack: the tests lie in a submodule, of which a change names another commit.
TEST_F(Unlisted, ATestOfASubmodule)
{
  const TempRepo library;
  library.write("three.sh", "grep -q 1 value\n");
  library.commit("A test");
  project_.TempRepo::run({"submodule", "add", "-q", library.path(), "sub"});
  configure("core", "cases/two.sh",
            "[[tests]]\nname = \"s\"\nframework = \"command\"\n"
            "command = [\"sh\", \"sub/three.sh\"]\n");
  for (const char* when : {"kinds = [\"test\"]", "tests_with_code = true"}) {
    project_.TempRepo::run({"checkout", "-q", "main"});
    guard(when);
    project_.write("sub/three.sh", "exit 0\n");
    project_.TempRepo::run({"-C", "sub", "-c", "user.name=x", "-c", "user.email=x@x.org", "commit", "-qam", "Weaker"});
    expect_caught("0 of 1 approvals");
    project_.TempRepo::run({"checkout", "-q", "main"});
    project_.TempRepo::run({"submodule", "update", "-q", "--force"});
  }
}

// Attack: what ran the tests is another file now, and the old one, which the base's configuration names, does nothing.
TEST_F(Unlisted, AScriptThatRanTests)
{
  const auto run_by = [&](const std::string& script) {
    project_.write("sluice.toml", "[[tests]]\nname = \"t\"\nframework = \"command\"\nfiles = [\"cases/*.sh\"]\n"
                                  "command = [\"sh\", \"" +
                                    script + "\", \"{file}\"]\nlabels = [\"core\"]\ntimeout = \"60s\"\n");
  };
  project_.write("ci/run.sh", "set -e\nsh \"$1\"\n");
  run_by("ci/run.sh");
  start(policy("[policy]\n", "suites = [\"core\"], base_tests = true"));
  project_.write("ci/run.sh", "exit 0\n");
  project_.write("ci/go.sh", "exit 0\n");
  run_by("ci/go.sh");
  expect_caught("t:cases/one.sh: as it was at the base: failed");
}

} // namespace

} // namespace sluice::tests
