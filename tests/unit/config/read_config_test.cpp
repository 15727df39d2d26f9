#include "adapters/config/toml.h"
#include "model/error.h"

#include <gmock/gmock.h>

namespace sluice::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

Config read(std::string_view text)
{
  return read_config(text, "sluice.toml");
}

// The one line that a wrong file gives, and the advice after it.
std::string complaint(std::string_view text)
{
  try {
    (void)read(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::configuration);
    return std::string(error.what()) + " | " + error.next();
  }
  return "no complaint";
}

TEST(ReadConfig, ReadsEveryKey)
{
  const Config config = read(R"(
[build]
directory = "out"
configure = ["cmake", "-B", "out"]
command = ["ninja", "-C", "out", "{targets}"]
configuration = "Release"
inputs = ["*.ld"]
isolate = false
network = false
writable = ["/srv"]
[[tests]]
framework = "gtest"
name = "unit"
programs = ["out/*_test"]
inputs = ["data/**"]
labels = ["fast"]
environment = { LANG = "C", HOME = false }
timeout = "60s"
isolation = "case"
[run]
jobs = 3
timeout = "5m"
grace = "250ms"
output_limit = "1MiB"
pass_environment = ["CI", "GITHUB_*"]
[changes]
ignore = ["docs/**", "*.md"]
)");
  ASSERT_TRUE(config.build);
  EXPECT_EQ(*config.build, (BuildConfig{"out",
                                        {"cmake", "-B", "out"},
                                        {"ninja", "-C", "out", "{targets}"},
                                        "Release",
                                        {"*.ld"},
                                        false,
                                        false,
                                        {"/srv"}}));
  ASSERT_EQ(config.tests.size(), 1u);
  TestsConfig expected;
  expected.framework = FrameworkKind::gtest;
  expected.name = "unit";
  expected.programs = {"out/*_test"};
  expected.inputs = {"data/**"};
  expected.labels = {"fast"};
  expected.environment = {{EnvironmentChange::Action::set, "LANG", "C"},
                          {EnvironmentChange::Action::unset, "HOME", ""}};
  expected.time_limit = 60s;
  expected.isolation = Isolation::one_case;
  EXPECT_EQ(config.tests[0], expected);
  EXPECT_EQ(config.run, (RunConfig{3, 5min, 250ms, 1u << 20, 0, {"CI", "GITHUB_*"}}));
  EXPECT_THAT(config.ignore, ElementsAre("docs/**", "*.md"));
}

TEST(ReadConfig, AnEmptyFileHasTheDefaults)
{
  EXPECT_EQ(read(""), Config{});
  EXPECT_EQ(read("[build]\n").build->directory, "build");
}

TEST(ReadConfig, CTestTakesFolderAndConfigurationFromTheBuild)
{
  const Config config = read("[build]\nconfiguration='Debug'\n[[tests]]\nframework='ctest'\n");
  EXPECT_EQ(config.tests[0].directory, "build");
  EXPECT_EQ(config.tests[0].configuration, "Debug");
}

TEST(ReadConfig, ACommandMayHaveFiles)
{
  const Config config = read("[[tests]]\nframework='command'\nfiles=['t/*.sh']\ncommand=['sh','{file}']\n");
  EXPECT_THAT(config.tests[0].files, ElementsAre("t/*.sh"));
  EXPECT_THAT(config.tests[0].command, ElementsAre("sh", "{file}"));
  EXPECT_EQ(config.tests[0].results, ResultFormat::exit_code);
  EXPECT_EQ(read("[[tests]]\nframework='command'\ncommand=['sh']\nresults='tap'\n").tests[0].results,
            ResultFormat::tap);
}

TEST(ReadConfig, AMisspeltKeyNamesKeyLineAndTheRightOne)
{
  EXPECT_EQ(complaint("[run]\ntiemout = '1s'\n"),
            "sluice.toml:2: unknown key \"tiemout\" in [run] | did you mean \"timeout\"?");
  EXPECT_EQ(complaint("\n[[test]]\n"), "sluice.toml:2: unknown key \"test\" in the file | did you mean \"tests\"?");
  EXPECT_EQ(complaint("[[tests]]\nframwork = 'gtest'\n"),
            "sluice.toml:2: unknown key \"framwork\" in [[tests]] | did you mean \"framework\"?");
  EXPECT_EQ(complaint("[changes]\nignored = []\n"),
            "sluice.toml:2: unknown key \"ignored\" in [changes] | did you mean \"ignore\"?");
}

struct Contradiction {
  std::string name, text, line, says;
};
void PrintTo(const Contradiction& contradiction, std::ostream* out)
{
  *out << contradiction.name;
}

class Contradictions : public ::testing::TestWithParam<Contradiction> {};

