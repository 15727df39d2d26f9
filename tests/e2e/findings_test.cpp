// What is found of tests that pass, in a real sandbox: in the console, in the log, in JUnit; and what they were seen to
// use, when asked.
#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <unistd.h>

namespace sluice::tests {

namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* k_talks = "python3 -c '\nimport socket\ns = socket.socket()\ns.settimeout(1)\n"
                                "try: s.connect((\"192.0.2.1\", 80))\nexcept OSError: pass\n'\n";

class Findings : public testing::Test {
protected:
  void SetUp() override
  {
    if (shell("unshare --user true").first != 0) GTEST_SKIP() << "there are no user namespaces here";
  }
  ShellProject project_;
};

TEST_F(Findings, AreToldOfTestsThatPass)
{
  project_.test("one", std::string(k_talks) + "echo x >/usr/sluice-outside 2>/dev/null\nexit 0\n");
  project_.test("two", "setsid sleep 300 >/dev/null 2>&1 &\nexit 0\n");
  project_.commit("Two tests of bad conduct");
  const SluiceResult run = project_.run();
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_THAT(run.out,
              HasSubstr("finding  t:cases/one.sh: network: 192.0.2.1:80, outside_write: /usr/sluice-outside\n"));
  EXPECT_THAT(run.out, HasSubstr("finding  t:cases/two.sh: left_processes: "));
  EXPECT_THAT(run.junit, HasSubstr("name=\"sluice.finding.1\" value=\"network: 192.0.2.1:80\""));
  EXPECT_THAT(run.junit, HasSubstr("name=\"sluice.findings\" value=\"2\""));
  EXPECT_THAT(run.junit, HasSubstr("name=\"sluice.sandbox.level\" value=\"full\""));
}

TEST_F(Findings, OfOrdinaryTestsThereAreNone)
{
  project_.test("one",
                "echo x >/tmp/x; echo y >>README; mkdir -p \"$HOME/d\" && touch \"$HOME/d/f\"; sleep 0.1 & wait\n"
                "python3 -c 'import json, socket; s = socket.socket(); s.bind((\"127.0.0.1\", 0))'\n");
  project_.commit("A test of good conduct");
  EXPECT_THAT(project_.run().out, Not(HasSubstr("finding")));
}

// What a failed test wrote is gone with its sandbox, unless somebody wants to look at it.
TEST_F(Findings, WhatAFailedTestWroteIsKeptOnDemand)
{
  project_.test("one", "echo got >actual.txt; exit 1\n");
  project_.commit("A test that fails");
  EXPECT_THAT(project_.run().out, Not(HasSubstr("what it wrote")));
  project_.configure("[sandbox]\nkeep_written = true\n");
  project_.commit("Keep it");
  const SluiceResult run = project_.run();
  EXPECT_EQ(run.code, 1);
  const std::string mark = "what it wrote: ";
  ASSERT_THAT(run.out, HasSubstr(mark));
  EXPECT_THAT(run.junit, HasSubstr(mark));
  const std::size_t at = run.out.find(mark) + mark.size();
  const std::string folder = run.out.substr(at, run.out.find('\n', at) - at);
  bool found = false;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(project_.path() + "/" + folder))
    found = found || entry.path().string().ends_with(project_.path() + "/actual.txt");
  EXPECT_TRUE(found) << folder;
}

TEST_F(Findings, WhatIsDeclaredIsNone)
{
  project_.configure("[sandbox]\nnetwork = \"host\"\n");
  project_.test("one", k_talks);
  project_.commit("A test that may talk");
  const SluiceResult run = project_.run();
  EXPECT_THAT(run.out, Not(HasSubstr("finding")));
  EXPECT_THAT(run.junit, HasSubstr("name=\"sluice.sandbox.opening.1\" value=\"network = &quot;host&quot;\""));
}

TEST_F(Findings, ARunWithoutASandboxSaysSo)
{
  const SluiceResult run = project_.run({"--no-sandbox"});
  EXPECT_EQ(run.code, 0);
  EXPECT_THAT(run.out, HasSubstr("sandbox  none, not observed: --no-sandbox\n"));
  EXPECT_THAT(run.junit, HasSubstr("name=\"sluice.sandbox.level\" value=\"none\""));
}

