// Ways around what a rule asks for besides tests: guarded files, reasons, approvals, validators.
#include "tests/attack/required_suite.h"

namespace sluice::tests {

namespace {

class Guarded : public Required {
protected:
  void guard(const std::string& when, const std::string& require, const std::string& head = "[policy]\n")
  {
    project_.TempRepo::run({"checkout", "-q", "main"});
    project_.write("sluice.policy.toml",
                   head + "[[rule]]\nname = \"guard\"\nwhen = { " + when + " }\nrequire = { " + require + " }\n");
    project_.commit("A guard");
    project_.TempRepo::run({"checkout", "-q", "-B", "change"});
  }
};

TEST_F(Guarded, ThePolicyItself)
{
  guard("kinds = [\"policy\"]", "approvals = 1");
  project_.write("sluice.policy.toml", "[policy]\n");
  expect_caught("0 of 1 approvals");
}

TEST_F(Guarded, TheListOfSigners)
{
  guard("kinds = [\"policy\"]", "approvals = 1");
  project_.write("sluice.signers", "me@example.org ssh-ed25519 AAAA\n");
  expect_caught("0 of 1 approvals");
}

TEST_F(Guarded, TheConfigurationOfTheTests)
{
  guard("kinds = [\"build\"]", "approvals = 1");
  configure("core", "cases/*.sh", "[run]\njobs = 1\n");
  expect_caught("path sluice.toml is build");
}

TEST_F(Guarded, TheFilesOfCi)
{
  guard("kinds = [\"ci\"]", "reason = true");
  for (const char* file : {".github/workflows/gate.yml", ".forgejo/workflows/gate.yml", ".gitea/workflows/gate.yml"}) {
    project_.TempRepo::run({"reset", "-q", "--hard", "main"});
    project_.write(file, "on: never\n");
    expect_caught("no commit gives a reason");
  }
}

TEST_F(Guarded, TheFilesOfTheBuildByARename)
{
  project_.write("CMakeLists.txt", "# build\n");
  project_.commit("Build");
  project_.TempRepo::run({"push", "-q", ".", "HEAD:main"});
  guard("kinds = [\"build\"]", "reason = true");
  project_.rename("CMakeLists.txt", "notes.txt");
  expect_caught("path CMakeLists.txt is build");
}

TEST_F(Guarded, TestsTogetherWithTheirCode)
{
  guard("tests_with_code = true", "reason = true");
  project_.test("one", "exit 0 # weaker\n");
  project_.write("src/a.c", "x");
  expect_caught("change together");
}

// Attack: code that is renamed into a folder of tests is a change of tests alone.
TEST_F(Guarded, TestsTogetherWithCodeThatIsRenamedToLookLikeOne)
{
  project_.TempRepo::run({"checkout", "-q", "main"});
  project_.write("add.sh", "# adds\n# two numbers\n# and says their sum\necho $(($1 + $2))\n");
  project_.commit("Code");
  guard("tests_with_code = true", "reason = true");
  project_.remove("add.sh");
  project_.write("tests/add.sh", "# adds\n# two numbers\n# and says their sum\necho 7\n");
  project_.test("one", "# bent\nexit 0\n");
  expect_caught("and code (add.sh) change together");
}

// Honest: a test that is renamed is no code, under neither name.
TEST_F(Guarded, TestsThatAreRenamed)
{
  project_.TempRepo::run({"checkout", "-q", "main"});
  project_.test("three", "# a test that is known by the listing alone\nexit 0\n");
  project_.commit("A test more");
  guard("tests_with_code = true", "suites = [\"core\"], removals = true, reason = true",
        "[[suite]]\nname = \"core\"\nlabels = [\"core\"]\n");
  project_.rename("cases/three.sh", "cases/four.sh");
  project_.commit("Rename");
  const SluiceResult run = project_.run({"--base", "main", "--head", "HEAD"});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
}

TEST_F(Guarded, ConfigurationThatIsNotValid)
{
  guard("paths = [\"*.json\"]", "validators = [\"json\"]",
        "[[validator]]\nname = \"json\"\npaths = [\"*.json\"]\ncommand = [\"grep\", \"-q\", \"^{\", \"{file}\"]\n");
  project_.write("limits.json", "broken");
  expect_caught("limits.json: exit code 1");
}

// Attack: the build mends the file for the base's validator, and another validator, of the tree, bends it back.
TEST_F(Guarded, ConfigurationThatIsMendedForItsValidator)
{
  project_.write("lint.sh", "exit 0\n");
  project_.write("Makefile", "all:\n\t@true\n");
  configure("core", "cases/*.sh", "[build]\ncommand = [\"make\"]\n");
  project_.commit("A build and a check");
  project_.TempRepo::run({"push", "-q", ".", "HEAD:main"});
  const std::string head = "[[validator]]\nname = \"json\"\npaths = [\"*.json\"]\ncommand = [\"grep\", \"-q\", \"^{\", "
                           "\"{file}\"]\n[[validator]]\nname = \"lint\"\npaths = [\"*.json\"]\n"
                           "command = [\"sh\", \"lint.sh\", \"{file}\"]\n";
  guard("paths = [\"*.json\"]", "validators = [\"json\", \"lint\"]", head);
  project_.write("limits.json", "broken\n");
  project_.write("Makefile", "all:\n\t@echo {} > limits.json\n");
  project_.write("lint.sh", "echo broken > limits.json\n");
  project_.commit("A change");
  const SluiceResult run = project_.run({"--base", "main", "--head", "HEAD"});
  EXPECT_EQ(run.code, 1) << run.out << run.err;
  EXPECT_THAT(run.out, testing::HasSubstr("the build or a test has changed limits.json"));
}

// The base has renamed what a rule guards, and its rule with it, since the change left it. Merging follows renames.
class Renamed : public Guarded {
protected:
  void SetUp() override
  {
    Guarded::SetUp();
    project_.write("secure/login.sh", k_many_lines + "deny\n");
    project_.write("secure/other.sh", "# another\n# file\n# here\n");
    project_.commit("Code");
    project_.TempRepo::run({"push", "-q", ".", "HEAD:main"});
    guard("paths = [\"secure/**\"]", "approvals = 1");
  }
  void move_at_base(const std::string& require = "approvals = 1", const std::string& head = "[policy]\n")
  {
    git({"checkout", "-q", "main"});
    std::filesystem::create_directories(project_.path() + "/core");
    for (const char* file : {"login.sh", "other.sh"})
      project_.rename("secure/" + std::string(file), "core/" + std::string(file));
    project_.write("sluice.policy.toml",
                   head + "[[rule]]\nname = \"guard\"\nwhen = { paths = [\"core/**\"] }\nrequire = { " + require +
                     " }\n");
    project_.commit("secure is core now");
    git({"checkout", "-q", "change"});
  }
  void expect_guarded(const std::string& words)
  {
    project_.commit("A change");
    const SluiceResult run = project_.run({"--base", "main", "--head", "HEAD"});
    EXPECT_EQ(run.code, 3) << run.out << run.err;
    EXPECT_THAT(run.out, testing::HasSubstr(words));
  }
  std::string git(const std::vector<std::string>& words) const { return project_.TempRepo::run(words); }
  const std::string k_many_lines = "# one\n# two\n# three\n# four\n# five\n# six\n# seven\n# eight\n";
};

TEST_F(Renamed, AFileIsGuardedByItsNewName)
{
  move_at_base();
  project_.write("secure/login.sh", k_many_lines + "allow\n");
  expect_guarded("path secure/login.sh, now core/login.sh matches \"core/**\"");
}

TEST_F(Renamed, ANewFileIsGuardedInTheNewFolder)
{
  move_at_base();
  project_.write("secure/new.sh", "allow\n");
  expect_guarded("path secure/new.sh, now core/new.sh matches \"core/**\"");
}

// What has become of it cannot be told: it may be any of the guarded ones.
TEST_F(Renamed, AFileThatTheBaseHasRewrittenIsGuardedAnywhere)
{
  move_at_base();
  git({"checkout", "-q", "main"});
  project_.write("core/login.sh", "nothing of what there was\n");
  project_.commit("Another login");
  git({"checkout", "-q", "change"});
  project_.write("secure/login.sh", k_many_lines + "allow\n");
  expect_guarded("rebase the change");
}

TEST_F(Renamed, IsValidatedUnderItsNewName)
{
  move_at_base("validators = [\"v\"]", "[[validator]]\nname = \"v\"\npaths = [\"core/**\"]\n"
                                       "command = [\"grep\", \"-q\", \"deny\", \"{file}\"]\n");
  project_.write("secure/login.sh", k_many_lines + "allow\n");
  expect_guarded("secure/login.sh: exit code 1");
}

// Honest: what the base has renamed elsewhere makes nothing guarded that is not.
TEST_F(Renamed, OthersAreNotGuarded)
{
  move_at_base();
  project_.write("notes.txt", "words\n");
  project_.commit("A change");
  const SluiceResult run = project_.run({"--base", "main", "--head", "HEAD"});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
}

// Attack: the tree brings a module along by the name of the one that the template's validator starts.
TEST_F(Guarded, ConfigurationThatAModuleOfTheTreeFindsValid)
{
  const TempRepo other;
  ASSERT_EQ(Sluice(other.path()).command({"policy", "init", "tier-1"}).code, 0);
  const std::string text = other.read("sluice.policy.toml");
  const std::size_t at = text.find("command = [\"python3\"");
  ASSERT_NE(at, std::string::npos);
  guard("paths = [\"*.json\"]", "validators = [\"json\"]",
        "[[validator]]\nname = \"json\"\npaths = [\"*.json\"]\n" + text.substr(at, text.find('\n', at) - at) + "\n");
  EXPECT_THAT(project_.sluice().command({"policy", "check"}).out, testing::Not(testing::HasSubstr("Python")));
  project_.write("json/__init__.py", "");
  project_.write("json/tool.py", "");
  project_.write("limits.json", "{bad");
  expect_caught("limits.json: exit code 1");
}

TEST_F(Guarded, AValidatorThatTakesModulesOfTheTreeIsNamed)
{
  for (const auto& [command, words] : std::vector<std::pair<std::string, std::string>>{
         {"\"python3\", \"-m\", \"json.tool\"", "Python takes modules from the tree"},
         {"\"/usr/bin/python3.11\", \"-B\", \"-c\", \"import json\"", "Python takes modules from the tree"},
         {"\"tools/check\"", "tools/check is a file of the tree"}}) {
    guard("paths = [\"*.json\"]", "validators = [\"json\"]",
          "[[validator]]\nname = \"json\"\npaths = [\"*.json\"]\ncommand = [" + command + ", \"{file}\"]\n");
    EXPECT_THAT(project_.sluice().command({"policy", "check"}).out, testing::HasSubstr(words));
  }
}

class Validated : public Guarded {
protected:
  void SetUp() override
  {
    Guarded::SetUp();
    project_.TempRepo::run({"checkout", "-q", "main"});
    project_.write("conf/a", "good\n");
    project_.commit("Configuration");
    before_ = project_.TempRepo::run({"rev-parse", "HEAD"});
    guard("paths = [\"conf/**\", \"-V\", \"b\"]", "validators = [\"good\"]",
          "[[validator]]\nname = \"good\"\npaths = [\"conf/**\", \"-V\", \"b\"]\n"
          "command = [\"grep\", \"-c\", \"good\", \"{file}\"]\n");
  }
};

TEST_F(Validated, Control)
{
  project_.write("conf/a", "good, too\n");
  project_.write("-V", "good\n");
  project_.remove("conf/b");
  project_.commit("A change");
  const SluiceResult run = project_.run({"--base", "main", "--head", "HEAD"});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
}

TEST_F(Validated, ADeletedFileIsNot)
{
  project_.remove("conf/a");
  project_.commit("A change");
  const SluiceResult run = project_.run({"--base", "main", "--head", "HEAD"});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
}

// Attack: a link that leads nowhere yet looks like a file that is gone.
TEST_F(Validated, ALinkThatLeadsNowhere)
{
  project_.remove("conf/a");
  std::filesystem::create_symlink("/run/configuration-of-tomorrow", project_ / "conf/a");
  expect_caught("conf/a: exit code 1: a link");
}

TEST_F(Validated, ALinkThatLeadsToItself)
{
  project_.remove("conf/a");
  std::filesystem::create_symlink("a", project_ / "conf/a");
  expect_caught("conf/a: exit code 1: a link");
}

TEST_F(Validated, ALinkInPlaceOfTheFolder)
{
  project_.remove("conf");
  std::filesystem::create_symlink("/etc", project_ / "conf");
  expect_caught("conf: exit code 1: a link");
}

// Attack: the file's name is an option by which the validator is content with anything.
TEST_F(Validated, AFileThatIsCalledLikeAnOption)
{
  project_.write("-V", "bad\n");
  expect_caught("-V: exit code 1: 0");
}

TEST_F(Validated, AFileThatIsNamedTwiceInOneWord)
{
  guard("paths = [\"conf/**\"]", "validators = [\"good\"]",
        "[[validator]]\nname = \"good\"\npaths = [\"conf/**\"]\n"
        "command = [\"expr\", \"{file}={file}\", \":\", \"./conf/a=./conf/a$\"]\n");
  project_.write("conf/a", "good, too\n");
  project_.commit("A change");
  const SluiceResult run = project_.run({"--base", "main", "--head", "HEAD"});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
}

TEST_F(Guarded, AValidatorThatIsNotThere)
{
  guard("paths = [\"*.json\"]", "validators = [\"json\"]",
        "[[validator]]\nname = \"json\"\npaths = [\"*.json\"]\ncommand = [\"no-such-program\", \"{file}\"]\n");
  project_.write("limits.json", "{}");
  expect_caught("exit code 127");
}

TEST_F(Guarded, ATier)
{
  guard("tiers = [\"tier-1\"]", "reason = true", "[[tier]]\nname = \"tier-1\"\npaths = [\"src/pay/**\"]\n");
  project_.write("src/pay/a.c", "x");
  expect_caught("path src/pay/a.c is of tier-1");
}

TEST_F(Guarded, ALargeBlastRadius)
{
  guard("blast_radius = 50", "reason = true");
  project_.test("one", "exit 0 # changed\n");
  project_.test("two", "exit 0 # changed\n");
  expect_caught("2 of 2 tests are reached");
}

// Attack: the tests that the change reaches are taken away with it.
TEST_F(Guarded, ALargeBlastRadiusOfTestsThatAreGone)
{
  guard("blast_radius = 30", "reason = true");
  project_.TempRepo::run({"rm", "-q", "cases/two.sh"});
  expect_caught("1 of 2 tests are reached");
}

// Attack: what the tests are started and built by is changed, and no file that leads to them.
TEST_F(Guarded, ALargeBlastRadiusOfTheConfiguration)
{
  guard("blast_radius = 50", "reason = true");
  project_.configure("environment = { MODE = \"other\" }\n");
  expect_caught("2 of 2 tests are reached");
}

// Attack: the policy is emptied, which no test can see.
TEST_F(Guarded, APolicyThatIsReachedByNoTest)
{
  guard("unreached = true", "reason = true");
  project_.write("sluice.policy.toml", "# nothing\n");
  expect_caught("path sluice.policy.toml is reached by no test");
}

// Attack: the change itself declares that a test uses what no test looks at.
TEST_F(Guarded, AFileThatIsReachedByItsOwnWord)
{
  guard("unreached = true", "reason = true");
  project_.write("deploy.sh", "x");
  project_.configure("inputs = [\"deploy.sh\"]\n");
  expect_caught("path deploy.sh is reached by no test");
}

} // namespace

} // namespace sluice::tests