TEST_P(Contradictions, IsNamedWithItsLine)
{
  const std::string said = complaint(GetParam().text);
  EXPECT_THAT(said, ::testing::StartsWith("sluice.toml:" + GetParam().line + ": "));
  EXPECT_THAT(said, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
  Table, Contradictions,
  ::testing::Values(
    Contradiction{"NoFramework", "[[tests]]\nname='x'\n", "1", "needs \"framework\""},
    Contradiction{"UnknownFramework", "[[tests]]\nframework='gtset'\n", "2", "did you mean \"gtest\"?"},
    Contradiction{"GTestWithoutPrograms", "[[tests]]\nframework='gtest'\n", "2", "needs \"programs\""},
    Contradiction{"CTestWithPrograms", "[[tests]]\nframework='ctest'\ndirectory='b'\nprograms=['x']\n", "4",
                  "\"programs\" has no meaning for framework \"ctest\""},
    Contradiction{"CTestWithoutFolder", "[[tests]]\nframework='ctest'\n", "2", "needs \"directory\""},
    Contradiction{"GTestWithCommand", "[[tests]]\nframework='gtest'\nprograms=['x']\ncommand=['y']\n", "4",
                  "\"command\" has no meaning"},
    Contradiction{"GTestWithConfiguration", "[[tests]]\nframework='gtest'\nprograms=['x']\nconfiguration='y'\n", "4",
                  "\"configuration\" has no meaning"},
    Contradiction{"CommandWithoutCommand", "[[tests]]\nframework='command'\n", "2", "needs \"command\""},
    Contradiction{"MisspeltFileWord", "[[tests]]\nframework='command'\ncommand=['sh', '{flie}']\nfiles=['*.sh']\n", "3",
                  "did you mean \"{file}\"?"},
    Contradiction{"MisspeltNameWord",
                  "[[tests]]\nframework='command'\ncommand=['sh', '{file}', 'x={nmae}']\nfiles=['*.sh']\n", "3",
                  "did you mean \"{name}\"?"},
    Contradiction{"FilesWithoutFileWord", "[[tests]]\nframework='command'\ncommand=['sh']\nfiles=['*.sh']\n", "4",
                  "\"{file}\" is not in \"command\""},
    Contradiction{"ReportWordWithoutJunit", "[[tests]]\nframework='command'\ncommand=['sh','{report}']\n", "3",
                  "\"results\" is not \"junit\""},
    Contradiction{"JunitWithoutReportWord", "[[tests]]\nframework='command'\ncommand=['sh']\nresults='junit'\n", "4",
                  "\"{report}\" is not in \"command\""},
    Contradiction{"PackageWordWithoutFiles", "[[tests]]\nframework='command'\ncommand=['go','{package}']\n", "3",
                  "\"{package}\" is in \"command\""},
    Contradiction{"ResultsOfCTest", "[[tests]]\nframework='ctest'\ndirectory='b'\nresults='tap'\n", "4",
                  "no meaning for framework \"ctest\""},
    Contradiction{"FileWordWithoutFiles", "[[tests]]\nframework='command'\ncommand=['sh','{file}']\n", "3",
                  "there are no \"files\""},
    Contradiction{"CommandInOneString", "[build]\ncommand='ninja -C build'\n", "2", "one word with blanks"},
    Contradiction{"TargetsInsideAWord", "[build]\ncommand=['make','T={targets}']\n", "2", "an element of its own"},
    Contradiction{"EmptyGlob", "[[tests]]\nframework='gtest'\nprograms=['']\n", "3", "an empty string"},
    Contradiction{"SameNameTwice",
                  "[[tests]]\nframework='gtest'\nprograms=['x']\nname='a'\n[[tests]]\nframework='gtest'\n"
                  "programs=['y']\nname='a'\n",
                  "5", "stands twice, first in line 1"},
    Contradiction{"TestsAsOneTable", "[tests]\nframework='gtest'\n", "1", "[[tests]]"},
    Contradiction{"NoTimeAtAll", "[run]\ntimeout='0s'\n", "2", "longer than nothing"},
    Contradiction{"NumberAsDuration", "[run]\ngrace=2\n", "2", "\"90s\""},
    Contradiction{"NegativeJobs", "[run]\njobs=-1\n", "2", "from 0 to 4096"},
    Contradiction{"SizeWithoutUnit", "[run]\noutput_limit='16MB'\n", "2", "16MiB"},
    Contradiction{"SizeTooSmall", "[run]\noutput_limit=1\n", "2", "from 4KiB"},
    Contradiction{"VariableAsNumber", "[[tests]]\nframework='gtest'\nprograms=['x']\nenvironment={A=1}\n", "4",
                  "must be a string, or false"},
    Contradiction{"VariableTrue", "[[tests]]\nframework='gtest'\nprograms=['x']\nenvironment={A=true}\n", "4",
                  "must be a string, or false"},
    Contradiction{"VariableWithEquals", "[[tests]]\nframework='gtest'\nprograms=['x']\nenvironment={'A=B'='c'}\n", "4",
                  "no name of an environment variable"},
    Contradiction{"IgnoreEverything", "[changes]\nignore=['**']\n", "2", "would dismiss changes of sluice.toml"},
    Contradiction{"IgnoreTheConfiguration", "[changes]\nignore=['*.toml']\n", "2", "would dismiss"},
    Contradiction{"IgnoreThePolicy", "[changes]\nignore=['sluice.policy.*']\n", "2", "would dismiss"}),
  [](const auto& param) { return param.param.name; });

// The exact bytes that sluice.toml may give for a limit.
TEST(ReadConfig, SizesAreBytesOrHaveAUnit)
{
  EXPECT_EQ(read("[run]\noutput_limit=65536\n").run.output_limit, 65536u);
  EXPECT_EQ(read("[run]\noutput_limit='64KiB'\n").run.output_limit, 65536u);
  EXPECT_EQ(read("[run]\noutput_limit='2GiB'\n").run.output_limit, std::uint64_t{2} << 30);
}

TEST(ReadConfig, ReadsTheSandbox)
{
  const SandboxConfig sandbox =
    read("[sandbox]\ntree='read-only'\nnetwork='host'\nlevel='full'\nmemory='2GiB'\ndisk='64MiB'\n"
         "processes=100\nhide=['secret']\nshow=['~/.foo']\nwritable=['/x']\n"
         "devices=['/dev/kvm']\nfast_paths=true\n")
      .sandbox;
  SandboxConfig expected;
  expected.tree = SandboxTree::read_only;
  expected.network = SandboxNetwork::host;
  expected.level = SandboxDemand::full;
  expected.memory = std::uint64_t{2} << 30;
  expected.disk = 64u << 20;
  expected.processes = 100;
  expected.hide = {"secret"};
  expected.show = {"~/.foo"};
  expected.writable = {"/x"};
  expected.devices = {"/dev/kvm"};
  expected.fast_paths = true;
  EXPECT_EQ(sandbox, expected);
  EXPECT_EQ(read("").sandbox, SandboxConfig{}) << "isolated by default";
  EXPECT_THAT(complaint("[sandbox]\ntree='copy'\n"), HasSubstr("copy-on-write"));
  EXPECT_THAT(complaint("[sandbox]\nisolate=false\nlevel='full'\n"), HasSubstr("demands a sandbox"));
}

TEST(ReadConfig, ReadsRetriesAndQuarantine)
{
  const Config config =
    read("[run]\nretries = 2\n[[quarantine]]\ntests = [\"core:Net.*\", \"core:X\"]\nreason = \"slow\"\n"
         "ticket = \"NET-12\"\nowner = \"net team\"\nuntil = 2026-12-31\n");
  EXPECT_EQ(config.run.retries, 2);
  ASSERT_EQ(config.quarantine.size(), 1u);
  EXPECT_EQ(config.quarantine[0],
            (Quarantine{{"core:Net.*", "core:X"}, "slow", "NET-12", "net team", "2026-12-31", 3}));
  EXPECT_EQ(read("").run.retries, 0);
  EXPECT_THAT(complaint("[run]\nretries = 11\n"), HasSubstr("retries"));
}

TEST(ReadConfig, AQuarantineSaysWhatWhyAndUntilWhen)
{
  const std::string tests = "[[quarantine]]\ntests = [\"a\"]\n", reason = "reason = \"r\"\n",
                    until = "until = 2026-12-31\n";
  EXPECT_EQ(complaint(tests + reason + until), "no complaint");
  EXPECT_THAT(complaint("[[quarantine]]\n" + reason + until), HasSubstr("needs \"tests\""));
  EXPECT_THAT(complaint("[[quarantine]]\ntests = []\n" + reason + until), HasSubstr("needs \"tests\""));
  EXPECT_THAT(complaint("[[quarantine]]\ntests = [\"\"]\n" + reason + until), HasSubstr("needs \"tests\""));
  EXPECT_THAT(complaint(tests + until), HasSubstr("needs a \"reason\""));
  EXPECT_THAT(complaint(tests + reason), HasSubstr("needs the last day"));
  for (const char* date : {"\"soon\"", "\"2026-13-01\"", "\"2026-02-30\"", "2026-12-31T10:00:00Z", "\"2026-12-311\""})
    EXPECT_THAT(complaint(tests + reason + "until = " + date + "\n"), HasSubstr("write a date")) << date;
  for (const char* all : {"*", "**", "?*", "*:*"})
    EXPECT_THAT(complaint("[[quarantine]]\ntests = [\"" + std::string(all) + "\"]\n" + reason + until),
                HasSubstr("would put every test in quarantine"))
      << all;
}

} // namespace
} // namespace sluice::config