TEST_F(Findings, ATestThatFailsOnlyAfterAnotherDependsOnOrder)
{
  project_.write(".gitignore", "/bin/\n");
  project_.write("order_test.cpp", "#include <gtest/gtest.h>\nstatic int calls = 0;\n"
                                   "TEST(Order, First) { ++calls; }\n"
                                   "TEST(Order, Second) { EXPECT_EQ(calls, 0); }\n");
  project_.write("Makefile", "bin/order_test: order_test.cpp\n\tmkdir -p bin\n"
                             "\tg++ -std=c++17 $< -o $@ -lgtest -lgtest_main\n");
  project_.write("sluice.toml", "[build]\ndirectory = \"bin\"\ncommand = [\"make\"]\n"
                                "[[tests]]\nframework = \"gtest\"\nprograms = [\"bin/order_test\"]\n");
  project_.commit("Two cases of which one disturbs the other");
  const SluiceResult run = project_.run();
  EXPECT_EQ(run.code, 1) << run.out << run.err;
  EXPECT_THAT(run.out,
              HasSubstr("Order.Second: order_dependent: fails among the 2 tests of batch 1; passes alone in batch 2"));
}

// Root may read everybody's memory; an observer of any other user must be let.
TEST_F(Findings, TestsOfAnOrdinaryUserAreObservedCompletely)
{
  if (::geteuid() != 0) GTEST_SKIP() << "the other tests run as an ordinary user already";
  const std::string folder = std::filesystem::path(project_.path()).parent_path().string();
  project_.test("two",
                "cat /proc/1/environ /proc/1/maps && exit 1\nexit 0\n"); // and tests cannot read the observed lane
  project_.commit("A test that looks at its lane");
  const auto [code, out] =
    shell("cp '" SLUICE_BINARY_PATH "' '" + folder + "/sluice' && chown -R 12345:12345 '" + folder + "' && cd '" +
          project_.path() + "' && setpriv --reuid 12345 --regid 12345 --clear-groups env HOME='" + folder + "' '" +
          folder + "/sluice' run --all && cat .sluice/runs/*/events.ndjson");
  EXPECT_EQ(code, 0) << out;
  EXPECT_THAT(out, HasSubstr("\"observed\":true"));
  EXPECT_THAT(out, Not(HasSubstr("unobserved")));
}

class SeenUses : public Findings {
protected:
  void SetUp() override
  {
    Findings::SetUp();
    if (IsSkipped()) return;
    project_.write("data.txt", "1\n");
    project_.test("one", "grep -q 1 data.txt && ! test -e data.override\n");
    project_.commit("A test that reads");
    ASSERT_EQ(project_.run().code, 0);
  }
  std::string ask(const std::string& words) const
  {
    return shell("cd '" + project_.path() + "' && '" SLUICE_BINARY_PATH "' " + words).second;
  }
};

TEST_F(SeenUses, WhyNotListsWhatTheProofRestsOn)
{
  const std::string text = ask("why-not t:cases/one.sh --verbose");
  EXPECT_THAT(text, HasSubstr("rests on  "));
  EXPECT_THAT(text, HasSubstr("observed: "));
  EXPECT_THAT(text, HasSubstr("    read                  data.txt\n"));
  EXPECT_THAT(text, HasSubstr("    looked for, not there data.override\n"));
  EXPECT_THAT(ask("why-not t:cases/one.sh"), HasSubstr("more: --verbose names all\n"));
}

TEST_F(SeenUses, WhyNotAsJsonHasKindNameAndDigest)
{
  const std::string json = ask("why-not t:cases/one.sh --json");
  EXPECT_THAT(json, HasSubstr("\"decision\":\"reuse\""));
  EXPECT_THAT(json, HasSubstr("{\"kind\":\"content\",\"name\":\"data.txt\",\"digest\":\""));
  EXPECT_THAT(json, HasSubstr("{\"kind\":\"entry\",\"name\":\"data.override\"}"));
}

TEST_F(SeenUses, WhyAFileNamesTheTestsThatUsedIt)
{
  EXPECT_EQ(ask("why data.txt"), "data.txt was seen to be used by 1 test\n    read                  t:cases/one.sh\n");
  EXPECT_EQ(ask("why data.override"),
            "data.override was seen to be used by 1 test\n    looked for, not there t:cases/one.sh\n");
  EXPECT_EQ(ask("why ./sluice.toml"), ask("why sluice.toml"));
  project_.write("data.txt", "1 2\n");
  const std::string changed = ask("why data.txt");
  EXPECT_THAT(changed, HasSubstr("t:cases/one.sh runs: "));
  EXPECT_THAT(changed, HasSubstr("was seen to be used by 1 test\n"));
}

TEST_F(SeenUses, WithoutObservationTheProofSaysThatItRestsOnFacts)
{
  ASSERT_EQ(project_.run({"--no-observe", "--all"}).code, 0);
  EXPECT_THAT(ask("why-not t:cases/one.sh"), HasSubstr("by build facts"));
}

} // namespace

} // namespace sluice::tests
